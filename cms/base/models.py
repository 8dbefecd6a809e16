"""What every page of the site has, and the topics that pages share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PageViewRestriction, PreviewableMixin
from wagtail.search import index
from wagtail.snippets.models import register_snippet
from wagtail.url_routing import RouteResult

from backend.core.classification import internal, public
from backend.core.database.statements import Given, Several, rows
from backend.core.models import Bilingual, Entity
from backend.core.text import SortKeyField, sort_key
from cms.base.languages import language_code
from cms.base.selectors import restricted_paths
from cms.editing.panels import ChecksPanel


class SitePage(Page):
    """Base of all pages: a summary that serves as lead, description and card text, and one-query routing."""

    summary = public(
        models.TextField(
            _("summary"),
            max_length=320,
            help_text=_("One or two sentences. Shown under the title, in lists, in search engines and in the feed."),
        )
    )
    social_image = public(
        models.ForeignKey(
            "files.SiteImage",
            on_delete=models.SET_NULL,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("picture for sharing"),
        )
    )

    updated_on = public(
        models.DateField(
            _("updated on"),
            null=True,
            blank=True,
            help_text=_("Set it when the meaning changed; a corrected spelling is no update. Shown under the title."),
        )
    )

    read_with: ClassVar[tuple[str, ...]] = ()
    """Relations that the page's template shows: read with the page itself."""

    content_panels = [ChecksPanel(), *Page.content_panels, FieldPanel("summary"), FieldPanel("updated_on")]
    promote_panels = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("For search engines")),
        MultiFieldPanel([FieldPanel("social_image"), FieldPanel("show_in_menus")], _("Sharing and menu")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    @property
    def description(self) -> str:
        """Text for search engines and previews: what the editor wrote for them, else the summary."""
        return self.search_description or self.summary

    @property
    def language(self) -> str:
        """Language code of the page, without a query for its locale."""
        return language_code(self.locale_id)

    def structured_data(self, *, url: str, base: str) -> dict[str, Any] | None:
        """What search engines are told of the page (schema.org), without `@context` and `url`; None: nothing of its own."""
        return {"@type": "WebPage", "name": self.title, "description": self.description, "inLanguage": self.language}

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Restrictions on this page or any above it, in one query instead of two; through aliases as well.

        Wagtail follows chains of aliases page by page; that is left to it for a page that is itself an alias. What was read
        to let the reader in is at hand in `passed_restrictions`.
        """
        if restricted_paths() == []:
            self.passed_restrictions = PageViewRestriction.objects.none()
            self.passed_restrictions._result_cache = []  # read already, and there is none
        elif self.alias_of_id:
            self.passed_restrictions = super().get_view_restrictions()
        else:
            above = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
            found = PageViewRestriction.objects.filter(Q(page__path__in=above) | Q(page__aliases__path__in=above))
            self.passed_restrictions = found.distinct()
        return self.passed_restrictions

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the page at the end of the path with one query instead of two a segment.

        The deepest page whose address begins the path gets the rest of it, which only pages with routes of their own
        can use. Raises Http404 when there is none.
        """
        if not path_components:
            return super().route(request, path_components)
        addresses = [self.url_path + "/".join(path_components[:end]) + "/" for end in range(1, len(path_components) + 1)]
        pages = rows("page at an address", _at_addresses, addresses=addresses)
        if not pages:
            raise Http404
        rest = path_components[pages[0].depth - self.depth :]
        model = pages[0].specific_class or Page
        found = rows(("page", model), lambda: _whole(model), key=pages[0].pk)
        if not found or (rest and not hasattr(found[0], "resolve_subpage")):
            raise Http404
        return found[0].route(request, rest)


def _at_addresses() -> QuerySet[Page]:
    pages = Page.objects.filter(url_path__in=Several("addresses", of="text"))
    return pages.order_by("-depth").only("depth", "content_type")[:1]


def _whole(model: type[Page]) -> QuerySet[Page]:
    found = model._default_manager.filter(pk=Given("key"))
    beside = getattr(model, "read_with", ())
    return found.select_related(*beside) if beside else found


class SiteGeneration(models.Model):
    """One row with the number that rises when anything changes that the site shows (`cms.base.generation`). Triggers write it."""

    id = internal(models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False))
    number = internal(models.BigIntegerField(default=1, editable=False))

    class Meta:
        constraints = [models.CheckConstraint(name="one_generation", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.number)


@register_snippet
class Topic(PreviewableMixin, Entity, Bilingual, index.Indexed):
    """A subject that articles, episodes and materials share (temats)."""

    tag = "top"

    code = public(models.SlugField(_("code"), max_length=60, unique=True))
    sort_key = public(SortKeyField())

    panels = [FieldPanel("name_lv"), FieldPanel("name_en"), FieldPanel("code")]
    search_fields = [index.SearchField("name_lv"), index.SearchField("name_en"), index.AutocompleteField("name_lv")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name_lv

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name_lv)
        super().save(*args, **kwargs)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The name in both languages, as pages show it."""
        return "editing/topic_preview.html"


YOUTUBE_ID_LENGTH = 11


def validate_youtube_id(value: str) -> None:
    """Raises ValidationError unless `value` is the bare eleven-character id of a video."""
    if len(value) != YOUTUBE_ID_LENGTH or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in value):
        raise ValidationError(_("Enter the eleven-character id of the video, not its address."))
