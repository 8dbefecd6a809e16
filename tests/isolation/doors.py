"""The ways to rows. Each door is tried by one user in one world and compared with the oracle."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import ProgrammingError, transaction
from django.db.models import F, QuerySet

from backend.accounts.fields import FieldAccess
from backend.accounts.policy import Policy
from backend.accounts.scope import Scope
from backend.cases.delivery.models import Consultation
from backend.cases.delivery.policies import CONSULTATIONS
from backend.cases.delivery.selectors import consultations
from backend.cases.learners import selectors as learners_of
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.learners.policies import ENROLMENTS, LEARNERS
from backend.cases.plans import selectors as plans_of
from backend.cases.plans.models import Measure, PlanStep, RiskAssessment, SupportPlan
from backend.cases.plans.policies import PLANS
from backend.cases.reimbursements.models import ClaimItem, ReimbursementClaim
from backend.cases.reimbursements.policies import CLAIMS
from backend.cases.reimbursements.selectors import reimbursement_claims
from tests.isolation import around, oracle
from tests.isolation.country import MODELS, Country
from tests.isolation.facts import Post

SELECTORS: dict[type[Any], Any] = {
    Learner: learners_of.learners,
    Enrolment: learners_of.enrolments,
    SupportPlan: plans_of.support_plans,
    PlanStep: plans_of.plan_steps,
    RiskAssessment: plans_of.risk_assessments,
    Measure: plans_of.measures,
    Consultation: consultations,
    ReimbursementClaim: reimbursement_claims,
}
POLICIES: dict[type[Any], Policy] = {
    Learner: LEARNERS,
    Enrolment: ENROLMENTS,
    Consultation: CONSULTATIONS,
    ReimbursementClaim: CLAIMS,
    **dict.fromkeys((SupportPlan, PlanStep, RiskAssessment, Measure), PLANS),
}


@dataclass
class Case:
    """One user in one world."""

    country: Country
    posts: tuple[Post, ...]
    scope: Scope
    rng: Random

    def seen(self, model: type[Any]) -> set[Any]:
        """Keys that the oracle lets this user read."""
        schools = oracle.reads(self.country.world, self.posts, oracle.ROOM[model.__name__])
        if model is Learner:
            return {row.pk for row, fact in self._people() if oracle.sees_learner(fact, schools)}
        return {key for key, school in self.country.owned[model.__name__].items() if school in schools}

    def changed(self, model: type[Any]) -> set[Any]:
        """Keys that the oracle lets this user change."""
        world = self.country.world
        schools = oracle.writes(world, self.posts, oracle.ROOM[model.__name__])
        if model is Learner:
            return {row.pk for row, fact in self._people() if oracle.changes_learner(world, fact, schools)}
        return {key for key, school in self.country.owned[model.__name__].items() if school in schools}

    def acts(self, step: str, school: int) -> bool:
        """Whether the oracle lets this user take a step at a school."""
        return oracle.acts(self.country.world, self.posts, step, school)

    def attached(self, school: int) -> bool:
        """Whether this user may record hours at a school today as its provider."""
        world = self.country.world
        return self.acts("recordConsultations", school) and oracle.attached(self.posts, school, world.day)

    def every(self, model: type[Any]) -> set[Any]:
        """Keys of all rows."""
        return {row.pk for row in self.country.learners} if model is Learner else set(self.country.owned[model.__name__])

    def selected(self, model: type[Any]) -> QuerySet[Any]:
        """What the platform's selector answers."""
        found: QuerySet[Any] = SELECTORS[model](scope=self.scope)
        return found

    def sample(self, model: type[Any], count: int) -> list[Any]:
        """Some rows as they were written, seen or not."""
        rows = self.country.learners if model is Learner else self.country.rows[model]
        return self.rng.sample(rows, k=min(count, len(rows)))

    def _people(self) -> list[tuple[Learner, Any]]:
        return list(zip(self.country.learners, self.country.world.learners, strict=True))


def keys(rows: Any) -> set[Any]:
    """Keys of a queryset, by its own list."""
    return set(rows.values_list("pk", flat=True))


def selectors_agree(case: Case) -> None:
    """List, count, get by key, order and search through the selectors."""
    for model in MODELS:
        seen, rows = case.seen(model), case.selected(model)
        assert list(rows.order_by("-pk").values_list("pk", flat=True)) == sorted(seen, reverse=True), model
        assert rows.count() == len(seen), model
        for row in case.sample(model, 1):
            assert rows.filter(pk=row.pk).exists() == (row.pk in seen), model
            assert (POLICIES[model].why(case.scope, row) is not None) == (row.pk in seen), model
    for learner in case.sample(Learner, 2):
        found = keys(learners_of.learners(scope=case.scope).filter(search_key__contains=learner.search_key[:9]))
        assert found == ({learner.pk} & case.seen(Learner))
        assert (learners_of.learner(scope=case.scope, learner_id=learner.pk) is not None) == (learner.pk in case.seen(Learner))
    for plan in case.sample(SupportPlan, 1):
        found_plan = plans_of.support_plan(scope=case.scope, plan_id=plan.pk)
        assert (found_plan is not None) == (plan.pk in case.seen(SupportPlan))
    assert learners_of.learner(scope=case.scope, learner_id=uuid.uuid4()) is None


def selectors_compose(case: Case) -> None:
    """Nested fields and filters through relations, each level by its own selector."""
    plans, measures = case.selected(SupportPlan), case.selected(Measure)
    nested = keys(measures.filter(plan__in=plans.filter(learner__in=case.selected(Learner))))
    learner_of = {row.pk: row.learner_id for row in case.country.rows[Measure]}
    assert nested == {key for key in case.seen(Measure) if learner_of[key] in case.seen(Learner)}


def row_security_agrees(case: Case) -> None:
    """Plain queries: list, count, by key, nested, filters through relations, without any selector."""
    for model in MODELS:
        seen = case.seen(model)
        assert keys(model.objects.all()) == seen, model
        assert model.objects.count() == len(seen), model
    for row in Learner.objects.prefetch_related("enrolments", "plans__measures__consultations", "plans__measures__claims"):
        assert {one.pk for one in row.enrolments.all()} <= case.seen(Enrolment)
        plans = list(row.plans.all())
        assert {plan.pk for plan in plans} == {
            plan.pk for plan in case.country.rows[SupportPlan] if plan.learner_id == row.pk and plan.pk in case.seen(SupportPlan)
        }
        below = [measure for plan in plans for measure in plan.measures.all()]
        assert {one.pk for measure in below for one in measure.consultations.all()} <= case.seen(Consultation)
        assert {one.pk for measure in below for one in measure.claims.all()} <= case.seen(ReimbursementClaim)
    hidden = sorted(case.every(Consultation) - case.seen(Consultation))
    for row in case.country.rows[Consultation]:
        if row.pk in hidden[:3]:
            assert not Learner.objects.filter(plans__measures__consultations__topic=row.topic).exists()
            assert not SupportPlan.objects.filter(measures__consultations=row.pk).exists()
            assert Consultation.objects.filter(pk=row.pk).first() is None
            assert Consultation.objects.select_for_update().filter(pk=row.pk).first() is None


def writes_agree(case: Case) -> None:
    """Plain updates, deletes and inserts as `app`: what the oracle admits and nothing more."""
    for model in MODELS:
        if model is PlanStep:
            with _attempt(allowed=False):
                model.objects.update(comment="x")  # append-only for everybody
            continue
        changed = case.changed(model)
        with _attempt():
            assert model.objects.update(version=F("version") + 1) == len(changed), model
            assert keys(model.objects.filter(version=2)) == changed, model
            assert not model.objects.filter(pk__in=case.every(model) - changed)._raw_delete("default"), model
    with _attempt():
        assert Consultation.objects.all()._raw_delete("default") == len(case.changed(Consultation))
        # Of money, what nothing hangs on.
        assert ClaimItem.objects.all()._raw_delete("default") == len(around.seen(case, ClaimItem, writing=True))
    _inserts_agree(case)


def _inserts_agree(case: Case) -> None:
    for number in case.rng.sample(range(len(case.country.schools)), k=1):
        school, world = case.country.schools[number], case.country.world
        allowed = {room: number in oracle.writes(world, case.posts, room) for room in "LPDM"}
        new = Learner(given_name="A", family_name="B", birth_date="2008-01-01", registering_institution=school)
        _insert(new, allowed["L"])
        for model, room in ((Consultation, "D"), (ReimbursementClaim, "M"), (RiskAssessment, "P")):
            here = [row for row in case.country.rows[model] if case.country.owned[model.__name__][row.pk] == number]
            for row in here[:1]:
                copy = model.objects.model(**{f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields})
                copy.pk = uuid.uuid4()
                if model is Consultation:
                    copy.held_on, copy.group_key = copy.held_on.replace(year=2022), uuid.uuid4()
                if model is RiskAssessment:
                    copy.moment = "END"
                _insert(copy, allowed[room])
    for learner in case.sample(Learner, 1):  # an enrolment would open its learner
        if learner.pk not in case.seen(Learner):
            school = case.rng.choice(case.country.schools)
            _insert(
                Enrolment(
                    learner=learner,
                    institution=school,
                    programme_kind="GENERAL",
                    stage=9,
                    starts_on="2019-09-01",
                    ends_on="2019-09-02",
                    end_reason="MOVED",
                ),
                False,
            )


def _insert(row: Any, allowed: bool) -> None:
    with _attempt(allowed=allowed):
        type(row).objects.bulk_create([row])


class _TakenBack(Exception):
    """Rolls a savepoint back on purpose."""


@contextmanager
def _attempt(*, allowed: bool = True) -> Iterator[None]:
    """A savepoint that is always rolled back; the database must refuse the block exactly when it is not `allowed`."""
    refused = False
    try:
        with transaction.atomic():
            yield
            raise _TakenBack
    except _TakenBack:
        pass
    except ProgrammingError:
        refused = True
    assert refused is not allowed


def fields_agree(case: Case) -> None:
    """Redaction and comparison of a field of each class, as a condition, row by row, and as a yes or no."""
    world = case.country.world
    for model in MODELS:
        name, rows = model.__name__, case.selected(model)
        some = case.rng.sample(found := list(rows), k=min(3, len(found)))
        for declared in (oracle.PERSONAL[name], oracle.SPECIAL[name], "version" if name != "PlanStep" else "at"):
            if not declared:
                continue
            field = case.rng.choice(declared.split())
            access = FieldAccess(scope=case.scope, policy=POLICIES[model], model=model, name=field)
            schools = oracle.reads_field(world, case.posts, name, field)
            if model is Learner:
                people = zip(case.country.learners, world.learners, strict=True)
                readable = {row.pk for row, fact in people if oracle.sees_learner(fact, schools)} & case.seen(model)
            else:
                readable = {key for key in case.seen(model) if case.country.owned[name][key] in schools}
            assert keys(rows.filter(access.readable())) == readable, (model, field)
            assert {row.pk for row in some if access.shows(row)} == {row.pk for row in some} & readable, (model, field)
            assert access.may_compare() == oracle.may_compare(world, case.posts, name, field), (model, field)
