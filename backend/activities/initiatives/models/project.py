"""Projects of a call: the application, its steps, partners and report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.activities.initiatives.models.call import InitiativeCall
from backend.activities.initiatives.models.organisation import ApplicantKind, YouthOrganisation
from backend.core.classification import Purpose, internal, personal, public
from backend.core.clock import now
from backend.core.models import Entity, Versioned
from backend.core.money import EuroField


class ProjectStatus(models.TextChoices):
    """Where a project stands (inferred: domain.md 6)."""

    SUBMITTED = "SUBMITTED", pgettext_lazy("project", "submitted")  # iesniegts
    ADMISSIBLE = "ADMISSIBLE", _("admissible")  # atbilstošs
    SCORED = "SCORED", _("scored")  # novērtēts
    APPROVED = "APPROVED", pgettext_lazy("project", "approved")  # apstiprināts
    REJECTED = "REJECTED", pgettext_lazy("project", "rejected")  # noraidīts
    CONTRACTED = "CONTRACTED", _("contracted")  # noslēgts līgums
    RUNNING = "RUNNING", _("running")  # īstenošanā
    REPORT_SUBMITTED = "REPORT_SUBMITTED", _("report submitted")  # iesniegts pārskats
    COMPLETED = "COMPLETED", pgettext_lazy("project", "completed")  # pabeigts


DECIDED = ("APPROVED", "REJECTED", "CONTRACTED", "RUNNING", "REPORT_SUBMITTED", "COMPLETED")
UNDER_CONTRACT = ("CONTRACTED", "RUNNING", "REPORT_SUBMITTED", "COMPLETED")
CARRIED_OUT = UNDER_CONTRACT[1:]
REPORTED = UNDER_CONTRACT[2:]


class InitiativeProject(Entity, Versioned):
    """A youth initiative project (jaunatnes iniciatīvu projekts) as its organisation submitted it.

    `municipality` and `amount` repeat the call's organiser and grant, held equal by the database: the grant is exactly the
    call's, neither more nor less. Learners who take part are `ProjectParticipant` rows of their institutions; here are
    numbers only.
    """

    tag = "proj"

    number = internal(models.CharField(max_length=60, unique=True))
    call = internal(models.ForeignKey(InitiativeCall, on_delete=models.PROTECT, related_name="projects"))
    municipality = internal(
        models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+", db_index=False)
    )
    organisation = internal(
        models.ForeignKey(YouthOrganisation, on_delete=models.PROTECT, related_name="projects", db_index=False)
    )
    applicant_kind = internal(models.CharField(max_length=30, choices=ApplicantKind))
    """The organisation's kind when it applied."""
    with_youth_group = internal(models.BooleanField(default=False))
    """Together with a youth initiative group (jauniešu iniciatīvas grupa)."""
    title = public(models.CharField(max_length=300))
    summary = internal(models.TextField(blank=True))
    plan_fit = internal(models.TextField(blank=True))
    """How it fits the municipality's plan of preventive and intervention measures (domain.md 4.2)."""
    planned_from = internal(models.DateField())
    planned_to = internal(models.DateField())
    planned_participants = internal(models.PositiveSmallIntegerField())
    planned_at_risk = internal(models.PositiveSmallIntegerField())
    """Of them, learners at risk of leaving early."""
    amount = internal(EuroField(), purpose=Purpose.SETTLEMENT)
    status = internal(models.CharField(max_length=30, choices=ProjectStatus, default=ProjectStatus.SUBMITTED))
    submitted_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    submitted_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    decided_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)
    decision_reason = internal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)
    """Why it was rejected, or on what conditions approved."""
    contract_number = internal(models.CharField(max_length=60, blank=True), purpose=Purpose.SETTLEMENT)
    contracted_on = internal(models.DateField(null=True, blank=True), purpose=Purpose.SETTLEMENT)
    started_on = internal(models.DateField(null=True, blank=True))
    completed_on = internal(models.DateField(null=True, blank=True))

    class Meta:
        ordering = ["-submitted_at", "id"]
        indexes = [
            models.Index(fields=["municipality", "-submitted_at"], name="project_by_municipality"),
            models.Index(fields=["organisation", "-submitted_at"], name="project_by_organisation"),
        ]
        constraints = [
            models.CheckConstraint(name="project_period", condition=Q(planned_to__gte=F("planned_from"))),
            models.CheckConstraint(
                name="project_participants",
                condition=Q(planned_participants__gt=0, planned_at_risk__lte=F("planned_participants")),
                violation_error_message=_("Learners at risk are among the participants."),
            ),
            models.CheckConstraint(
                name="project_decided_with_status",
                condition=Q(status__in=DECIDED, decided_at__isnull=False) | (~Q(status__in=DECIDED) & Q(decided_at__isnull=True)),
            ),
            models.CheckConstraint(name="project_rejected_says_why", condition=~Q(status="REJECTED") | ~Q(decision_reason="")),
            models.CheckConstraint(
                name="project_contracted_with_status",
                condition=Q(Q(status__in=UNDER_CONTRACT), Q(contracted_on__isnull=False), ~Q(contract_number=""))
                | Q(~Q(status__in=UNDER_CONTRACT), Q(contracted_on__isnull=True), Q(contract_number="")),
            ),
            models.CheckConstraint(
                name="project_started_with_status",
                condition=Q(status__in=CARRIED_OUT, started_on__isnull=False)
                | (~Q(status__in=CARRIED_OUT) & Q(started_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="project_completed_with_status",
                condition=Q(status="COMPLETED", completed_on__isnull=False, completed_on__gte=F("started_on"))
                | (~Q(status="COMPLETED") & Q(completed_on__isnull=True)),
            ),
            models.UniqueConstraint(name="project_reference", fields=["id", "municipality"]),
            models.UniqueConstraint(name="project_call_reference", fields=["id", "call", "municipality"]),
        ]

    def __str__(self) -> str:
        return self.number


class ProjectStep(Entity):
    """A step that a project took, who took it and why. Added, never changed."""

    tag = "pstep"

    project = internal(models.ForeignKey(InitiativeProject, on_delete=models.PROTECT, related_name="steps", db_index=False))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    from_status = internal(models.CharField(max_length=30, choices=ProjectStatus, blank=True))
    to_status = internal(models.CharField(max_length=30, choices=ProjectStatus))
    at = internal(models.DateTimeField(default=now), purpose=Purpose.EVIDENCE)
    actor = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    comment = internal(models.TextField(blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["project", "at"], name="project_step_by_project")]

    def __str__(self) -> str:
        return self.public_id


class PartnerKind(models.TextChoices):
    """With whom a project is carried out (domain.md 6)."""

    YOUTH_CENTRE = "YOUTH_CENTRE", _("youth centre")
    CHILDRENS_HOME = "CHILDRENS_HOME", _("children's home")
    SCHOOL = "SCHOOL", pgettext_lazy("partner", "school")
    ORGANISATION = "ORGANISATION", _("another organisation")


class ProjectPartner(Entity):
    """A partner of a project. A school is named by its institution."""

    tag = "pprt"

    project = internal(models.ForeignKey(InitiativeProject, on_delete=models.PROTECT, related_name="partners"))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    kind = internal(models.CharField(max_length=20, choices=PartnerKind))
    name = internal(models.CharField(max_length=300, blank=True))
    institution = internal(
        models.ForeignKey("territory.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="project_partner_is_named",
                condition=Q(kind="SCHOOL", institution__isnull=False, name="")
                | (~Q(kind="SCHOOL") & Q(institution__isnull=True) & ~Q(name="")),
                violation_error_message=_("A school is chosen from the institutions, another partner is named."),
            ),
            models.UniqueConstraint(
                name="project_partner_once", fields=["project", "institution"], condition=Q(institution__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class ProjectReport(Entity, Versioned):
    """What the organisation reports at the end. The grant is a lump sum: results count, not receipts."""

    tag = "prep"

    project = internal(models.OneToOneField(InitiativeProject, on_delete=models.PROTECT, related_name="report"))
    municipality = internal(models.ForeignKey("territory.Municipality", on_delete=models.PROTECT, related_name="+"))
    submitted_by = personal(
        models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"),
        purpose=Purpose.EVIDENCE,
    )
    submitted_at = internal(models.DateTimeField(), purpose=Purpose.EVIDENCE)
    participants = internal(models.PositiveSmallIntegerField())
    participants_at_risk = internal(models.PositiveSmallIntegerField())
    events_held = internal(models.PositiveSmallIntegerField())
    results = internal(models.TextField())
    accepted_at = internal(models.DateTimeField(null=True, blank=True), purpose=Purpose.EVIDENCE)

    class Meta:
        constraints = [
            models.CheckConstraint(name="project_report_participants", condition=Q(participants_at_risk__lte=F("participants"))),
            models.CheckConstraint(
                name="project_report_accepted_after",
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("submitted_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
