"""What errors give away: a hidden row and an absent one, or a hidden row and a visible one, are answered alike."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from backend.accounts.scope import enter_scope, scoped
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.core.database.answers import CLASH, LOST_RACE, NOT_YOURS, UNFIT, answer_to, refusing_database_errors
from backend.core.refusals import Code, Problem, Refusal
from tests.factories.cast import Cast
from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
from tests.factories.rows import (
    ConsultationFactory,
    EnrolmentFactory,
    LearnerFactory,
    SupportPlanFactory,
    UserFactory,
    user_with,
    whole_state,
)


@pytest.fixture
def coordinator(cast: Cast) -> Any:  # noqa: F811
    """Writes every room of maple and of nothing else."""
    from backend.accounts.models import Level, Role
    from backend.accounts.scope import scope_of

    user = user_with(Role.INSTITUTION_COORDINATOR, Level.INSTITUTION, cast.schools["maple"])
    return scope_of(user=user, on=dt.date(2023, 10, 16))


def answer(scope: Any, act: Callable[[], Any]) -> Problem:
    """The one problem that the act is answered with by the database, foreign keys checked as at commit."""

    def attempt() -> None:
        with transaction.atomic():
            act()
            connection.check_constraints()

    with scoped(scope), pytest.raises(Refusal) as met, refusing_database_errors():
        attempt()
    (problem,) = met.value.problems
    return problem


def _own(cast: Cast) -> tuple[SupportPlan, Measure]:  # noqa: F811
    plan = cast.plans["Anna"]
    with whole_state():
        return plan, Measure.objects.get(plan=plan, kind_code="TEACHER")


def test_a_taken_plan_number_is_the_same_clash_wherever_it_is_taken(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    with whole_state():
        enrolment = EnrolmentFactory(learner=LearnerFactory(registering_institution=cast.schools["maple"]))
    answers = {
        name: answer(coordinator, lambda name=name: SupportPlanFactory(enrolment=enrolment, number=cast.plans[name].number))
        for name in ("Anna", "Cecīlija")
    }
    assert answers["Anna"] == answers["Cecīlija"] == CLASH


def test_a_learner_out_of_sight_and_an_absent_one_cannot_be_enrolled_alike(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    def enrolling(key: uuid.UUID) -> Callable[[], Any]:
        return lambda: Enrolment.objects.create(
            learner_id=key, institution=cast.schools["maple"], programme_kind="GENERAL", stage=9, starts_on=dt.date(2023, 9, 1)
        )

    hidden, absent = (answer(coordinator, enrolling(key)) for key in (cast.learners["Cecīlija"].pk, uuid.uuid4()))
    assert hidden == absent == NOT_YOURS


def test_parents_out_of_sight_and_absent_ones_are_refused_alike(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    plan, measure = _own(cast)
    with whole_state():
        foreign_measure = Measure.objects.get(plan=cast.plans["Cecīlija"], kind_code="TEACHER")
        foreign_risk = RiskAssessment.objects.get(plan=cast.plans["Cecīlija"])
    later = {"held_on": dt.date(2023, 3, 1), "provider": UserFactory()}
    pairs: list[tuple[Callable[[uuid.UUID], Any], uuid.UUID]] = [
        (lambda key: SupportPlan.objects.filter(pk=plan.pk).update(enrolment_id=key), cast.plans["Cecīlija"].enrolment_id),
        (lambda key: Measure.objects.filter(pk=measure.pk).update(risk_id=key), foreign_risk.pk),
        (lambda key: Measure.objects.filter(pk=measure.pk).update(plan_id=key), cast.plans["Cecīlija"].pk),
        (
            lambda key: Consultation.objects.bulk_create([ConsultationFactory.build(measure=measure, measure_id=key, **later)]),
            foreign_measure.pk,
        ),
    ]
    for act, foreign in pairs:
        hidden, absent = (answer(coordinator, lambda act=act, key=key: act(key)) for key in (foreign, uuid.uuid4()))
        assert hidden == absent
        assert hidden.code == Code.NOT_FOUND


def test_a_row_for_another_institution_is_refused_like_an_absent_one(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    place = cast.schools["birch"]
    assert answer(coordinator, lambda: LearnerFactory(registering_institution=place)) == NOT_YOURS
    assert answer(coordinator, lambda: SupportPlanFactory(enrolment=cast.plans["Cecīlija"].enrolment)) == NOT_YOURS


def test_overlaps_are_told_alike_wherever_they_are(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    """Dāvis's other enrolment is at birch, Anna's at maple; a provider's other hour likewise."""

    def enrolling(name: str) -> Callable[[], Any]:
        return lambda: EnrolmentFactory(
            learner=cast.learners[name], institution=cast.schools["maple"], starts_on=dt.date(2023, 9, 4)
        )

    hidden, visible = answer(coordinator, enrolling("Dāvis")), answer(coordinator, enrolling("Anna"))
    assert hidden == visible
    assert hidden.code == Code.CONFLICT
    _plan, measure = _own(cast)
    answers = []
    for other in ("Cecīlija", "Anna"):
        provider = UserFactory()
        with whole_state():
            elsewhere = Measure.objects.get(plan=cast.plans[other], kind_code="TEACHER")
            ConsultationFactory(measure=elsewhere, provider=provider, held_on=dt.date(2023, 3, 6))
        answers.append(
            answer(
                coordinator,
                lambda provider=provider: ConsultationFactory(
                    measure=measure, provider=provider, held_on=dt.date(2023, 3, 6), starts_at=dt.time(14, 30)
                ),
            )
        )
    assert answers[0] == answers[1]


def test_no_answer_names_a_table_a_constraint_or_a_value() -> None:
    declared = {
        name: problem for config in apps.get_app_configs() for name, problem in getattr(config, "constraint_answers", {}).items()
    }
    assert len(declared) >= 6
    for problem in (*declared.values(), NOT_YOURS, CLASH, UNFIT, LOST_RACE):
        assert not re.search(r"_|\d|constraint|key \(|relation|%s", str(problem.message)), problem


def test_every_declared_answer_belongs_to_a_constraint_that_exists(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint union select proname from pg_proc union select tgname from pg_trigger"
            " union select relname from pg_class where relkind = 'i'"  # a partial unique constraint is an index alone
            # a rule that a function keeps names itself when it refuses
            r" union select (regexp_matches(prosrc, '(?:constraint = |_refuse\()''(\w+)', 'g'))[1] from pg_proc"
        )
        existing = {row[0] for row in cursor.fetchall()}
    declared = {name for config in apps.get_app_configs() for name in getattr(config, "constraint_answers", {})}
    assert declared
    assert declared <= existing


def test_what_is_a_fault_of_ours_is_not_dressed_as_a_refusal(db: None) -> None:
    with pytest.raises(DatabaseError) as met, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select no_such_column")
    assert answer_to(met.value) is None


def test_values_that_do_not_fit_get_a_general_answer(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    _plan, measure = _own(cast)
    problem = answer(coordinator, lambda: Measure.objects.filter(pk=measure.pk).update(planned_hours=0))
    assert problem == UNFIT


def test_the_scope_is_whole_after_a_refusal(cast: Cast, coordinator: Any) -> None:  # noqa: F811
    with transaction.atomic():
        enter_scope(coordinator)
        before = SupportPlan.objects.count()
        with pytest.raises(Refusal), refusing_database_errors(), transaction.atomic():
            LearnerFactory(registering_institution=cast.schools["birch"])
        assert SupportPlan.objects.count() == before > 0
