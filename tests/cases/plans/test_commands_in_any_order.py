"""Commands to a plan in any order, by anybody: what is accepted is what an oracle of its own allows, and nothing else changes.

The oracle knows the rules of domain.md 1 as a few sets and numbers; it shares no code with the services.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from backend.cases.plans import services
from backend.core.refusals import Code, Refusal
from tests.cases.entering import enter
from tests.cases.plans.walk import FACTOR, OTHER_FACTOR, Walk
from tests.factories.rows import STATE

pytestmark = pytest.mark.django_db
STEPS = 30
LARGE = 2000
"""Euro from which two of the institution approve."""
NOTHING = UUID(int=1)
PEOPLE = ("author", "other author", "head", "other head", "writing head", "coordinator", "municipality", "agency")
AUTHORS = {"author", "other author", "writing head"}
HEADS = {"head", "other head", "writing head"}
WRITING = ("DRAFT", "RETURNED")
NEXT = {"SUBMITTED": "APPROVED_BY_INSTITUTION", "APPROVED_BY_INSTITUTION": "APPROVED_BY_MUNICIPALITY"}
DECIDED_BY = {"SUBMITTED": HEADS, "APPROVED_BY_INSTITUTION": {"municipality"}, "APPROVED_BY_MUNICIPALITY": {"agency"}}
BEFORE_THE_END = {*WRITING, "SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY", "ACTIVE"}
WHOLE = """
select row_to_json(p)::text,
    (select json_agg(json_build_array(s.from_status, s.to_status, s.actor_id) order by s.at, s.id)::text
        from plans_planstep s where s.plan_id = p.id),
    (select coalesce(json_agg(m.id), '[]')::text from plans_measure m where m.plan_id = p.id),
    (select coalesce(json_agg(f.code), '[]')::text
        from plans_riskassessment r join registry_riskfactor f on f.id = r.risk_factor_id
        where r.plan_id = p.id and r.moment = 'START')
from plans_supportplan p where p.id = %s
"""
anybody = st.sampled_from(PEOPLE)
factors = st.sampled_from((FACTOR, OTHER_FACTOR))


class Plans(RuleBasedStateMachine):
    """One plan, and what the oracle knows of it."""

    walk: ClassVar[Walk]
    seen: ClassVar[Counter[str]] = Counter()

    @initialize(large=st.booleans(), breaks_off=st.sampled_from((False, False, True)))
    def begin(self, large: bool, breaks_off: bool) -> None:
        """`large` wants two approvals; what breaks off is interrupted late, unless it has ended. Both have to be drawn:
        what hung on the sequences before would be another state when a sequence is run again."""
        self.large, self.breaks_off = large, breaks_off
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.learner = self.walk.learner()
        self.plan = self.walk.draft(self.learner)
        self.status, self.version, self.steps = "DRAFT", 1, 1
        self.applied, self.own = False, {"author"}
        self.start: dict[str, Any] = {}
        self.end: set[str] = set()
        self.measures: dict[Any, tuple[str | None, int]] = {}
        self.approvals: list[str] = []
        self.approved, self.sent = False, 0
        self.seen["sequences"] += 1

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            self.seen["long sequences"] += self.sent >= STEPS
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def send(self, person: str, service: Any, allowed: bool, **given: Any) -> Any:
        """Send a command, and hold its fate to what the oracle allows."""
        self.sent += 1
        made, refusal = None, None
        try:
            made = self.act(person, service, **given)
        except Refusal as problem:
            refusal = problem
        assert (refusal is None) == allowed, (person, service.__name__, self.status, refusal)
        if refusal is not None:
            assert Code.CONFLICT not in refusal.codes
            self.seen["refused"] += 1
            return None
        self.seen[service.__name__] += 1
        self.version += 1
        return made

    def act(self, person: str, service: Any, **given: Any) -> Any:
        """In the sequence's own transaction, where a command takes a savepoint of its own."""
        scope = self.walk.scope(person)
        enter(scope)
        return service(scope=scope, **given)

    def moved(self, status: str) -> None:
        self.status, self.steps = status, self.steps + 1
        self.seen[status] += 1

    # -- contents --------------------------------------------------------------------------------------------------------
    @rule(person=st.sampled_from(("author", "coordinator", "head")))
    def record_application(self, person: str) -> None:
        allowed = person != "head" and not self.applied
        version, waits = self.version, self.status in WRITING
        where = {"learner_id": self.learner.pk, "institution_id": self.walk.desk.school.pk}
        given = {"semester_id": self.walk.desk.semester.pk, "signed_on": dt.date(2023, 9, 4), "signer_kind": "PARENT"}
        if self.send(person, services.record_application, allowed, **where, **given):
            self.applied = True
            self.version = version + waits

    @rule(person=anybody, code=factors, level=st.integers(0, 3), moment=st.sampled_from(("START", "END")))
    def assess(self, person: str, code: str, level: int, moment: str) -> None:
        allowed = person in AUTHORS and (self.status in WRITING if moment == "START" else self.status == "ACTIVE")
        given = {"plan_id": self.plan.pk, "risk_factor_code": code, "level": level, "moment": moment}
        risk = self.send(person, services.assess_risk, allowed, **given)
        if risk is not None and moment == "START":
            self.start[code] = risk.pk
        elif risk is not None:
            self.end.add(code)

    @rule(code=factors)
    def remove_risk(self, code: str) -> None:
        answered = any(risk == code for risk, _euro in self.measures.values())
        allowed = self.status in WRITING and code in self.start and not answered
        if self.send("author", services.remove_risk, allowed, risk_id=self.start.get(code, NOTHING)):
            del self.start[code]

    @rule(person=anybody, euro=st.sampled_from((0, 90, 1200)), linked=st.booleans())
    def plan_measure(self, person: str, euro: int, linked: bool) -> None:
        code = next(iter(self.start), None) if linked else None
        planned: dict[str, Any] = {"kind_code": "PSYCHOLOGIST", "planned_hours": 5}
        if euro:
            planned = {"kind_code": "CATERING", "planned_amount": Decimal(euro)}
        allowed = person in AUTHORS and self.status in WRITING
        risk = {"risk_id": self.start[code]} if code else {}
        made = self.send(person, services.plan_measure, allowed, plan_id=self.plan.pk, **planned, **risk)
        if made is not None:
            self.measures[made.pk] = (code, euro)

    @rule(reason=st.sampled_from(("", "Nav vajadzīgs.")), unlinked=st.booleans())
    def remove_measure(self, reason: str, unlinked: bool) -> None:
        wanted = [key for key, (risk, _euro) in self.measures.items() if not unlinked or risk is None]
        key = wanted[0] if wanted else NOTHING
        allowed = bool(wanted) and self.status in WRITING and (bool(reason) or not self.approved)
        if self.send("author", services.remove_measure, allowed, measure_id=key, reason=reason):
            del self.measures[key]

    # -- steps -----------------------------------------------------------------------------------------------------------
    @property
    def complete(self) -> bool:
        linked = bool(self.measures) and all(risk for risk, _euro in self.measures.values())
        return self.applied and bool(self.start) and linked

    @property
    def euro(self) -> int:
        return sum(euro for _risk, euro in self.measures.values())

    @rule(person=anybody)
    def submit(self, person: str) -> None:
        allowed = person in AUTHORS and self.status in WRITING and self.complete
        if self.send(person, services.submit_support_plan, allowed, plan_id=self.plan.pk):
            self.own.add(person)
            self.approvals = []
            self.moved("SUBMITTED")

    def _may_approve(self, person: str) -> bool:
        if person in self.own:
            return False
        if self.status == "SUBMITTED":
            large = self.euro >= LARGE
            headed = bool(HEADS & set(self.approvals))
            wanted = {"coordinator"} if headed else HEADS | ({"coordinator"} if large and not self.approvals else set())
            return person in wanted - set(self.approvals)
        waits = {"APPROVED_BY_INSTITUTION": "municipality", "APPROVED_BY_MUNICIPALITY": "agency"}
        return waits.get(self.status) == person

    def _approve(self, person: str) -> None:
        if not self.send(person, services.approve_support_plan, self._may_approve(person), plan_id=self.plan.pk):
            return
        large = self.euro >= LARGE
        if self.status == "SUBMITTED" and large and not self.approvals:
            self.approvals.append(person)
            self.steps += 1
            self.seen["first of two approvals"] += 1
            return
        self.approved = True
        self.moved(NEXT.get(self.status, "ACTIVE"))

    @rule(person=anybody)
    def approve(self, person: str) -> None:
        self._approve(person)

    @rule(person=anybody)
    def return_it(self, person: str) -> None:
        allowed = person in DECIDED_BY.get(self.status, set()) - self.own
        if self.send(person, services.return_support_plan, allowed, plan_id=self.plan.pk, comment="Precizējiet."):
            self.moved("RETURNED")

    @precondition(lambda self: self.status in DECIDED_BY)
    @rule()
    def send_back(self) -> None:
        self.return_it(next(person for person in PEOPLE if person in DECIDED_BY[self.status] - self.own))

    @rule(person=anybody, judge=st.booleans())
    def evaluate(self, person: str, judge: bool) -> None:
        risks = [services.EndRisk(level=1, risk_factor_code=code) for code in self.start] if judge else []
        allowed = person in AUTHORS and self.status == "ACTIVE" and (judge or self.start.keys() <= self.end)
        given = {"plan_id": self.plan.pk, "result_text": "Labi.", "continue_next": True, "end_risks": risks}
        if self.send(person, services.evaluate_support_plan, allowed, **given):
            self.own.add(person)
            self.moved("EVALUATED")

    @rule(person=anybody)
    def close(self, person: str) -> None:
        allowed = person in HEADS | {"coordinator"} and self.status == "EVALUATED"
        if self.send(person, services.close_support_plan, allowed, plan_id=self.plan.pk):
            self.moved("CLOSED")

    @rule(person=anybody, day=st.dates(dt.date(2023, 8, 30), dt.date(2023, 10, 18)), meant=st.integers(0, 5))
    def interrupt(self, person: str, day: dt.date, meant: int) -> None:
        ground = "moved" if not meant else "no such ground"  # it is the end of a sequence: rarely
        allowed = (
            not meant and person in AUTHORS | HEADS | {"coordinator"} and self.status in BEFORE_THE_END and day <= self.walk.today
        )
        allowed = allowed and (self.status != "ACTIVE" or day >= dt.date(2023, 9, 1))
        given = {"plan_id": self.plan.pk, "ground_code": ground, "last_day": day, "comment": "Pārgāja."}
        if self.send(person, services.interrupt_support_plan, allowed, **given):
            self.moved("INTERRUPTED")

    @precondition(lambda self: self.status in BEFORE_THE_END)
    @rule()
    def go_on_or_break_off(self) -> None:
        """The next right thing; late, in sequences that break off, an interruption by the right person instead."""
        if self.breaks_off and self.sent > STEPS // 2:
            self.interrupt("author", dt.date(2023, 10, 2), 0)
        else:
            self._go_on()

    @precondition(lambda self: self.status not in ("CLOSED", "INTERRUPTED"))
    @rule(times=st.integers(1, 4))
    def go_on(self, times: int) -> None:
        """The next right things by the right people, so that sequences get far."""
        for _ in range(times):
            if self.status not in ("CLOSED", "INTERRUPTED"):
                self._go_on()

    def _go_on(self) -> None:
        if self.status in WRITING:
            self._write_on()
        elif self.status == "ACTIVE":
            self.evaluate("author", True)
        elif self.status == "EVALUATED":
            self.close("head")
        else:
            self._approve(next(person for person in PEOPLE if self._may_approve(person)))

    def _write_on(self) -> None:
        if not self.applied:
            self.record_application("author")
        elif not self.start:
            self.assess("author", FACTOR, 2, "START")
        elif any(risk is None for risk, _euro in self.measures.values()):
            self.remove_measure("Nav vajadzīgs.", True)
        elif not self.measures or (self.large and self.euro < LARGE):
            self.plan_measure("author", 1200, True)
        else:
            self.submit("author")

    @rule(person=st.sampled_from(("author", "head")))
    def stale(self, person: str) -> None:
        """A version that was never the plan's changes nothing, whatever else is wrong."""
        service = services.submit_support_plan if person == "author" else services.approve_support_plan
        with pytest.raises(Refusal) as met:
            self.act(person, service, plan_id=self.plan.pk, expected_version=self.version + 1)
        assert met.value.codes == {Code.CONFLICT}
        self.sent += 1

    # -- what always holds -----------------------------------------------------------------------------------------------
    @invariant()
    def the_plan_is_what_was_accepted(self) -> None:
        if not hasattr(self, "plan"):
            return
        enter(STATE)
        with connection.cursor() as cursor:
            cursor.execute(WHOLE, [self.plan.pk])
            plan, steps, measures, risks = (orjson.loads(part) for part in cursor.fetchone())
        assert (plan["status"], plan["version"], len(steps)) == (self.status, self.version, self.steps)
        assert [before for before, _after, _actor in steps[1:]] == [after for _before, after, _actor in steps[:-1]]
        assert steps[-1][1] == plan["status"]
        assert set(measures) == {str(key) for key in self.measures}
        assert set(risks) == set(self.start)
        own = {str(self.walk.people[person].pk) for person in self.own}
        approvers = {actor for before, after, actor in steps if after in ("APPROVED_BY_INSTITUTION", "ACTIVE") and before}
        assert not approvers & own, "nobody approved the own plan"
        reached = {after for _before, after, _actor in steps}
        assert bool(plan["activated_at"]) == ("ACTIVE" in reached)
        assert ("ACTIVE" in reached) <= ({"SUBMITTED", "APPROVED_BY_INSTITUTION", "APPROVED_BY_MUNICIPALITY"} <= reached)
        assert bool(plan["application_id"]) <= self.applied


@pytest.mark.parametrize("sequences", [50, pytest.param(1000, marks=pytest.mark.full)])
def test_commands_in_any_order(walk: Walk, sequences: int) -> None:
    Plans.walk, Plans.seen = walk, Counter()
    run_state_machine_as_test(
        Plans,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS + 1,  # the first one drafts the plan
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=STEPS + 1,
    )
    assert Plans.seen["sequences"] >= sequences
    assert Plans.seen["long sequences"] >= sequences
    for reached in ("RETURNED", "ACTIVE", "EVALUATED", "CLOSED", "INTERRUPTED", "refused", "first of two approvals"):
        assert Plans.seen[reached] >= 3, (reached, Plans.seen)
