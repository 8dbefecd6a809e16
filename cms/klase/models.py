"""Klase: the series in which a young person's story meets a well-known person's school days."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from backend.core.classification import public
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage, validate_youtube_id


class Form(models.TextChoices):
    """What is shown: a whole episode of the series, a clip, or a young person's story by itself."""

    EPISODE = "episode", _("Episode")
    CLIP = "clip", _("Clip")
    STORY = "story", _("Story")


class KlaseIndexPage(SitePage):
    """The series: what it is, its episodes by season, clips and stories."""

    template = "pages/klase_index.html"

    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["klase.EpisodePage"]

    class Meta:
        verbose_name = _("Klase")
        verbose_name_plural = _("Klase")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Episodes season by season, in their order, then clips and stories."""
        from cms.klase.selectors import episodes_shown

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        shown = episodes_shown(language=self.language)
        episodes = [episode for episode in shown if episode.form == Form.EPISODE]
        context["seasons"] = [(season, list(rows)) for season, rows in groupby(episodes, key=lambda row: row.season)]
        context["clips"] = [episode for episode in shown if episode.form == Form.CLIP]
        context["stories"] = [episode for episode in shown if episode.form == Form.STORY]
        return context


class EpisodePage(SitePage):
    """One episode. The video is a bare id: the player is asked for only after the viewer's click."""

    template = "pages/episode.html"
    read_with = ("poster",)

    form = public(models.CharField(_("form"), max_length=10, choices=Form, default=Form.EPISODE, db_default=Form.EPISODE))
    season = public(models.PositiveSmallIntegerField(_("season"), default=1))
    number = public(models.PositiveSmallIntegerField(_("episode")))
    is_example = public(
        models.BooleanField(
            _("example"),
            default=False,
            help_text=_("Made up to show what an episode page holds; it is marked as such and has no video."),
        )
    )
    youtube_id = public(models.CharField(_("YouTube id"), max_length=11, blank=True, validators=[validate_youtube_id]))
    spoken_language = public(
        models.CharField(_("spoken language"), max_length=5, default="lv", choices=[("lv", _("Latvian")), ("en", _("English"))])
    )
    poster = public(
        models.ForeignKey(
            "files.SiteImage", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("poster")
        )
    )
    minutes = public(models.PositiveSmallIntegerField(_("length in minutes"), null=True, blank=True))
    has_captions = public(models.BooleanField(_("the video has captions"), default=False))
    guest_role = public(
        models.CharField(_("guest"), max_length=160, help_text=_("What the guest does. No name of a private person."))
    )
    story = public(models.TextField(_("the young person's story"), max_length=600, blank=True))
    transcript = public(
        BodyField([("line", blocks.RichTextBlock(features=["bold", "italic"]))], blank=True, verbose_name=_("transcript"))
    )
    questions = public(
        BodyField([("question", blocks.CharBlock())], blank=True, verbose_name=_("questions to talk about in class"))
    )
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="episodes", verbose_name=_("topics")))

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("form"), FieldPanel("season"), FieldPanel("number"), FieldPanel("minutes")]),
        FieldPanel("is_example"),
        MultiFieldPanel(
            [FieldPanel("youtube_id"), FieldPanel("poster"), FieldPanel("spoken_language"), FieldPanel("has_captions")],
            _("Video"),
        ),
        FieldPanel("guest_role"),
        FieldPanel("story"),
        FieldPanel("body"),
        FieldPanel("questions"),
        FieldPanel("transcript"),
        FieldPanel("topics"),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("story"),
        index.SearchField("guest_role"),
        index.SearchField("questions"),
        index.SearchField("transcript"),
        index.SearchField("body"),
    ]
    parent_page_types = ["klase.KlaseIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        constraints = [models.CheckConstraint(name="example_without_video", condition=Q(is_example=False) | Q(youtube_id=""))]

    def clean(self) -> None:
        """An example shows no video; what can be heard can also be read."""
        super().clean()
        if self.is_example and self.youtube_id:
            raise ValidationError({"youtube_id": _("An example has no video.")})
        if self.youtube_id and not self.transcript:
            raise ValidationError({"transcript": _("An episode with a video needs its transcript.")})

    def structured_data(self, *, url: str, base: str) -> dict[str, Any] | None:
        """schema.org VideoObject; only for a real video."""
        if not self.youtube_id:
            return None
        from cms.base.sharing import card_address

        published = self.first_published_at
        return {
            "@type": "VideoObject",
            "name": self.title,
            "description": self.description,
            "thumbnailUrl": [base + card_address(self)],
            "uploadDate": published.isoformat() if published else None,
            "embedUrl": f"https://www.youtube-nocookie.com/embed/{self.youtube_id}",
            "duration": f"PT{self.minutes}M" if self.minutes else None,
            "inLanguage": self.spoken_language,
            "transcript": " ".join(strip_tags(str(block.value)) for block in self.transcript) or None,
            "accessibilityFeature": ["captions", "transcript"] if self.has_captions else ["transcript"],
        }
