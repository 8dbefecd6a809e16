"""The support plan as a document for signature, in Latvian: what it says, who approved it, lines to sign on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.fields import FieldAccess
from backend.accounts.models import Role
from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.learners.identity import CODE, identities
from backend.cases.learners.models import Learner, LearnerIdentity
from backend.cases.learners.policies import LEARNERS
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.cases.plans.approvals import chain_of
from backend.cases.plans.conditions import standing_application
from backend.cases.plans.differences import period_text
from backend.cases.plans.machine import Chain, role_of
from backend.cases.plans.models import Measure, PlanStatus, PlanStep, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.core.classification import DataClass
from backend.core.trail.context import Channel
from backend.documents.typesetting import typeset
from backend.documents.wording import LANGUAGE, REGION, day, euro, in_latvian, made_line, moment


def plan_pdf(*, scope: Scope, plan_id: UUID, purpose: str = "") -> tuple[str, bytes] | None:
    """(file name, PDF) of a plan, noted in the read log. None where it is absent, out of reach, or says more than the
    caller's role reads of it: a form with holes would be signed for a whole one.

    Needs the transaction that `scope` was entered in.
    """
    rows = SupportPlan.objects.filter(PLANS.visible(scope)).select_related(
        "semester", "enrolment", "institution__municipality", "application"
    )
    plan = rows.filter(pk=plan_id).first()
    if plan is None or not _reads_all(scope, plan):
        return None
    learner = learner_in_reach(scope=scope, learner_id=plan.learner_id)
    if learner is None or not FieldAccess(scope, LEARNERS, Learner, "given_name").shows(learner):
        return None
    with in_latvian():
        made = typeset(template="plan", data=plan_data(scope=scope, plan=plan, learner=learner))
    record_reads(
        scope=scope,
        reads=[LearnerRead(plan.learner_id, plan.institution_id, SupportPlan.tag, plan.pk)],
        area=Area.PLANS,
        channel=Channel.DOCUMENT,
        purpose=purpose,
        classes=[DataClass.PERSONAL, DataClass.SPECIAL],
    )
    return f"{plan.number}.pdf", made


def _reads_all(scope: Scope, plan: SupportPlan) -> bool:
    told = ((SupportPlan, "result_text"), (RiskAssessment, "note"), (Measure, "note"), (PlanStep, "comment"))
    return all(FieldAccess(scope, PLANS, model, name).shows(plan) for model, name in told)


def plan_data(*, scope: Scope, plan: SupportPlan, learner: Learner) -> dict[str, Any]:
    """What the template is given: texts alone, in the active language."""
    return {
        "language": LANGUAGE,
        "region": REGION,
        "title": _("Individual support plan"),
        "issuer": plan.institution.name_lv,
        "number": plan.number,
        "status": PlanStatus(plan.status).label,
        "made": made_line(),
        "words": _words(),
        "head": _head(plan),
        "learner": _learner(scope, plan, learner),
        "application": _application(plan),
        **_risks(plan),
        **_measures(plan),
        **_result(plan),
        **_steps(plan),
        "signatures": _signatures(plan),
    }


def _words() -> dict[str, str]:
    return {
        "learner": _("Learner"),
        "application": _("Application"),
        "no_application": _("No application is recorded."),
        "risks": _("Risks"),
        "no_risks": _("No risk is judged."),
        "measures": _("Support measures"),
        "no_measures": _("No measure is planned."),
        "result": _("Evaluation"),
        "steps": _("Steps of the plan"),
        "signatures": _("Signatures"),
        "sign": _("name, signature"),
        "date": _("date"),
    }


def _head(plan: SupportPlan) -> list[tuple[str, str]]:
    rows = [
        (_("Institution"), plan.institution.name_lv),
        (_("Municipality"), plan.institution.municipality.name_lv),
        (_("School year and semester"), plan.semester.code),
        (_("Period of the plan"), period_text(plan)),
        (_("Plan author"), str(plan.author) if plan.author else "—"),
    ]
    if plan.interrupted_on:
        rows.append((_("Interrupted, last day"), day(plan.interrupted_on)))
    return rows


def _learner(scope: Scope, plan: SupportPlan, learner: Learner) -> list[tuple[str, str]]:
    rows = [(_("Name"), f"{learner.given_name} {learner.family_name}"), (_("Birth date"), day(learner.birth_date))]
    if FieldAccess(scope, LEARNERS, LearnerIdentity, "code_cipher").shows(learner):
        known = identities(scope=scope, learner_ids=[learner.pk], fields=[CODE]).get(learner.pk)
        if known is not None and known.personal_code:
            rows.append((_("Personal code"), f"{known.personal_code[:6]}-{known.personal_code[6:]}"))
    stage = _("Course") if plan.enrolment.programme_kind == "VOCATIONAL" else _("Grade")
    rows.append((stage, str(plan.enrolment.stage)))
    if plan.enrolment.education_programme:
        rows.append((_("Education programme"), plan.enrolment.education_programme))
    return rows


def _application(plan: SupportPlan) -> list[tuple[str, str]]:
    application = plan.application or standing_application(plan)
    if application is None:
        return []
    rows = [(_("Signed by"), application.get_signer_kind_display()), (_("Signed on"), day(application.signed_on))]
    if application.received_on:
        rows.append((_("Received on"), day(application.received_on)))
    return rows


def _risks(plan: SupportPlan) -> dict[str, Any]:
    """One row a factor, with its level at the start and the end."""
    found: dict[UUID, list[str]] = {}
    rows = plan.risks.select_related("risk_factor", "level").order_by("risk_factor__position", "-moment", "id")
    for risk in rows:
        cells = found.setdefault(
            risk.risk_factor_id, [risk.risk_factor.get_group_display(), risk.risk_factor.name_lv, "—", "—", ""]
        )
        cells[2 if risk.moment == "START" else 3] = f"{risk.level_id} ({risk.level.name_lv})"
        cells[4] = "\n".join(part for part in (cells[4], risk.note) if part)
    heads = [_("Group"), _("Risk"), _("At the start"), _("At the end"), _("Note")]
    return {"risks": list(found.values()), "risk_heads": heads}


def _measures(plan: SupportPlan) -> dict[str, Any]:
    rows = []
    for measure in plan.measures.select_related("kind", "risk__risk_factor").order_by("kind__position", "id"):
        planned = "—"
        if measure.planned_hours is not None:
            planned = ngettext("%(count)d hour", "%(count)d hours", measure.planned_hours) % {"count": measure.planned_hours}
        elif measure.planned_amount is not None:
            planned = euro(measure.planned_amount)
        name = measure.kind.name_lv + (f", {measure.subject}" if measure.subject else "")
        months = ", ".join(str(month) for month in measure.months) or _("all")
        rows.append([name, measure.risk.risk_factor.name_lv if measure.risk else "—", planned, months, measure.note])
    heads = [_("Measure"), _("Answers the risk"), _("Planned"), _("Months"), _("Note")]
    return {"measures": rows, "measure_heads": heads}


def _result(plan: SupportPlan) -> dict[str, Any]:
    lines = plan.result_text.split("\n") if plan.result_text else []
    if plan.continue_next is not None:
        lines.append(_("Support goes on in the next semester.") if plan.continue_next else _("Support ends."))
    outcomes = [[row.theme.name_lv, row.note] for row in plan.outcomes.select_related("theme").order_by("theme__position", "id")]
    return {"result": lines, "outcomes": outcomes, "outcome_heads": [_("Theme"), _("What was seen")]}


def _steps(plan: SupportPlan) -> dict[str, Any]:
    rows = []
    for step in plan.steps.select_related("actor").order_by("at", "id"):
        role = role_of(step)
        who = ", ".join(part for part in (str(step.actor) if step.actor else "", str(Role(role).label) if role else "") if part)
        rows.append([moment(step.at), PlanStatus(step.to_status).label, who or "—", step.comment])
    return {"steps": rows, "step_heads": [_("When"), _("Status"), _("Who"), _("Comment")]}


def _signatures(plan: SupportPlan) -> list[str]:
    roles = [Role.PLAN_AUTHOR, Role.INSTITUTION_HEAD]
    if chain_of(plan) == Chain.MUNICIPAL:
        roles.append(Role.MUNICIPALITY_COORDINATOR)
    return [*(str(role.label).capitalize() for role in roles), _("Parent, guardian or adult learner")]
