"""A hundred rows of everything that is listed, each with its parts: written set-wise, so that it costs little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from factory.django import DjangoModelFactory

from backend.accounts.models import Assignment, Level, Role, User
from backend.activities.cooperation.models import CooperationTeam, Meeting
from backend.activities.initiatives.models import InitiativeCall, InitiativeProject
from backend.activities.training.models import TrainingEvent, TrainingRegistration
from backend.cases.learners.models import Learner
from backend.cases.plans.models import SupportPlan
from backend.insight.statistics.models import PublishedFigure
from backend.registry.models import LedgerAccount, MeasureKind, Position, RiskFactor, Tariff
from backend.territory.models import FundingSource, Institution, Municipality, Programme, Region, Semester
from tests.factories import case_rows as around
from tests.factories import money_rows
from tests.factories import rows as case
from tests.factories.room_rows import Rooms

MANY = 100
_MARCH = dt.datetime(2023, 3, 1, 12, tzinfo=dt.UTC)


def make_crowd(rooms: Rooms) -> None:
    """Write it inside the caller's transaction, with the whole state in reach."""
    schools = _bulk(case.InstitutionFactory, ({} for _ in range(MANY)))
    users = _bulk(case.UserFactory, ({"first_name": "Žanete", "last_name": "Paraudziņa"} for _ in range(MANY)))
    _registry(schools, users)
    plans = _plans(schools)
    _delivery(plans, users)
    _money(plans, users)
    _activities(rooms, schools, users)
    _reference()


def _bulk(factory: type[DjangoModelFactory[Any]], given: Iterable[dict[str, Any]]) -> list[Any]:
    """Rows of a factory in one statement; what would cost a look-up each is given."""
    built = [factory.build(**values) for values in given]
    return list(type(built[0])._default_manager.bulk_create(built))


def _copies(row: Any, count: int = MANY, **varied: Callable[[int], Any]) -> list[Any]:
    """Copies of a row but for its key and what is named."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(row, name) for name in names}
    copies = [type(row)(**(values | {name: make(number) for name, make in varied.items()})) for number in range(count)]
    return list(type(row)._default_manager.bulk_create(copies))


def _registry(schools: list[Institution], users: list[User]) -> None:
    Assignment.objects.bulk_create(
        Assignment(user=user, role=Role.PLAN_AUTHOR, level=Level.INSTITUTION, institution=school, valid_from=dt.date(2017, 3, 16))
        for user, school in zip(users, schools, strict=True)
    )


def _plans(schools: list[Institution]) -> list[SupportPlan]:
    """A learner, an enrolment, a plan with a risk and two measures at each school, and a transfer to the next."""
    semester, factor = Semester.objects.get(code="2022/2023-2"), RiskFactor.objects.get(code="unexcused_absence")
    learners = _bulk(case.LearnerFactory, ({"registering_institution": school} for school in schools))
    enrolments = _bulk(case.EnrolmentFactory, ({"learner": learner} for learner in learners))
    _bulk(around.DuplicateFactory, (_in_order(*two) for two in zip(learners, [*learners[1:], learners[0]], strict=True)))
    plans = _bulk(case.SupportPlanFactory, ({"enrolment": enrolment, "semester": semester} for enrolment in enrolments))
    _bulk(case.RiskAssessmentFactory, ({"plan": plan, "risk_factor": factor} for plan in plans))
    turned = [*schools[1:], schools[0]]
    _bulk(
        around.TransferFactory,
        ({"learner": learner, "to_institution": school} for learner, school in zip(learners, turned, strict=True)),
    )
    return plans


def _in_order(*two: Learner) -> dict[str, Any]:
    """A pair of records as it is stored."""
    first, second = sorted(two, key=lambda learner: learner.pk)
    return {"pair": None, "first": first, "second": second}


def _delivery(plans: list[SupportPlan], users: list[User]) -> None:
    teacher, position = MeasureKind.objects.get(code="TEACHER"), Position.objects.get(code="pedagogs")
    measures = _bulk(case.MeasureFactory, ({"plan": plan, "kind": teacher} for plan in plans))
    pairs = list(zip(measures, users, strict=True))
    _bulk(case.ConsultationFactory, ({"measure": measure, "provider": user} for measure, user in pairs))
    sheets = _bulk(
        around.TimesheetFactory, ({"provider": user, "institution": row.institution, "hours": 2} for row, user in pairs)
    )
    _bulk(around.TimesheetLineFactory, ({"timesheet": sheet, "position": position} for sheet in sheets))
    _bulk(around.TimesheetStepFactory, ({"timesheet": sheet} for sheet in sheets))


def _money(plans: list[SupportPlan], users: list[User]) -> None:
    """A claim with its cost, decision, payment and entry in the ledger, under an agreement of each school's own."""
    meals, programme = MeasureKind.objects.get(code="CATERING"), Programme.objects.get()
    measures = _bulk(case.MeasureFactory, ({"plan": plan, "kind": meals} for plan in plans))
    agreements = _bulk(
        around.AgreementFactory,
        ({"programme": programme, "municipality": None, "institution": plan.institution} for plan in plans),
    )
    accounts = _bulk(around.PartnerAccountFactory, ({"agreement": agreement} for agreement in agreements))
    _bulk(
        around.SubmissionFactory,
        ({"institution": agreement.institution, "agreement": agreement} for agreement in agreements),
    )
    claims = _bulk(case.ClaimFactory, ({"measure": measure} for measure in measures))
    _bulk(money_rows.ClaimItemFactory, ({"claim": claim} for claim in claims))
    _bulk(money_rows.ClaimDecisionFactory, ({"claim": claim, "actor": user} for claim, user in zip(claims, users, strict=True)))
    batches = _bulk(money_rows.BatchFactory, ({"account": account} for account in accounts))
    _bulk(money_rows.PaymentItemFactory, ({"batch": batch, "claim": claim} for batch, claim in zip(batches, claims, strict=True)))
    entries = _bulk(
        money_rows.LedgerEntryFactory,
        ({"claim": claim, "agreement": agreement} for claim, agreement in zip(claims, agreements, strict=True)),
    )
    cost, owed = LedgerAccount.objects.get(code="5100"), LedgerAccount.objects.get(code="2100")
    source, whole = FundingSource.objects.get(code="ESF"), Decimal("31.50")
    sides = (
        {"line": 1, "account": cost, "debit": whole, "funding_source": source},
        {"line": 2, "account": owed, "credit": whole},
    )
    _bulk(money_rows.PostingFactory, ({"entry": entry} | side for entry in entries for side in sides))


def _activities(rooms: Rooms, schools: list[Institution], users: list[User]) -> None:
    calls = _copies(rooms[InitiativeCall], code=lambda number: f"CALL-{number}", round_number=lambda number: number + 10)
    _copies(rooms[InitiativeProject], number=lambda number: f"JIP-{number + 2}", call_id=lambda number: calls[number].pk)
    events = _copies(rooms[TrainingEvent])
    TrainingRegistration.objects.bulk_create(
        TrainingRegistration(event=event, participant=user, institution=school, registered_at=_MARCH)
        for event, user, school in zip(events, users, schools, strict=True)
    )
    teams = CooperationTeam.objects.bulk_create(
        CooperationTeam(institution=school, name="Komanda", starts_on=dt.date(2023, 1, 9)) for school in schools
    )
    Meeting.objects.bulk_create(
        Meeting(team=team, institution=team.institution, starts_at=_MARCH, ends_at=_MARCH + dt.timedelta(hours=1))
        for team in teams
    )


def _reference() -> None:
    """Lists that are short in life: values of years long gone."""

    def first(number: int) -> dt.date:
        return dt.date(1800 + number, 1, 1)

    def last(number: int) -> dt.date:
        return dt.date(1800 + number, 12, 31)

    period = {"valid_from": first, "valid_to": last}
    for row in (
        RiskFactor.objects.get(code="unexcused_absence"),
        MeasureKind.objects.get(code="TEACHER"),
        Tariff.objects.filter(institution=None).first(),
    ):
        _copies(row, **period)
    figure = PublishedFigure.objects.first()
    _copies(figure, period=lambda number: f"{1800 + number}", position=lambda number: 10_000 + number)
    _copies(
        Semester.objects.get(code="2022/2023-2"),
        code=lambda number: f"{1800 + number}/{1801 + number}-2",
        school_year=lambda number: f"{1800 + number}/{1801 + number}",
    )
    _copies(Region.objects.get(code="Vidzeme"), code=lambda number: f"REG-{number}")
    _copies(Municipality.objects.get(code="LV-059"), code=lambda number: f"MUN-{number}")
    _copies(Programme.objects.get(), code=lambda number: f"PROGRAMME-{number}")
