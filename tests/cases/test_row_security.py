"""Row security alone: no selector in between, plain queries as `app` under each scope."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model

from backend.accounts.scope import NOBODY, counting, enter_scope, scoped
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, PlanStep, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from tests.factories.cast import Cast
from tests.factories.rows import EnrolmentFactory, LearnerFactory, MeasureFactory, whole_state

EVERYBODY = {"Anna", "Bruno", "Cecīlija", "Dāvis", "Elza", "Francis", "Gita"}
PLANS = {"Anna", "Bruno", "Cecīlija", "Dāvis", "Dāvis at birch", "Francis", "Gita"}
# Who sees which learners and which plans: written down by hand from the cast's table, not computed.
SEES: dict[str, tuple[set[str], set[str]]] = {
    "author of maple": ({"Anna", "Dāvis", "Elza"}, {"Anna", "Dāvis"}),
    "provider of maple": ({"Anna", "Dāvis", "Elza"}, {"Anna", "Dāvis"}),
    "head of linden": ({"Bruno"}, {"Bruno"}),
    "author of birch": ({"Cecīlija", "Dāvis"}, {"Cecīlija", "Dāvis at birch"}),
    "coordinator of technical": ({"Gita"}, {"Gita"}),
    "coordinator of madona": ({"Anna", "Bruno", "Dāvis", "Elza"}, {"Anna", "Bruno", "Dāvis"}),
    "coordinator of vidzeme": ({"Anna", "Bruno", "Dāvis", "Elza", "Francis"}, {"Anna", "Bruno", "Dāvis", "Francis"}),
    "agency": (EVERYBODY, PLANS),
    "auditor": (EVERYBODY, PLANS),
    "expert": (set(), set()),
    "ngo of madona": (set(), set()),
    "team member of maple": (set(), set()),
    "data protection officer": (set(), set()),
    "editor": (set(), set()),
    "administrator": (set(), set()),
}
CHILDREN: tuple[type[Any], ...] = (RiskAssessment, Measure)


def _names(cast: Cast) -> set[str]:
    seen = set(Learner.objects.values_list("pk", flat=True))
    return {name for name, learner in cast.learners.items() if learner.pk in seen}


def _plans(cast: Cast) -> set[str]:
    seen = set(SupportPlan.objects.values_list("pk", flat=True))
    return {name for name, plan in cast.plans.items() if plan.pk in seen}


@pytest.mark.parametrize("person", SEES)
def test_each_sees_exactly_the_own(cast: Cast, person: str) -> None:
    learners, plans = SEES[person]
    with scoped(cast.scope(person)):
        assert _names(cast) == learners
        assert _plans(cast) == plans
        schools = {cast.plans[name].institution_id for name in plans}
        for model in (*CHILDREN, Consultation, Enrolment):
            assert set(model.objects.values_list("institution_id", flat=True)) == schools, model
        claims = set() if person == "provider of maple" else schools  # who gives hours has nothing to do with money
        assert set(ReimbursementClaim.objects.values_list("institution_id", flat=True)) == claims
        for model in CHILDREN:
            assert set(model.objects.values_list("plan_id", flat=True)) == {cast.plans[name].pk for name in plans}


def test_whoever_reads_statistics_only_sees_rows_while_a_report_counts_and_learners_never(cast: Cast) -> None:
    scope = cast.scope("researcher")
    with scoped(scope):
        assert (_names(cast), _plans(cast)) == (set(), set())
        with counting(scope):
            assert (_names(cast), _plans(cast)) == (set(), PLANS)
            assert SupportPlan.objects.update(version=99) == 0
        assert (_names(cast), _plans(cast)) == (set(), set())


def test_a_report_counts_no_further_than_its_callers_statistics_reach(cast: Cast) -> None:
    scope = cast.scope("provider of maple")
    with scoped(scope):
        with counting(scope):
            assert {row.institution_id for row in ReimbursementClaim.objects.all()} == {cast.schools["maple"].pk}
        assert not ReimbursementClaim.objects.exists()


@pytest.mark.parametrize(
    "model", [Learner, Enrolment, SupportPlan, PlanStep, RiskAssessment, Measure, Consultation, ReimbursementClaim]
)
def test_without_a_scope_there_is_nothing(cast: Cast, model: type[Any]) -> None:
    assert not model.objects.exists()
    with scoped(NOBODY):
        assert not model.objects.exists()


def test_every_table_that_names_a_person_is_forced(cast: Cast) -> None:
    """A table of case work with a learner or an owner but without a policy would be open to every caller."""
    from django.apps import apps

    tables = {
        model._meta.db_table
        for label in ("learners", "plans", "delivery", "reimbursements")
        for model in apps.get_app_config(label).get_models()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class c where relrowsecurity and relforcerowsecurity"
            " and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname in ('app_scope', 'app_read'))"
        )
        forced = {row[0] for row in cursor.fetchall()}
    assert len(tables) >= 8
    assert tables <= forced


def refused(act: Callable[[], Any]) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        act()


def test_a_school_registers_only_for_itself(cast: Cast) -> None:
    with scoped(cast.scope("author of maple")):
        LearnerFactory(given_name="Jauna", registering_institution=cast.schools["maple"])
        refused(lambda: LearnerFactory(given_name="Sveša", registering_institution=cast.schools["birch"]))
        assert Learner.objects.filter(given_name="Jauna").exists()


def test_an_enrolment_cannot_open_a_learner_one_does_not_see(cast: Cast) -> None:
    """Else whoever learns a key could enrol the learner and read the name."""
    with scoped(cast.scope("author of maple")):
        for name in ("Bruno", "Cecīlija"):
            refused(
                lambda name=name: EnrolmentFactory(
                    learner_id=cast.learners[name].pk, learner=cast.learners[name], institution=cast.schools["maple"]
                )
            )
        absent = Learner(id=uuid.uuid4())
        refused(lambda: EnrolmentFactory(learner=absent, institution=cast.schools["maple"]))
        EnrolmentFactory(learner=cast.learners["Elza"], institution=cast.schools["maple"])
        refused(lambda: Enrolment.objects.filter(learner=cast.learners["Elza"]).update(learner=cast.learners["Bruno"]))


def test_the_new_school_may_correct_a_name_and_the_one_that_was_left_only_reads(cast: Cast) -> None:
    corrected = {"author of birch": 1, "author of maple": 0, "head of linden": 0, "agency": 0}
    for person, count in corrected.items():
        with scoped(cast.scope(person)):
            assert Learner.objects.filter(pk=cast.learners["Dāvis"].pk).update(family_name=person) == count


def test_who_registered_a_learner_corrects_the_name_until_the_first_enrolment(cast: Cast) -> None:
    elza = Learner.objects.filter(pk=cast.learners["Elza"].pk)
    with scoped(cast.scope("author of maple")):
        assert elza.update(family_name="Pirms") == 1
    with whole_state():
        EnrolmentFactory(learner=cast.learners["Elza"], institution=cast.schools["birch"])
    with scoped(cast.scope("author of maple")):
        assert elza.update(family_name="Pēc") == 0
        assert elza.get().family_name == "Pirms"


def test_an_owner_stays_the_owner(cast: Cast) -> None:
    elsewhere = cast.schools["linden"]
    with whole_state():
        for rows, column in ((Learner.objects.all(), "registering_institution"), (Enrolment.objects.all(), "institution")):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                rows.update(**{column: elsewhere})


def test_the_new_school_does_not_see_what_the_old_one_did(cast: Cast) -> None:
    with scoped(cast.scope("author of birch")):
        assert {row.institution_id for row in Enrolment.objects.filter(learner=cast.learners["Dāvis"])} == {
            cast.schools["birch"].pk
        }
        assert not SupportPlan.objects.filter(pk=cast.plans["Dāvis"].pk).exists()


@pytest.mark.parametrize("model", [SupportPlan, RiskAssessment, Measure, Consultation, ReimbursementClaim])
def test_rows_outside_are_neither_changed_nor_moved_nor_deleted(cast: Cast, model: type[Any]) -> None:
    foreign = {"institution": cast.schools["birch"]}
    with scoped(cast.scope("coordinator of technical")):  # writes plans, delivery and money
        assert model.objects.filter(**foreign).update(version=99) == 0
        assert model.objects.filter(**foreign)._raw_delete("default") == 0
        if model is Consultation:  # confirmed ones: they stay as they are, inside too
            with pytest.raises(IntegrityError, match="corrected, not changed"), transaction.atomic():
                model.objects.update(**foreign)
        else:
            refused(lambda: model.objects.update(**foreign))
    with whole_state():
        assert not model.objects.filter(version=99).exists()


def test_a_child_of_a_foreign_plan_is_refused_under_either_owner(cast: Cast) -> None:
    plan = cast.plans["Cecīlija"]
    with scoped(cast.scope("author of maple")):
        refused(lambda: MeasureFactory(plan=plan, learner=plan.learner, institution=plan.institution))
        with pytest.raises(IntegrityError), transaction.atomic():
            MeasureFactory(plan=plan, learner=plan.learner, institution=cast.schools["maple"])


def test_the_scope_ends_with_its_transaction(cast: Cast) -> None:
    with scoped(cast.scope("author of maple")):
        assert _names(cast)
    assert _names(cast) == set()
    with transaction.atomic():
        enter_scope(cast.scope("author of maple"))
        transaction.set_rollback(True)
    assert _names(cast) == set()


def test_settings_of_a_reused_connection_read_as_nothing(cast: Cast) -> None:
    """An unset setting comes back as the empty string, not NULL: neither may open anything or fail."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.level', '', true), set_config('app.institutions', '', true)")
        assert _names(cast) == set()


def test_a_row_belongs_to_one_scope_however_it_is_asked(cast: Cast) -> None:
    plan = cast.plans["Cecīlija"]
    row: Model
    with scoped(cast.scope("author of maple")):
        assert Learner.objects.filter(plans=plan).count() == 0
        assert Measure.objects.filter(plan=plan).count() == 0
        assert Learner.objects.filter(pk=plan.learner_id).select_for_update().first() is None
        for row in SupportPlan.objects.select_related("learner", "enrolment"):
            assert row.institution_id == cast.schools["maple"].pk
