"""The figures of the programme, as charts, maps, tables and files (Skaitļi)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from backend.core.classification import public
from backend.core.models import Entity, Sourced
from cms.base import parts
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage
from cms.figures.blocks import FiguresBlock


class FiguresPage(RoutablePageMixin, SitePage):
    """Series that somebody published and tables of open data, each with its picture, table, CSV file and source."""

    template = "pages/figures.html"

    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("how to read the figures")))
    series = public(BodyField(FiguresBlock(), verbose_name=_("series")))

    content_panels = [*SitePage.content_panels, FieldPanel("series"), FieldPanel("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("figures")
        verbose_name_plural = _("figures")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the page shows, in its order, with the geometry of each picture, and the map of the institutions."""
        from cms.figures.parts import parts_of
        from cms.navigation.selectors import tree_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["parts"], context["map"] = parts.kept(("figures", self.pk), lambda: parts_of(stream=self.series))
        context["institutions_url"] = tree_of(request).section_addresses(self.language).get("institutionspage", "")
        return context

    @path("<slug:code>/csv/", name="csv")
    def csv(self, request: HttpRequest, code: str) -> HttpResponse:
        """One of this page's series, or its map, as a CSV file. Raises Http404 for what the page does not show."""
        from cms.figures.files import csv_of, csv_of_map
        from cms.figures.maps import CODE, institutions_map

        if code == CODE:
            places = institutions_map()
            if places is None:
                raise Http404
            return csv_of_map(places, language=self.language)
        if code not in {block.value["indicator"] for block in self.series if block.block_type == "series"}:
            raise Http404
        return csv_of(indicator=code, language=self.language)


class Boundary(Entity, Sourced):
    """Outline of a municipality (pašvaldības robeža) for the map, as the operator's file has it: `manage.py load_boundaries`."""

    tag = "bnd"

    municipality = public(models.OneToOneField("territory.Municipality", on_delete=models.CASCADE, related_name="+"))
    path = public(models.TextField())
    """SVG path in the map's own units, `cms.figures.maps.WIDTH` of them from west to east."""
    bottom = public(models.PositiveSmallIntegerField())
    """The southernmost point, in the same units."""

    def __str__(self) -> str:
        return str(self.municipality_id)
