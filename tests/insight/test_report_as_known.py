"""What a semester report said at a moment is what it says when asked for that moment later on, whatever was changed since."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.core.clock import now
from backend.core.trail.history import Known, known_at
from backend.insight.statistics.report import SemesterReport
from backend.insight.statistics.selectors import semester_report
from backend.privacy.erasure import erase_learner
from backend.territory.models import Municipality, Region, Semester
from tests.factories.cast import Cast
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    MeasureFactory,
    RiskAssessmentFactory,
    SupportPlanFactory,
    whole_state,
)
from tests.trail.conftest import committed, trail_files  # noqa: F401

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def _asked(cast: Cast) -> list[tuple[str, dict[str, Any]]]:
    """Who asks for what: an institution, a municipality on both sides of a merger, a region, and everything."""
    madona, vidzeme = Municipality.objects.get(code="LV-059"), Region.objects.get(code="Vidzeme")
    return [
        ("author of maple", {"institution": cast.schools["maple"]}),
        ("author of maple", {}),
        ("agency", {"municipality": madona, "division_on": BEFORE}),
        ("agency", {"municipality": madona, "division_on": AFTER}),
        ("coordinator of vidzeme", {"region": vidzeme, "division_on": AFTER}),
        ("researcher", {}),
        ("agency", {"semester": Semester.objects.get(code="2023/2024-1")}),
    ]


def report(cast: Cast, person: str, asked: dict[str, Any], **more: Any) -> SemesterReport:
    given = {"semester": Semester.objects.get(code="2022/2023-2")} | asked | more
    scope = cast.scope(person)
    with scoped(scope):
        made = semester_report(scope=scope, **given)
    assert made is not None
    return made


def _approvals(cast: Cast) -> None:
    """One statement over many rows."""
    ReimbursementClaim.objects.filter(learner=cast.learners["Anna"]).update(status="PAID", paid_at=now())
    claimed = MeasureFactory(plan=cast.plans["Anna"], code="ACCOMMODATION")
    ClaimFactory(measure=claimed, amount=Decimal("40.00"), status="CLAIMED", decided_at=None)
    ClaimFactory(measure=MeasureFactory(plan=cast.plans["Francis"], code="ACCOMMODATION"), amount=Decimal("12.34"))


def _more_approvals(cast: Cast) -> None:
    ReimbursementClaim.objects.filter(status="CLAIMED").update(status="APPROVED", decided_at=now())
    claim = ReimbursementClaim.objects.get(learner=cast.learners["Bruno"])
    ClaimFactory(measure=claim.measure, amount=Decimal("-10.00"), reverses=claim)


def _corrections(cast: Cast) -> None:
    """A confirmed hour is struck out and another takes its place; risks and measures go."""
    hour = Consultation.objects.get(learner=cast.learners["Anna"])
    Consultation.objects.filter(pk=hour.pk).update(voided_at=now(), void_reason="Cita diena")
    ConsultationFactory(measure=hour.measure, held_on=dt.date(2023, 2, 20), corrects=hour, learner_confirmed_at=None)
    RiskAssessment.objects.filter(plan=cast.plans["Bruno"]).delete()
    Measure.objects.filter(plan=cast.plans["Anna"], category="REIMBURSEMENT", claims=None).delete()
    MeasureFactory(plan=cast.plans["Bruno"], code="PSYCHOLOGIST")


def _removals(cast: Cast) -> None:
    assert Measure.objects.filter(kind_code="PSYCHOLOGIST").delete()[0] == 1
    Consultation.objects.filter(corrects__isnull=False).update(learner_confirmed_at=now())


def _plans(cast: Cast) -> None:
    """One more becomes active; one turns out never to have been; one belonged to the other semester."""
    running = Semester.objects.get(code="2023/2024-1")
    SupportPlan.objects.filter(pk=cast.plans["Cecīlija"].pk).update(
        semester=running, period_from=running.starts_on, period_to=running.ends_on
    )
    SupportPlan.objects.filter(pk=cast.plans["Gita"].pk).update(status="DRAFT", activated_at=None)
    RiskAssessmentFactory(plan=SupportPlanFactory(enrolment=EnrolmentFactory(learner=cast.learners["Elza"])))


def _erasure(cast: Cast) -> None:
    erase_learner(scope=cast.scope("data protection officer"), learner_id=cast.learners["Anna"].pk, reason="Request 2023/17")


STEPS: tuple[Callable[[Cast], None], ...] = (_approvals, _more_approvals, _corrections, _removals, _plans)


@pytest.mark.django_db(transaction=True)
def test_the_past_is_what_was_said_then(committed: Cast, django_assert_max_num_queries: Any) -> None:  # noqa: F811
    cast, said = committed, []
    for step in (None, *STEPS):
        if step is not None:
            with whole_state():
                step(cast)
        said.append([(person, asked, report(cast, person, asked)) for person, asked in _asked(cast)])
    _erasure(cast)
    assert [report(cast, person, asked).content_hash for person, asked in _asked(cast)] == [
        then.content_hash for _, _, then in said[-1]
    ], "who is forgotten still counts"
    told = 0
    for answers in said:
        for person, asked, then in answers:
            again = report(cast, person, asked, as_of=then.generated_at)
            assert dataclasses.replace(again, generated_at=then.generated_at) == then
            told += 1
    assert told == (1 + len(STEPS)) * len(_asked(cast))
    hashes = [answers[5][2].content_hash for answers in said]
    assert len(set(hashes)) == len(said), "each step changed the country's figures"
    _nobody_sees_more_of_the_past(cast, said[0][0][2].generated_at)
    _past_is_only_read(said[0][0][2].generated_at)
    scope, semester = cast.scope("agency"), Semester.objects.get(code="2022/2023-2")
    with scoped(scope), django_assert_max_num_queries(7):  # five that read, two that say how they are joined
        semester_report(scope=scope, semester=semester, as_of=said[2][0][2].generated_at)
    _past_is_joined_as_wholes(said[2][0][2].generated_at)


def _nobody_sees_more_of_the_past(cast: Cast, moment: dt.datetime) -> None:
    """The selector refuses, and row security holds where a selector is forgotten."""
    scope, past = cast.scope("author of birch"), known_at(moment, [Known(SupportPlan)])
    with scoped(scope):
        semester = Semester.objects.get(code="2022/2023-2")
        assert semester_report(scope=scope, semester=semester, institution=cast.schools["maple"], as_of=moment) is None
        with past:
            seen = list(SupportPlan.objects.all())
    assert {plan.institution_id for plan in seen} == {cast.schools["birch"].pk}
    assert {plan.semester.code for plan in seen} == {"2022/2023-2", "2023/2024-1"}


def _past_is_joined_as_wholes(moment: dt.datetime) -> None:
    """No table of the past is walked through for each row of another, and afterwards all is as before."""
    with whole_state():
        plans = Measure.objects.filter(plan__activated_at__isnull=False)
        with known_at(moment, [Known(SupportPlan), Known(Measure, "plan_id = any(array(select id from plans_supportplan))")]):
            assert "Nested Loop" not in _joined(plans)
            assert plans.exists()
        with pytest.raises(RuntimeError, match="midst"), known_at(moment, [Known(SupportPlan)]):
            raise RuntimeError("In the midst of it.")
        with connection.cursor() as cursor:
            cursor.execute("show enable_nestloop")
            assert cursor.fetchone() == ("on",)


def _joined(rows: QuerySet[Measure]) -> str:
    """PostgreSQL's plan for `rows`, with whatever is set before the statement."""

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(f"explain {sql}", params, many, context)

    with connection.execute_wrapper(explained), connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return "\n".join(line for (line,) in cursor.fetchall())


def _past_is_only_read(moment: dt.datetime) -> None:
    with pytest.raises(ValueError, match="only read"), whole_state(), known_at(moment, [Known(SupportPlan)]):
        SupportPlan.objects.update(version=99)
    with whole_state():
        assert not SupportPlan.objects.filter(version=99).exists()
