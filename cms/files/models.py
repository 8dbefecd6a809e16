"""The site's own image and document models, ours from the first migration on."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from backend.core.classification import Classification, DataClass, Purpose, Retention, inherited_fields, internal, public
from backend.core.models import Entity


class PrivateFiles(FileSystemStorage):
    """Where documents lie: never under a folder that a web server hands out; the serve view decides.

    The folder is read from the settings at each use, so that a test can have its own.
    """

    @property
    def base_location(self) -> Path:
        return Path(settings.PRIVATE_MEDIA_ROOT)

    @property
    def location(self) -> str:
        return str(self.base_location.absolute())

    def url(self, name: str | None) -> str:
        """Raises NotImplementedError, which tells Wagtail to serve the file itself: it has no address of its own."""
        raise NotImplementedError("Documents are served by the view that decides who may read them.")


def private_files() -> PrivateFiles:
    """Storage of documents, kept out of migrations."""
    return PrivateFiles()


_EDITORIAL = Classification(DataClass.INTERNAL, Purpose.PUBLICATION, Retention.PERMANENT)


class SiteImage(AbstractImage):
    """A picture with what every page needs to say about it."""

    field_classes = inherited_fields(AbstractImage, _EDITORIAL)

    credit = public(models.CharField(_("credit"), max_length=200, blank=True))

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class SiteRendition(AbstractRendition):
    field_classes = inherited_fields(AbstractRendition, _EDITORIAL)

    image = public(models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions", db_index=False))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_of_image"),
        ]


class SiteDocument(AbstractDocument):
    """A file to download, with its language."""

    field_classes = inherited_fields(AbstractDocument, _EDITORIAL)

    file = public(models.FileField(_("file"), upload_to="documents", storage=private_files))
    language = public(
        models.CharField(_("language"), max_length=5, default="lv", choices=[("lv", _("Latvian")), ("en", _("English"))])
    )

    preview = public(
        models.ForeignKey(
            SiteImage,
            on_delete=models.SET_NULL,
            null=True,
            blank=True,
            related_name="+",
            verbose_name=_("picture of the first page"),
        )
    )
    """Made by `cms.files.previews`; none where the kind of file gives none."""
    preview_hash = internal(models.CharField(max_length=40, blank=True, default="", db_default="", editable=False))
    """Hash of the file that the preview was made from, so that a replaced file gets a new one."""

    admin_form_fields = (*Document.admin_form_fields, "language")


class DownloadCount(Entity):
    """How often a document was fetched on a day. Nothing of who fetched it: no address, no session, no time of day."""

    tag = "dlc"

    document = internal(models.ForeignKey(SiteDocument, on_delete=models.CASCADE, related_name="downloads", db_index=False))
    day = internal(models.DateField())
    count = internal(models.PositiveIntegerField(default=0))

    class Meta:
        verbose_name = _("download count")
        verbose_name_plural = _("download counts")
        constraints = [models.UniqueConstraint(name="download_count_a_day", fields=["document", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"
