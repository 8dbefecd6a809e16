"""Materials to download (Materiāli): for whom, for which grades, about what, and how they changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Orderable, Page
from wagtail.search import index

from backend.core.classification import Classification, DataClass, Purpose, Retention, inherited_fields, public
from backend.core.database.statements import Given, rows
from cms.base import parts
from cms.base.blocks import BodyBlock
from cms.base.fields import BodyField, ChoiceListField
from cms.base.languages import address
from cms.base.models import SitePage


class Audience(models.TextChoices):
    """For whom a material is."""

    TEACHER = "teacher", _("Teachers")
    SUPPORT_STAFF = "support_staff", _("Support staff")
    LEADERSHIP = "leadership", _("School leadership")
    MUNICIPALITY = "municipality", _("Municipalities")
    PARENT = "parent", _("Parents")
    LEARNER = "learner", _("Learners")


class Kind(models.TextChoices):
    """What kind of material it is."""

    GUIDELINES = "guidelines", _("Guidelines")
    CHECKLIST = "checklist", _("Checklist")
    WORKSHEET = "worksheet", _("Worksheet")
    LEAFLET = "leaflet", _("Leaflet")
    STUDY = "study", _("Study")


class Language(models.TextChoices):
    """Language of the file, whatever the language of the page about it."""

    LV = "lv", _("Latvian")
    EN = "en", _("English")


class Licence(models.TextChoices):
    """What others may do with it."""

    CC_BY = "cc-by-4.0", _("Creative Commons Attribution 4.0 (CC BY 4.0)")
    EUPL = "eupl-1.2", _("European Union Public Licence 1.2")
    ALL_RIGHTS = "all-rights", _("All rights reserved; ask before re-use")


LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/deed.lv",
    Licence.EUPL: "https://eupl.eu/1.2/lv/",
}


class MaterialsIndexPage(RoutablePageMixin, SitePage):
    """All materials, with a filter that is a plain form."""

    template = "pages/materials_index.html"
    per_page = 12

    parent_page_types = ["home.HomePage"]
    subpage_types = ["materials.MaterialPage"]

    class Meta:
        verbose_name = _("materials")
        verbose_name_plural = _("materials")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The filter form as sent, one page of the materials that fit it, and what was put in the basket before."""
        from cms.base.pagination import page_of
        from cms.base.selectors import listed
        from cms.files.pictures import CARD_PREVIEW, have_renditions
        from cms.materials.basket import chosen_slugs
        from cms.materials.forms import MaterialFilter
        from cms.materials.selectors import facet_rows, materials_for

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        language = self.language
        materials = parts.kept(("materials", language), lambda: facet_rows(language=language))
        form = MaterialFilter(request.GET or None, language=language, rows=materials)
        chosen = form.criteria()
        found = listed(("materials", language, *chosen.items()), lambda: materials_for(language=language, **chosen))
        shown = page_of(found, request=request, per_page=self.per_page, count=form.count)
        have_renditions((material.document.preview for material in shown), CARD_PREVIEW)
        slugs = chosen_slugs(request)
        listed = {material.slug for material in shown}
        elsewhere = [slug for slug in slugs if slug not in listed]
        context |= {
            "form": form,
            "filtered": bool(chosen),
            "materials": shown,
            "chosen": slugs,
            "nothing_chosen": "m" in request.GET and not slugs,
            "kept": [row for row in materials if row.slug in elsewhere],
        }
        return context

    @path("rss/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """New materials and new versions as RSS 2.0; `?since=2023-09-01` leaves out what is older."""
        from cms.materials.feeds import rss

        return rss(index=self, request=request)

    @path("zip/", name="zip")
    def zip(self, request: HttpRequest) -> HttpResponse:
        """Several materials as one file."""
        from cms.materials.basket import basket_file

        return basket_file(index=self, request=request)


class MaterialPage(SitePage):
    """One material and its file."""

    template = "pages/material.html"

    kind = public(models.CharField(_("kind"), max_length=20, choices=Kind))
    audiences = public(ChoiceListField(models.CharField(max_length=20, choices=Audience), verbose_name=_("for whom")))
    grade_from = public(
        models.PositiveSmallIntegerField(_("from grade"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)])
    )
    grade_to = public(
        models.PositiveSmallIntegerField(_("to grade"), default=12, validators=[MinValueValidator(1), MaxValueValidator(12)])
    )
    topics = public(ParentalManyToManyField("base.Topic", blank=True, related_name="materials", verbose_name=_("topics")))
    material_language = public(models.CharField(_("language of the file"), max_length=5, choices=Language, default=Language.LV))
    year = public(models.PositiveSmallIntegerField(_("year")))
    licence = public(models.CharField(_("licence"), max_length=20, choices=Licence, default=Licence.ALL_RIGHTS))
    document = public(models.ForeignKey("files.SiteDocument", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")))
    page_count = public(models.PositiveSmallIntegerField(_("number of pages"), null=True, blank=True))
    body = public(BodyField(BodyBlock(), blank=True, verbose_name=_("what is in it and how to use it")))
    evidence_page = public(
        models.ForeignKey(
            "wagtailcore.Page",
            on_delete=models.SET_NULL,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("page that shows the measured effect"),
        )
    )
    evidence_note = public(models.TextField(_("what is known of its effect"), max_length=600, blank=True))
    source_name = public(models.CharField(_("made from"), max_length=300, blank=True))
    source_url = public(models.URLField(_("address of the source"), max_length=500, blank=True))

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("document"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("material_language"), FieldPanel("year"), FieldPanel("page_count")]),
        FieldPanel("audiences"),
        FieldRowPanel([FieldPanel("grade_from"), FieldPanel("grade_to")]),
        FieldPanel("topics"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("evidence_note"), FieldPanel("evidence_page")], _("What is known of its effect")),
        MultiFieldPanel([FieldPanel("licence"), FieldPanel("source_name"), FieldPanel("source_url")], _("Licence and source")),
        InlinePanel("versions", label=_("version"), heading=_("What changed")),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("body"),
        index.FilterField("kind"),
        index.FilterField("material_language"),
    ]
    parent_page_types = ["materials.MaterialsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [models.CheckConstraint(name="material_grades", condition=Q(grade_to__gte=F("grade_from")))]

    def clean(self) -> None:
        """Grades run upwards."""
        super().clean()
        if self.grade_from and self.grade_to and self.grade_to < self.grade_from:
            raise ValidationError({"grade_to": _("The last grade lies before the first.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """How often the file was fetched, and the page that shows its effect if the public may read it."""
        from cms.base.selectors import published
        from cms.files.downloads import with_downloads
        from cms.navigation.selectors import tree_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.pk:  # a preview of a page that was never saved has none
            (self.document,) = rows("document", lambda: with_downloads().filter(pk=Given("key")), key=self.document_id)
            context["downloads"] = self.document.total_downloads
        if self.evidence_page_id:
            entry = tree_of(request, page=self).entry(self.evidence_page_id)
            found = None if entry else published(Page.objects.filter(pk=self.evidence_page_id)).first()
            context["evidence_title"] = entry.title if entry else found and found.title
            context["evidence_url"] = entry.url if entry else found and address(found)
        return context

    def structured_data(self, *, url: str, base: str) -> dict[str, Any]:
        """schema.org LearningResource with its file."""
        return {
            "@type": "LearningResource",
            "name": self.title,
            "description": self.description,
            "learningResourceType": str(self.get_kind_display()),
            "educationalLevel": f"{self.grade_from}-{self.grade_to}",
            "audience": [{"@type": "EducationalAudience", "educationalRole": label} for label in self.audience_labels],
            "inLanguage": self.material_language,
            "dateCreated": str(self.year),
            "isAccessibleForFree": True,
            "license": LICENCE_ADDRESSES.get(self.licence),
            "encoding": {
                "@type": "MediaObject",
                "contentUrl": base + self.document.url,
                "contentSize": str(self.document.file_size or ""),
                "encodingFormat": self.document.content_type,
            },
        }

    @property
    def licence_url(self) -> str:
        """Text of the licence; empty where there is none to link to."""
        return LICENCE_ADDRESSES.get(self.licence, "")

    @property
    def audience_labels(self) -> list[str]:
        """Names of the audiences, in the order of the list."""
        return [str(label) for value, label in Audience.choices if value in self.audiences]


class MaterialVersion(Orderable):
    """One version of a material: when it appeared and what changed in it."""

    field_classes = inherited_fields(Orderable, Classification(DataClass.PUBLIC, Purpose.PUBLICATION, Retention.PERMANENT))

    material = public(ParentalKey(MaterialPage, on_delete=models.CASCADE, related_name="versions"))
    label = public(models.CharField(_("version"), max_length=40))
    date = public(models.DateField(_("date")))
    changes = public(models.TextField(_("what changed"), max_length=600))
    document = public(
        models.ForeignKey(
            "files.SiteDocument", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
        )
    )

    panels = [FieldRowPanel([FieldPanel("label"), FieldPanel("date")]), FieldPanel("changes"), FieldPanel("document")]

    class Meta(Orderable.Meta):
        verbose_name = _("version of a material")
        verbose_name_plural = _("versions of a material")

    def __str__(self) -> str:
        return self.label
