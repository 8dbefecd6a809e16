"""Private attachments of case work: what is known of a file. The bytes lie in private storage."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import Purpose, internal, personal
from backend.core.clock import now
from backend.core.models import Entity, Versioned

MOST_BYTES = 20 * 1024 * 1024
"""Of one file (contract, `POST /files/`)."""


class FileRoom(models.TextChoices):
    """The room of case data whose readers may open the file; named as row security names it."""

    LEARNERS = "learners", _("learners")
    PLANS = "plans", _("plans")
    DELIVERY = "delivery", _("delivery")
    MONEY = "money", _("money")


class FilePurpose(models.TextChoices):
    APPLICATION = "APPLICATION", _("signed application")  # iesniegums
    SIGNED_PLAN = "SIGNED_PLAN", _("signed plan")
    AGREEMENT = "AGREEMENT", _("consultation agreement")  # vienošanās
    SIGNED_SHEET = "SIGNED_SHEET", _("signed consultation sheet")  # KA veidlapa
    REMOTE_ORDER = "REMOTE_ORDER", _("director's order")  # rīkojums
    REMOTE_CONFIRMATION = "REMOTE_CONFIRMATION", _("confirmation of a remote consultation")
    COST_PROOF = "COST_PROOF", _("proof of a cost")
    NO_CODE_PROOF = "NO_CODE_PROOF", _("document of a learner without a personal code")


ROOM_OF = {
    FilePurpose.APPLICATION: FileRoom.PLANS,
    FilePurpose.SIGNED_PLAN: FileRoom.PLANS,
    FilePurpose.AGREEMENT: FileRoom.DELIVERY,
    FilePurpose.SIGNED_SHEET: FileRoom.DELIVERY,
    FilePurpose.REMOTE_ORDER: FileRoom.DELIVERY,
    FilePurpose.REMOTE_CONFIRMATION: FileRoom.DELIVERY,
    FilePurpose.COST_PROOF: FileRoom.MONEY,
    FilePurpose.NO_CODE_PROOF: FileRoom.LEARNERS,
}
"""The room in which each purpose's files lie; the database holds both equal."""


class CaseFile(Entity, Versioned):
    """One private file. What it is (hash, real type, size, place) never changes; removing it leaves this row.

    `sha256` is of the bytes as they were uploaded. `media_type` is what the bytes are, found by looking at them, never
    what the browser said.
    """

    tag = "file"

    institution = internal(models.ForeignKey("territory.Institution", on_delete=models.PROTECT, related_name="+", db_index=False))
    learner = personal(
        models.ForeignKey("learners.Learner", on_delete=models.PROTECT, null=True, blank=True, related_name="files"),
        purpose=Purpose.SUPPORT,
    )
    """Empty where the file is about several: an order, a shared bill."""
    purpose = internal(models.CharField(max_length=30, choices=FilePurpose))
    room = internal(models.CharField(max_length=10, choices=FileRoom))
    name = personal(models.CharField(max_length=200), purpose=Purpose.EVIDENCE)
    """As the uploader called it; people put names into file names."""
    media_type = internal(models.CharField(max_length=100), purpose=Purpose.EVIDENCE)
    size = internal(models.PositiveIntegerField(), purpose=Purpose.EVIDENCE)
    sha256 = internal(models.CharField(max_length=64, db_collation="C"), purpose=Purpose.EVIDENCE)
    storage_key = internal(models.CharField(max_length=200, unique=True, db_collation="C"))
    """Where the bytes lie under the private storage: random, tells nothing."""
    uploaded_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    uploaded_at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    removed_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    """When the bytes were deleted."""

    class Meta:
        ordering = ["-uploaded_at", "id"]
        indexes = [
            models.Index(fields=["institution", "-uploaded_at"], name="file_by_institution"),
            models.Index(fields=["learner"], name="file_by_learner", condition=Q(learner__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="file_size", condition=Q(size__range=(1, MOST_BYTES))),
            models.CheckConstraint(name="file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="file_media_type", condition=Q(media_type__regex=r"^[a-z]+/[a-z0-9.+-]+$")),
            models.CheckConstraint(
                name="file_room_of_purpose",
                condition=Q(room="plans", purpose__in=["APPLICATION", "SIGNED_PLAN"])
                | Q(room="delivery", purpose__in=["AGREEMENT", "SIGNED_SHEET", "REMOTE_ORDER", "REMOTE_CONFIRMATION"])
                | Q(room="money", purpose="COST_PROOF")
                | Q(room="learners", purpose="NO_CODE_PROOF"),
            ),
            models.UniqueConstraint(name="file_reference", fields=["id", "institution"]),
        ]

    def __str__(self) -> str:
        return self.public_id
