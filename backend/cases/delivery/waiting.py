"""What waits in the delivery of support: hours to confirm, timesheets to approve, months to submit.

The conditions are those of the services, over many rows at once. A sheet is looked at, and a month submitted, once the month is
over: before that the services allow it, and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, DateField, DateTimeField, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from backend.accounts.models import Role, User
from backend.accounts.roles import ACTS, Act, Area
from backend.cases.delivery.chain import coordinated_by
from backend.cases.delivery.models import (
    Channel,
    Consultation,
    LearnerConfirmation,
    MonthSubmission,
    Timesheet,
    TimesheetStatus,
    TimesheetStep,
)
from backend.cases.delivery.policies import CONSULTATIONS, DELIVERY
from backend.cases.delivery.sums import UNCONFIRMED, unconfirmed_entries
from backend.cases.plans.models import Measure
from backend.registry.deadlines import DaysAfter, LastOfMonth, StartOf, due
from backend.registry.desk import SINCE, Desk, Waiting, since_last
from backend.registry.models import Step
from backend.territory.models import Institution

COORDINATORS = (Role.MUNICIPALITY_COORDINATOR, Role.VOCATIONAL_COORDINATOR)
_ENTERED, _BY_HEAD = TimesheetStatus.ENTERED, TimesheetStatus.APPROVED_BY_INSTITUTION


class _MonthOf(Func):
    """The first day of the month in which a day lies."""

    template = "date_trunc('month', (%(expressions)s)::timestamp)::date"
    output_field = DateField()


def waiting(desk: Desk) -> Iterator[Waiting]:
    """Hours to confirm, timesheets to approve, months to submit."""
    yield from _hours(desk)
    yield from _sheets(desk)
    yield from _months(desk)


# -- hours ---------------------------------------------------------------------------------------------------------------
def _hours(desk: Desk) -> Iterator[Waiting]:
    """Entries that lack a side's word in a month that is open; a remote one while its learner may still give it."""
    month = _MonthOf(OuterRef("held_on"))
    sheet = Timesheet.objects.filter(provider=OuterRef("provider"), institution=OuterRef("institution"), month=month)
    submitted = MonthSubmission.objects.filter(institution=OuterRef("institution"), month=month, reopened_at=None)
    semester = Measure.objects.filter(pk=OuterRef("measure_id")).values("plan__semester_id")[:1]
    rows = (
        Consultation.objects.filter(UNCONFIRMED)
        .filter(~Exists(sheet.exclude(status=_ENTERED)), ~Exists(submitted))
        .order_by()
        # The semester is looked up for each row: joined, the whole country's plans were read to find a few open hours.
        .annotate(_held=StartOf("held_on"), _semester=Subquery(semester), **{SINCE: F("created_at")})
    )
    # Without a deadline on record: one day (domain.md 3.1, REM).
    until = Coalesce(due(Step.REMOTE_CONFIRM, since="_held"), DaysAfter(F("held_on"), 1), output_field=DateField())
    rows = rows.annotate(_until=until)
    learners_turn = Q(learner_confirmed_at=None) & (~Q(channel=Channel.REMOTE) | Q(_until__gte=desk.scope.on))
    providers_turn = Q(provider_confirmed_at=None)
    scanned = providers_turn & Q(learner_confirmed_by=LearnerConfirmation.SIGNED_SHEET)

    def when(role: str) -> Q:
        if role == Role.INSTITUTION_COORDINATOR:
            return learners_turn | scanned
        mine = learners_turn | providers_turn
        if desk.person is not None:
            mine &= Q(provider_id=desk.person) | Q(Exists(User.objects.filter(pk=desk.person, is_service=True)))
        return mine

    roles = sorted(ACTS[Act.CONFIRM_CONSULTATION][1], key=lambda role: role == Role.INSTITUTION_COORDINATOR)
    found = desk.turns(rows, policy=CONSULTATIONS, roles=roles, when=when, separate=False)
    yield from Waiting.of(
        found,
        kind="CONFIRM_CONSULTATION",
        room=Area.DELIVERY,
        tag=Consultation.tag,
        due=Case(When(channel=Channel.REMOTE, then=F("_until")), output_field=DateField()),
        learner="learner_id",
        semester="_semester",
        assignee="provider_id",
        detail="held_on",
    )


# -- timesheets ----------------------------------------------------------------------------------------------------------
def _sheets(desk: Desk) -> Iterator[Waiting]:
    entered = _over(desk, _ENTERED).annotate(_lacking=unconfirmed_entries(desk.scope)).filter(hours__gt=0, _lacking=0)
    found = desk.turns(
        _not_own(desk, entered, Role.INSTITUTION_HEAD), policy=DELIVERY, roles=[Role.INSTITUTION_HEAD], separate=False
    )
    yield from _sheet(found, Step.TIMESHEET_APPROVE_INSTITUTION)
    for role in COORDINATORS:
        rows = _not_own(desk, _over(desk, _BY_HEAD).filter(coordinated_by(role)), role)
        if desk.person is not None and desk.may_not_join(Role.INSTITUTION_HEAD, role):
            by = TimesheetStep.objects.filter(timesheet=OuterRef("pk"), from_status=_ENTERED, to_status=_BY_HEAD)
            rows = rows.annotate(_by=Subquery(by.order_by("-at", "-id").values("actor_id")[:1])).filter(
                Q(_by=None) | ~Q(_by=desk.person)
            )
        found = desk.turns(rows, policy=DELIVERY, roles=[role], separate=False)
        yield from _sheet(found, Step.TIMESHEET_APPROVE_COORDINATOR)


def _over(desk: Desk, status: str) -> QuerySet[Timesheet]:
    """Sheets of months that are over, in a status, with the moment of their last step or of the month's end."""
    since = Greatest(since_last(TimesheetStep, of="timesheet"), _end(F("month")), output_field=DateTimeField())
    rows = Timesheet.objects.filter(status=status, month__lt=desk.scope.on.replace(day=1)).order_by()
    return rows.annotate(**{SINCE: since})


def _end(month: F) -> StartOf:
    return StartOf(DaysAfter(LastOfMonth(month), 1))


def _not_own(desk: Desk, rows: QuerySet[Timesheet], role: Role) -> QuerySet[Timesheet]:
    """Nobody approves the own hours, while the list of incompatible roles forbids it."""
    if desk.person is None or not desk.holds(Area.DELIVERY, role) or not desk.may_not_join(role, Role.SUPPORT_PROVIDER):
        return rows
    return rows.exclude(provider_id=desk.person)


def _sheet(rows: QuerySet[Timesheet] | None, step: Step) -> Iterator[Waiting]:
    return Waiting.of(
        rows,
        kind="APPROVE_TIMESHEET",
        room=Area.DELIVERY,
        tag=Timesheet.tag,
        due=due(step, since=SINCE, month="month"),
        detail="month",
    )


# -- months --------------------------------------------------------------------------------------------------------------
def _months(desk: Desk) -> Iterator[Waiting]:
    """Months that are over and approved to the end, one of whose timesheets stands for all."""
    of_month = Timesheet.objects.filter(institution=OuterRef("institution"), month=OuterRef("month"), hours__gt=0).order_by()
    hours = Consultation.objects.filter(
        UNCONFIRMED,
        institution=OuterRef("institution"),
        held_on__gte=OuterRef("month"),
        held_on__lte=LastOfMonth(OuterRef("month")),
    )
    submitted = MonthSubmission.objects.filter(institution=OuterRef("institution"), month=OuterRef("month"), reopened_at=None)
    approved = of_month.values("month").annotate(at=Max("coordinator_approved_at")).values("at")
    for role in COORDINATORS:
        rows = (
            Timesheet.objects.filter(
                coordinated_by(role),
                ~Exists(of_month.exclude(status=TimesheetStatus.APPROVED_BY_COORDINATOR)),
                ~Exists(of_month.filter(pk__lt=OuterRef("pk"))),
                ~Exists(hours),
                ~Exists(submitted),
                status=TimesheetStatus.APPROVED_BY_COORDINATOR,
                hours__gt=0,
                month__lt=desk.scope.on.replace(day=1),
            )
            .order_by()
            .annotate(**{SINCE: Greatest(Subquery(approved), _end(F("month")), output_field=DateTimeField())})
        )
        found = desk.turns(rows, policy=DELIVERY, roles=[role], separate=False)
        yield from Waiting.of(
            found,
            kind="SUBMIT_MONTH",
            room=Area.DELIVERY,
            tag=Institution.tag,
            due=due(Step.MONTH_SUBMIT, since=SINCE, month="month"),
            subject="institution_id",
            detail="month",
            further="month",
        )
