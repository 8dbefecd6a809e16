"""Who takes part (Iesaistītās iestādes) and whom to ask (Kontakti)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import PreviewableMixin
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from backend.core.classification import public
from backend.core.models import Bilingual, Entity
from backend.core.text import SortKeyField, sort_key
from cms.base import parts
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField
from cms.base.models import SitePage


class ContactKind(models.TextChoices):
    """What somebody may be asked about."""

    PROJECT = "PROJECT", _("The project")
    REGION = "REGION", _("Regional coordinator")
    MUNICIPALITY = "MUNICIPALITY", _("Coordinator of a municipality")
    PRESS = "PRESS", _("Press")
    SUPPORT = "SUPPORT", _("Help with the system")


@register_snippet
class ContactPoint(PreviewableMixin, Entity, Bilingual, index.Indexed):
    """An office that answers (kontaktpunkts). An institution's address, never a person's name or number."""

    tag = "cpt"

    kind = public(models.CharField(_("about what"), max_length=20, choices=ContactKind))
    region = public(
        models.ForeignKey(
            "territory.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
        )
    )
    municipality = public(
        models.ForeignKey(
            "territory.Municipality",
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("municipality"),
        )
    )
    email = public(models.EmailField(_("e-mail"), blank=True, help_text=_("An address of the institution, never a person's.")))
    phone = public(models.CharField(_("telephone"), max_length=40, blank=True))
    address = public(models.CharField(_("address"), max_length=250, blank=True))
    hint_lv = public(models.CharField(_("hint in Latvian"), max_length=300, blank=True))
    hint_en = public(models.CharField(_("hint in English"), max_length=300, blank=True))
    is_example = public(models.BooleanField(_("example"), default=False))
    position = public(models.PositiveSmallIntegerField(_("position"), default=0))
    sort_key = public(SortKeyField())

    panels = [
        FieldPanel("kind"),
        FieldPanel("name_lv"),
        FieldPanel("name_en"),
        FieldRowPanel([FieldPanel("region"), FieldPanel("municipality")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
        FieldPanel("address"),
        FieldPanel("hint_lv"),
        FieldPanel("hint_en"),
        FieldRowPanel([FieldPanel("is_example"), FieldPanel("position")]),
    ]
    search_fields = [index.SearchField("name_lv"), index.SearchField("name_en"), index.AutocompleteField("name_lv")]

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["position", "sort_key"]
        constraints = [
            models.CheckConstraint(name="contact_of_region", condition=~Q(kind="REGION") | Q(region__isnull=False)),
            models.CheckConstraint(
                name="contact_of_municipality", condition=~Q(kind="MUNICIPALITY") | Q(municipality__isnull=False)
            ),
            models.CheckConstraint(name="contact_reachable", condition=~(Q(email="") & Q(phone="") & Q(address=""))),
        ]

    def __str__(self) -> str:
        return self.name_lv

    def clean(self) -> None:
        """A regional office has its region, a municipal one its municipality, and each can be reached."""
        super().clean()
        if self.kind == ContactKind.REGION and not self.region_id:
            raise ValidationError({"region": _("Name the region.")})
        if self.kind == ContactKind.MUNICIPALITY and not self.municipality_id:
            raise ValidationError({"municipality": _("Name the municipality.")})
        if not (self.email or self.phone or self.address):
            raise ValidationError({"email": _("Give at least one way to reach it.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name_lv)
        super().save(*args, **kwargs)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """As the page of contacts shows the office."""
        return "editing/contact_preview.html"

    def hint_in(self, language: str) -> str:
        """The hint in `language`; the Latvian one is not shown to readers of English."""
        return self.hint_en if language == "en" else self.hint_lv


class ContactsPage(SitePage):
    """Whom to ask: the project, each region with its municipalities, the press."""

    template = "pages/contacts.html"

    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("contacts")
        verbose_name_plural = _("contacts")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Offices by what they answer for, and regions with their municipalities."""
        from cms.navigation.selectors import tree_of
        from cms.places.selectors import contact_groups

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["general"], context["regions"] = contact_groups(language=self.language)
        context["institutions_url"] = tree_of(request).section_addresses(self.language).get("institutionspage", "")
        return context


class InstitutionsPage(SitePage):
    """Institutions that take part, from the registry, with a filter that is a plain form."""

    template = "pages/institutions.html"
    per_page = 60

    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("text")))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("institutions taking part")
        verbose_name_plural = _("institutions taking part")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The filter as sent and one page of the institutions that fit it."""
        from backend.registry.public import taking_part_by_place
        from cms.base.pagination import page_of
        from cms.base.selectors import listed
        from cms.places.forms import InstitutionFilter
        from cms.places.selectors import institutions_in_rows

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        form = InstitutionFilter(
            request.GET or None, language=self.language, rows=parts.kept("taking part", taking_part_by_place)
        )
        chosen = form.criteria()
        found = listed(("institutions", *chosen.items()), lambda: institutions_in_rows(**chosen))
        context |= {
            "form": form,
            "filtered": bool(chosen),
            "abroad": self.language != "lv",
            "institutions": page_of(found, request=request, per_page=self.per_page, count=form.count),
        }
        return context
