"""Every mutation by everybody: done or refused as the judgement says, absent and out of reach alike, nothing written.

`judgement` is written by hand from the sources; what the schema has and the judgement lacks fails here.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.known_callers import forget
from backend.core.clock import now
from backend.registry.models import InstitutionParticipation
from graphql_schema.cases.schema import case_schema
from tests.factories.cast import Cast
from tests.mutations.callers import Caller, Problem, everybody, everything_written, told
from tests.mutations.judgement import JUDGED, LATER, READS, Judgement
from tests.mutations.office import Office, make_office
from tests.mutations.samples import SAMPLES
from tests.mutations.samples.delivery import _timesheet

Given = dict[str, Any]
NEEDS = {name: mutation.needs.split(".")[0] for name, mutation in case_schema().declarations.mutations.items()}
ROOMS = sorted(set(NEEDS.values()))


@dataclass(frozen=True)
class Standing:
    """Maple at work, and who could send it commands."""

    office: Office
    callers: list[Caller]


@pytest.fixture(scope="module")
def standing(cast_rows: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[Standing]:
    """Made once: what a caller does is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        office = make_office(copy.deepcopy(cast_rows))
        yield Standing(office, everybody(office))
        transaction.set_rollback(True)


# -- what is sent --------------------------------------------------------------------------------------------------------
def _recorded(office: Office) -> Given:
    given = SAMPLES["recordConsultations"].make(office)
    return {"entries": [given["entries"][0] | {"providerId": office.desk.provider.public_id}]}


def _struck(office: Office) -> Given:
    """Struck out without another in its place: who writes hours for whom is judged in recordConsultations."""
    given = SAMPLES["correctConsultation"].make(office)
    return {name: given[name] for name in ("consultationId", "reason")}


def _leaving(office: Office) -> Given:
    """Linden, which the callers' units had in them when their scopes were made."""
    participation = InstitutionParticipation.objects.create(
        agreement=office.till.agreement, institution=office.cast.schools["linden"], joined_on=dt.date(2021, 9, 1)
    )
    return {"participationId": participation.public_id, "leftOn": "2023-10-31", "reason": "Iestāde slēgta"}


def _at_status(mutation: str, **fields: Any) -> Any:
    def make(office: Office) -> Given:
        given = {"planId": office.submitted(**fields).public_id}
        return given | ({"comment": "Par daudz."} if mutation.startswith("return") else {})

    return make


def _sheet_approved(**fields: Any) -> Any:
    def make(office: Office) -> Given:
        return {"timesheetId": _timesheet(office, **fields).public_id}

    return make


MAKE: dict[str, Any] = {
    **{name: sample.make for name, sample in SAMPLES.items()},
    "leaveInstitution": _leaving,
    "recordConsultations": _recorded,
    "correctConsultation": _struck,
    **{
        f"{step} a plan that waits for the {whom}": _at_status(step, status=status)
        for step in ("approve", "return")
        for whom, status in (("municipality", "APPROVED_BY_INSTITUTION"), ("agency", "APPROVED_BY_MUNICIPALITY"))
    },
    "approve a timesheet that waits for the coordinator": _sheet_approved(
        status="APPROVED_BY_INSTITUTION", head_approved_at=now()
    ),
    "withdraw the coordinator's approval of a timesheet": lambda office: {
        **_sheet_approved(status="APPROVED_BY_COORDINATOR", head_approved_at=now(), coordinator_approved_at=now())(office),
        "reason": "Trūkst stundas",
    },
}


def _fitted(given: Given, caller: Caller) -> Given:
    """Hours that are one's own need no name."""
    if caller.role != "support_provider":
        return given
    if "entries" in given:
        return {"entries": [{name: value for name, value in given["entries"][0].items() if name != "providerId"}]}
    return {name: value for name, value in given.items() if name != "providerId"}


def _absent(given: Any, path: str) -> Any:
    """The same about a row that nobody has."""
    name, _, rest = path.partition(".")
    if isinstance(given, list):
        return [_absent(given[0], rest) if rest else _other(given[0]), *given[1:]]
    return given | {name: _absent(given[name], rest) if rest else _other(given[name])}


def _other(public_id: str) -> str:
    return f"{public_id.partition('_')[0]}_{uuid4().hex}"


# -- what must come of it ------------------------------------------------------------------------------------------------
@dataclass
class Case:
    """One mutation, or one later step of it, and what everybody must be told."""

    name: str
    mutation: str
    judged: Judgement
    given: Given

    def check(self, caller: Caller, unfound: set[tuple[Problem, ...]]) -> bool:
        """Send it as somebody. Gives whether it was done; collects how a row that is not found is told of."""
        given, expected = _fitted(self.given, caller), self.judged.expected(caller.role, caller.level, own=caller.own)
        why = (self.name, caller.role, caller.level, "own" if caller.own else "other")
        if expected is None:
            with transaction.atomic():
                assert told(self.mutation, given, caller.scope) == [], why
                transaction.set_rollback(True)
        else:
            problems = told(self.mutation, given, caller.scope)
            assert {(path, code) for path, code, _ in problems} == {expected}, (why, problems)
            if expected[1] == "NOT_FOUND":
                unfound.add(tuple(problems))
        return expected is None

    def check_rest(self, allowed: Caller, others: list[Caller], unfound: set[tuple[Problem, ...]]) -> None:
        """Absent and out of reach are told alike, and a token without the scope opens nothing."""
        if self.judged.found:
            for caller in (allowed, *others):
                self.check_absent(caller, unfound)
            assert len(unfound) == 1, ("absent and out of reach differ", self.name, unfound)
        needs = case_schema().declarations.mutations[self.mutation].needs
        if "." in needs:
            lacking = told(self.mutation, _fitted(self.given, allowed), allowed.without(needs))
            assert lacking, (self.name, "a token without the scope")
            assert {code for _, code, _ in lacking} <= {"NOT_ALLOWED", "NOT_FOUND"}, (self.name, lacking)

    def check_absent(self, caller: Caller, unfound: set[tuple[Problem, ...]]) -> None:
        """The same about a row that does not exist, whoever asks."""
        path = self.judged.row or self.judged.at
        assert path is not None
        unfound.add(tuple(told(self.mutation, _absent(_fitted(self.given, caller), path), caller.scope)))


def _cases(room: str) -> dict[str, tuple[str, Judgement]]:
    named = {**{name: (name, judged) for name, judged in JUDGED.items()}, **LATER}
    return {name: (mutation, judged) for name, (mutation, judged) in named.items() if NEEDS[mutation] == room}


def test_every_mutation_is_judged() -> None:
    declared = set(case_schema().declarations.mutations)
    assert set(JUDGED) == declared, "judge it in tests/mutations/judgement.py"
    assert {mutation for mutation, _ in LATER.values()} <= declared
    assert set(MAKE) == {*JUDGED, *LATER}


def _tried(caller: Caller, turn: int) -> bool:
    """Whether a caller's turn has come."""
    if caller.usual and READS[caller.role]:
        return True
    return turn % (4 if caller.usual else 8) == 0


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["usual", "everybody"])
@pytest.mark.parametrize("room", ROOMS)
def test_it_is_done_for_whom_the_judgement_says(standing: Standing, db: None, room: str, every: bool) -> None:
    """Everybody who reads anything, where the role is held; in turn the others and the other levels, or `every` one."""
    done = refused = 0
    cases = _cases(room)
    for number, (name, (mutation, judged)) in enumerate(cases.items()):
        with transaction.atomic():
            case = Case(name, mutation, judged, MAKE[name](standing.office))
            before = everything_written()
            unfound: set[tuple[Problem, ...]] = set()
            allowed: list[Caller] = []
            for place, caller in enumerate(standing.callers):
                if not (every or _tried(caller, place + number)):
                    continue
                if case.check(caller, unfound):
                    allowed.append(caller)
                else:
                    refused += 1
            assert allowed, name
            done += len(allowed)
            case.check_rest(allowed[0], [standing.callers[0], standing.callers[-1]], unfound)
            assert everything_written() == before, (name, "a refusal wrote something")
            transaction.set_rollback(True)
    assert done >= len(cases)
    assert refused >= 10 * (len(cases) - 1)
