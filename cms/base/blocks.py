"""What an editor can put on a page. One block, one template in `site_templates/components/blocks/`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.base.choosers import FileChooserBlock, PictureChooserBlock

INLINE = ["bold", "italic", "link", "document-link"]
TEXT = [*INLINE, "ol", "ul"]


class Icon(models.TextChoices):
    """The site's own drawn signs (site_templates/components/icon.html)."""

    NOTICE = "notice", _("eye: notice")
    LISTEN = "listen", _("speech: listen")
    SUPPORT = "support", _("leaf in hand: support")
    LEARNER = "learner", _("learner")
    TEACHER = "teacher", _("teacher")
    MUNICIPALITY = "municipality", _("municipality")
    PLAN = "plan", _("plan")
    MONEY = "money", _("money")
    CALENDAR = "calendar", _("calendar")


class ParagraphBlock(blocks.RichTextBlock):
    """Running text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=TEXT, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "components/blocks/paragraph.html"


class HeadingBlock(blocks.CharBlock):
    """A heading of the second level; it carries an anchor."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "components/blocks/heading.html"


class SubheadingBlock(blocks.CharBlock):
    """A heading of the third level."""

    class Meta:
        icon = "title"
        label = _("Subheading")
        template = "components/blocks/subheading.html"


class ImageBlock(blocks.StructBlock):
    """A picture. The text alternative is compulsory: what would be lost without the picture."""

    image = PictureChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        label=_("Text alternative"), max_length=250, help_text=_("What the picture tells those who do not see it.")
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "components/blocks/image.html"


class QuoteBlock(blocks.StructBlock):
    """Words of somebody, with where they stand."""

    text = blocks.TextBlock(label=_("Words"))
    source = blocks.CharBlock(label=_("Where they stand"), required=False)
    source_url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "components/blocks/quote.html"


class CalloutBlock(blocks.StructBlock):
    """Something the reader should not miss."""

    title = blocks.CharBlock(label=_("Title"))
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT)

    class Meta:
        icon = "warning"
        label = _("Note")
        template = "components/blocks/callout.html"


class FactBlock(blocks.StructBlock):
    """One fact: its name, what it is, where it was found."""

    term = blocks.CharBlock(label=_("What"))
    text = blocks.RichTextBlock(label=_("Fact"), features=INLINE)

    class Meta:
        icon = "info-circle"


class FactsBlock(blocks.StructBlock):
    """A list of facts."""

    facts = blocks.ListBlock(FactBlock(), label=_("Facts"))

    class Meta:
        icon = "list-ul"
        label = _("Facts")
        template = "components/blocks/facts.html"


class StepBlock(blocks.StructBlock):
    """One step of a way."""

    title = blocks.CharBlock(label=_("Step"))
    text = blocks.RichTextBlock(label=_("Text"), features=INLINE)


class StepsBlock(blocks.StructBlock):
    """Steps in their order."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "components/blocks/steps.html"


class GainBlock(blocks.StructBlock):
    """What one group of people gains."""

    icon = blocks.ChoiceBlock(choices=Icon.choices, label=_("Sign"))
    title = blocks.CharBlock(label=_("For whom"))
    points = blocks.ListBlock(blocks.CharBlock(), label=_("What they gain"))


class GainsBlock(blocks.StructBlock):
    """Groups side by side."""

    groups = blocks.ListBlock(GainBlock(), label=_("Groups"))

    class Meta:
        icon = "group"
        label = _("What each gains")
        template = "components/blocks/gains.html"


class FundingValue(blocks.StructValue):
    """The split of a sum between the European Union and the state."""

    @property
    def total(self) -> Decimal:
        """Both parts, in euro."""
        return Decimal(self["eu"]) + Decimal(self["state"])

    @property
    def eu_share(self) -> Decimal:
        """The Union's part in percent, one decimal."""
        return (Decimal(self["eu"]) * 100 / self.total).quantize(Decimal("0.1")) if self.total else Decimal(0)

    @property
    def state_share(self) -> Decimal:
        """The state's part in percent, one decimal."""
        return Decimal(100) - self.eu_share if self.total else Decimal(0)


class FundingBlock(blocks.StructBlock):
    """Money with its split, as a bar and in words."""

    title = blocks.CharBlock(label=_("Title"))
    eu = blocks.DecimalBlock(label=_("European Social Fund, euro"), min_value=0, decimal_places=2)
    state = blocks.DecimalBlock(label=_("State budget, euro"), min_value=0, decimal_places=2)
    note = blocks.CharBlock(label=_("Note"), required=False)
    source = blocks.CharBlock(label=_("Source"), required=False)

    class Meta:
        icon = "decimal"
        label = _("Funding")
        template = "components/blocks/funding.html"
        value_class = FundingValue


class DownloadBlock(blocks.StructBlock):
    """A file to download, with its kind and size."""

    document = FileChooserBlock(label=_("Document"))
    description = blocks.CharBlock(label=_("What is in it"), required=False)

    class Meta:
        icon = "download"
        label = _("File to download")
        template = "components/blocks/download.html"


class BodyBlock(blocks.StreamBlock):
    """The body of any page."""

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    subheading = SubheadingBlock()
    image = ImageBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    facts = FactsBlock()
    steps = StepsBlock()
    gains = GainsBlock()
    funding = FundingBlock()
    download = DownloadBlock()


class IndicatorBlock(blocks.StructBlock):
    """One number of the published figures, told large."""

    indicator = blocks.CharBlock(label=_("Indicator code"))
    period = blocks.CharBlock(label=_("Period, as in the published figures"))
    label = blocks.CharBlock(label=_("What it counts"))


class SeriesBlock(blocks.StructBlock):
    """One published series as a chart with its table, file and sources."""

    indicator = blocks.CharBlock(label=_("Indicator code"))
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.RichTextBlock(label=_("What it tells"), features=INLINE)
    years_only = blocks.BooleanBlock(label=_("Show whole school years only"), required=False)

    class Meta:
        icon = "table"
        label = _("Published series")
