"""The first page of each language, which also holds what every page's foot says, and plain pages of text."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.search import index
from wagtail.url_routing import RouteResult

from backend.core.classification import public
from backend.core.database.statements import Given
from backend.insight.statistics.public import published_values
from cms.base import parts
from cms.base.blocks import BodyBlock, GainBlock, IndicatorBlock, StepBlock
from cms.base.fields import BodyField
from cms.base.languages import address
from cms.base.models import SitePage
from cms.base.selectors import CARD, asked, published


class HomePage(SitePage):
    """First page of a language: motto, key figures, what each gains, the way of support, and the latest of the rest."""

    template = "pages/home.html"
    max_count_per_parent: ClassVar[int] = 2

    motto = public(models.CharField(_("motto"), max_length=120))
    first_link = public(
        models.ForeignKey(
            "wagtailcore.Page",
            on_delete=models.SET_NULL,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("first button leads to"),
        )
    )
    first_link_label = public(models.CharField(_("first button"), max_length=60, blank=True))
    second_link = public(
        models.ForeignKey(
            "wagtailcore.Page",
            on_delete=models.SET_NULL,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("second button leads to"),
        )
    )
    second_link_label = public(models.CharField(_("second button"), max_length=60, blank=True))
    key_figures = public(BodyField([("figure", IndicatorBlock())], blank=True, verbose_name=_("key figures")))
    ways = public(BodyField([("group", GainBlock())], blank=True, verbose_name=_("what each gains")))
    steps = public(BodyField([("step", StepBlock())], blank=True, verbose_name=_("the way of support")))
    contact_email = public(
        models.EmailField(_("e-mail of the project"), help_text=_("An address of the institution, never a person's."))
    )
    contact_note = public(models.CharField(_("whom to ask"), max_length=300, blank=True))
    project_number = public(models.CharField(_("project number"), max_length=40))
    project_title = public(models.CharField(_("project title"), max_length=200))
    beneficiary = public(models.CharField(_("carried out by"), max_length=120))

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("motto"),
        MultiFieldPanel(
            [
                FieldPanel("first_link_label"),
                PageChooserPanel("first_link"),
                FieldPanel("second_link_label"),
                PageChooserPanel("second_link"),
            ],
            _("Buttons"),
        ),
        FieldPanel("key_figures"),
        FieldPanel("ways"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [
                FieldPanel("contact_email"),
                FieldPanel("contact_note"),
                FieldPanel("project_number"),
                FieldPanel("project_title"),
                FieldPanel("beneficiary"),
            ],
            _("Foot of every page"),
        ),
    ]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Every address of this language passes here: keep the page at hand for the foot."""
        request.site_home = self  # type: ignore[attr-defined]
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Latest articles, episodes and materials, and the key figures with the values published for them."""
        from cms.events.selectors import coming_events
        from cms.klase.selectors import latest_episodes
        from cms.materials.selectors import latest_materials
        from cms.navigation.selectors import tree_of
        from cms.news.selectors import latest_articles

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        language = self.language
        lists = {"articles": latest_articles, "episodes": latest_episodes, "materials": latest_materials, "events": coming_events}
        for name, latest in lists.items():
            context[name] = parts.kept(("latest", name, language), lambda latest=latest: latest(language=language, count=3))
        tree = tree_of(request)
        context["sections"] = tree.section_addresses(language)
        context["first_link"] = tree.address_of_page(self.first_link_id) or (self.first_link and address(self.first_link))
        context["second_link"] = tree.address_of_page(self.second_link_id) or (self.second_link and address(self.second_link))
        wanted = [(block.value["indicator"], block.value["period"], block.value["label"]) for block in self.key_figures]
        pairs = [(code, period) for code, period, _label in wanted]
        values = parts.kept(("key figures", self.pk), lambda: published_values(pairs=pairs))
        context["figures"] = [(values[code, period], label) for code, period, label in wanted if (code, period) in values]
        return context

    def structured_data(self, *, url: str, base: str) -> dict[str, Any]:
        """schema.org WebSite and who stands behind it."""
        return {
            "@type": "WebSite",
            "name": "PuMPuRS",
            "description": self.description,
            "inLanguage": self.language,
            "publisher": {"@type": "GovernmentOrganization", "name": self.beneficiary, "email": self.contact_email},
        }


class TextPage(SitePage):
    """A page of text: about the project, accessibility, privacy; with pages below it, the way to each of them."""

    template = "pages/text.html"
    reader_label = _("Page")
    """What readers call it, in the search: to them it is simply a page."""

    body = public(BodyField(BodyBlock(), verbose_name=_("text")))
    contents_list = public(models.BooleanField(_("show a list of its headings"), default=False))

    content_panels = [*SitePage.content_panels, FieldPanel("body"), FieldPanel("contents_list")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage", "home.TextPage"]

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Pages right below this one."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["below"] = asked("below", _below, path=self.path, depth=self.depth + 1) if self.numchild else []
        return context


def _below() -> QuerySet[TextPage]:
    pages = TextPage.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    return published(pages).only(*CARD).order_by("path")


class SiteMapPage(SitePage):
    """Every page of the language, in the order of the tree (lapas karte)."""

    template = "pages/site_map.html"

    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("site map")
        verbose_name_plural = _("site maps")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Sections with what lies below each."""
        from cms.navigation.selectors import sections_with_pages

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["sections"] = sections_with_pages(language=self.language)
        return context
