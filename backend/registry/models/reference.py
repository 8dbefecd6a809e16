"""Reference lists that case work chooses from. All carry validity and source; the real lists end in "etc." (domain.md 2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.classification import public
from backend.core.models import Bilingual, Dated, Entity, Revised, Sourced, one_at_a_time, validity_constraint


class RiskGroup(models.TextChoices):
    """The four groups of risk (contract; domain.md 2), in the order of their real frequency."""

    LEARNING_INSTITUTION = "LEARNING_INSTITUTION", _("learning and the institution")  # mācību darba un iestādes vides riski
    ECONOMIC = "ECONOMIC", _("economic")  # ekonomiskie riski
    FAMILY = "FAMILY", _("family")  # ar ģimeni saistītie riski
    SOCIAL_HEALTH = "SOCIAL_HEALTH", _("social environment and health")  # sociālās vides un veselības riski


class FactClass(models.TextChoices):
    """How sensitive it is that a learner has a factor (compare `backend.core.classification.DataClass`)."""

    PERSONAL = "PERSONAL", _("personal")
    SPECIAL = "SPECIAL", _("special")


SPECIAL_GROUPS = (RiskGroup.FAMILY, RiskGroup.SOCIAL_HEALTH)


class MeasureCategory(models.TextChoices):
    """What a plan can give (contract)."""

    CONSULTATION = "CONSULTATION", _("consultation")
    REIMBURSEMENT = "REIMBURSEMENT", _("reimbursement")  # kompensācija
    YOUTH_PROJECT = "YOUTH_PROJECT", _("youth project")  # jaunatnes iniciatīvu projekts


class SpecialistRole(models.TextChoices):
    """Who gives consultations (contract; complete list of domain.md 3.1)."""

    TEACHER = "TEACHER", _("teacher")
    PSYCHOLOGIST = "PSYCHOLOGIST", _("psychologist")
    SOCIAL_PEDAGOGUE = "SOCIAL_PEDAGOGUE", _("social pedagogue")
    TEACHER_ASSISTANT = "TEACHER_ASSISTANT", _("teacher's assistant")
    SPECIAL_EDUCATOR = "SPECIAL_EDUCATOR", _("special education teacher")
    SIGN_LANGUAGE_INTERPRETER = "SIGN_LANGUAGE_INTERPRETER", _("sign language interpreter")  # surdotulks
    ASSISTANT = "ASSISTANT", _("assistant")
    OCCUPATIONAL_THERAPIST = "OCCUPATIONAL_THERAPIST", _("occupational therapist")  # ergoterapeits


class ReimbursementKind(models.TextChoices):
    """What costs are reimbursed (contract; domain.md 3.2)."""

    PUBLIC_TRANSPORT = "PUBLIC_TRANSPORT", _("public transport")
    SPECIAL_TRANSPORT = "SPECIAL_TRANSPORT", _("special transport")
    ACCOMMODATION = "ACCOMMODATION", _("accommodation")
    CATERING = "CATERING", _("catering")
    LEARNING_TOOLS = "LEARNING_TOOLS", _("individual learning tools")
    PERSONAL_ITEMS = "PERSONAL_ITEMS", _("items for personal use")


YOUTH_PROJECT_CODE = "YOUTH_PROJECT"


class RiskFactor(Entity, Bilingual, Sourced, Dated, Revised):
    """A factor of a risk group (riska faktors). A new wording is a new row that begins where the old one ends."""

    tag = "rf"

    group = public(models.CharField(max_length=30, choices=RiskGroup))
    code = public(models.CharField(max_length=60))
    fact_class = public(models.CharField(max_length=10, choices=FactClass))
    """Class of the fact that a learner has this factor; the list itself is public."""
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="risk_factor"),
            models.CheckConstraint(
                name="risk_factor_special_groups",
                condition=~Q(group__in=[group.value for group in SPECIAL_GROUPS]) | Q(fact_class="SPECIAL"),
                violation_error_message=_("A fact about family, social environment or health is always special."),
            ),
            one_at_a_time("code", name="risk_factor_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.code


class RiskLevel(Entity, Bilingual, Sourced):
    """A step of the scale on which a risk is judged. The real scale was not found; ours is the project's default."""

    tag = "rl"

    value = public(models.SmallIntegerField(unique=True))

    class Meta:
        ordering = ["value"]

    def __str__(self) -> str:
        return str(self.value)


class MeasureKind(Entity, Bilingual, Sourced, Dated, Revised):
    """A kind of measure (atbalsta pasākuma veids): a specialist's consultation, a reimbursed cost, a youth project."""

    tag = "mk"

    category = public(models.CharField(max_length=20, choices=MeasureCategory))
    code = public(models.CharField(max_length=40))
    """A `SpecialistRole`, a `ReimbursementKind`, or YOUTH_PROJECT."""
    unit = public(models.CharField(max_length=120, blank=True))
    limit_text = public(models.CharField(max_length=300, blank=True))
    """The limit as the source words it; empty where none was found. Tariffs and caps by date are rows of their own."""
    note = public(models.CharField(max_length=500, blank=True))
    group_size_max = public(models.PositiveSmallIntegerField(default=1))
    """Learners who may share one hour of a consultation; 1: individual, as all sources speak of it (domain.md 3.1)."""
    position = public(models.PositiveSmallIntegerField(default=0))

    class Meta:
        ordering = ["position"]
        constraints = [
            validity_constraint(prefix="measure_kind"),
            models.CheckConstraint(name="measure_kind_group_size", condition=Q(group_size_max__gte=1)),
            models.CheckConstraint(
                name="measure_kind_code_fits_category",
                condition=Q(category="CONSULTATION", code__in=SpecialistRole.values)
                | Q(category="REIMBURSEMENT", code__in=ReimbursementKind.values)
                | Q(category="YOUTH_PROJECT", code=YOUTH_PROJECT_CODE),
            ),
            one_at_a_time("code", name="measure_kind_one_at_a_time"),
            models.UniqueConstraint(name="measure_kind_reference", fields=["id", "category", "code"]),
        ]

    def __str__(self) -> str:
        return self.code
