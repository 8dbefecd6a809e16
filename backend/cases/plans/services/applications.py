"""Recording the signed application (iesniegums) that a plan stands on."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.permissions import require
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.casefiles.models import CaseFile, FilePurpose
from backend.cases.casefiles.selectors import case_files
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.learners.policies import ENROLMENTS
from backend.cases.plans.machine import OPEN_TO_CHANGES
from backend.cases.plans.models import Application, SignerKind, SupportPlan
from backend.cases.plans.services.drafting import subjects
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems
from backend.territory.models import Institution, Semester

ADULT_AT = 18


@command("recordApplication", answer=by_key(Application))
def record_application(
    *,
    scope: Scope,
    learner_id: UUID,
    institution_id: UUID,
    semester_id: UUID,
    signed_on: dt.date,
    signer_kind: str,
    received_on: dt.date | None = None,
    file_id: UUID | None = None,
    client_mutation_id: str = "",
) -> Application:
    """Record the signed application of a learner for support by an institution in a semester (IAP-01: of a parent, or of the
    learner if adult; a guardian is ours). One stands at a time; its scan is a file uploaded for this purpose.

    Raises Refusal with everything that stands against it: NOT_FOUND, NOT_ALLOWED, LOCKED (the semester is closed), DUPLICATE,
    UNMET_CONDITION (not enrolled), OUT_OF_PERIOD (a day in the future, or after the semester), INVALID (who signed, the file).
    """
    learner, semester, institution = subjects(scope, learner_id, semester_id, institution_id)
    require(scope=scope, act=Act.RECORD_APPLICATION, institution_id=institution_id, field="institution_id")
    problems = Problems()
    if semester.closed_at is not None:
        problems.add(Code.LOCKED, _("The semester is closed. Ask the agency to reopen it."), "semester_id")
    standing = Application.objects.filter(learner=learner, institution=institution, semester=semester, withdrawn_on=None)
    if standing.exists():
        message = _("There is an application for this semester already. Withdraw it before recording another.")
        problems.add(Code.DUPLICATE, message, "learner_id")
    _check_enrolled(problems, scope, learner, institution, semester)
    _check_days(problems, scope, semester, signed_on, received_on)
    _check_signer(problems, learner, signed_on, signer_kind)
    file = _file(problems, scope, file_id, learner, institution)
    problems.refuse()
    application = Application(
        learner=learner,
        institution=institution,
        semester=semester,
        signer_kind=signer_kind,
        signed_on=signed_on,
        received_on=received_on,
        file=file,
    )
    application.save(force_insert=True)
    _stand_under(application)
    return application


def _stand_under(application: Application) -> None:
    """A plan that waited for it stands on it from now on; what the plan says does not change, its version rises."""
    waiting = SupportPlan.objects.select_for_update(of=("self",)).filter(
        Q(application=None) | Q(application__withdrawn_on__isnull=False),
        learner_id=application.learner_id,
        institution_id=application.institution_id,
        semester_id=application.semester_id,
        status__in=[*OPEN_TO_CHANGES],
    )
    for plan in waiting:
        plan.application = application
        plan.version, plan.updated_at = plan.version + 1, now()
        plan.save(update_fields=["application", "version", "updated_at"])


def is_adult(*, birth_date: dt.date, on: dt.date) -> bool:
    """Whether a person is 18 on a day. Who was born on 29 February comes of age on 1 March of a common year."""
    birthday = (birth_date.month, birth_date.day)
    return on.year - birth_date.year - ((on.month, on.day) < birthday) >= ADULT_AT


def _check_enrolled(problems: Problems, scope: Scope, learner: Learner, institution: Institution, semester: Semester) -> None:
    enrolled = (
        Enrolment.objects.filter(ENROLMENTS.visible(scope), learner=learner, institution=institution)
        .filter(Q(ends_on=None) | Q(ends_on__gte=semester.starts_on), starts_on__lte=semester.plan_period_ends_on)
        .exists()
    )
    if not enrolled:
        message = _("The learner is not enrolled at this institution in that semester. Enrol the learner first.")
        problems.add(Code.UNMET_CONDITION, message, "learner_id")


def _check_days(problems: Problems, scope: Scope, semester: Semester, signed_on: dt.date, received_on: dt.date | None) -> None:
    inputs.date(problems, signed_on, "signed_on")
    if signed_on > scope.on:
        problems.add(Code.OUT_OF_PERIOD, _("The day of signature lies in the future. Check the date."), "signed_on")
    elif signed_on > semester.plan_period_ends_on:
        message = _("The application was signed after the semester's plan period. Record it for the semester it is for.")
        problems.add(Code.OUT_OF_PERIOD, message, "signed_on")
    if received_on is None:
        return
    inputs.date(problems, received_on, "received_on")
    if received_on > scope.on:
        problems.add(Code.OUT_OF_PERIOD, _("The day of receipt lies in the future. Check the date."), "received_on")
    elif received_on < signed_on:
        problems.add(Code.INVALID, _("It was received before it was signed. Exchange or correct the days."), "received_on")


def _check_signer(problems: Problems, learner: Learner, signed_on: dt.date, signer_kind: str) -> None:
    adult = is_adult(birth_date=learner.birth_date, on=signed_on)
    if adult and signer_kind == SignerKind.PARENT:
        message = _("The learner was adult on that day and signs alone. Record the learner's own application.")
        problems.add(Code.INVALID, message, "signer_kind")
    elif not adult and signer_kind == SignerKind.ADULT_LEARNER:
        message = _("The learner was not adult on that day. A parent or a guardian signs.")
        problems.add(Code.INVALID, message, "signer_kind")


def _file(problems: Problems, scope: Scope, file_id: UUID | None, learner: Learner, institution: Institution) -> CaseFile | None:
    if file_id is None:
        return None
    file = case_files(scope=scope).filter(pk=file_id, institution=institution, removed_at=None).first()
    if file is None:
        message = _("No such file of this institution within your reach. Upload the scan first.")
        problems.add(Code.NOT_FOUND, message, "file_id")
    elif file.purpose != FilePurpose.APPLICATION or file.learner_id not in (None, learner.pk):
        message = _("This file was uploaded as something else or for another learner. Upload the application's scan.")
        problems.add(Code.INVALID, message, "file_id")
    return file
