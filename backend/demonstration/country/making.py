"""Makes the country: decides everything from one seed, then loads room by room, each in a transaction of its own.

A room either stands whole, with its marker (`CountryRoom`), or not at all; a run that was cut off goes on with the first room
that is missing. The decisions are the same each time, so a later room fits those that were loaded before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from backend.cases.plans.models import SupportPlan
from backend.core.database.bulk import gather_statistics, set_aside
from backend.core.trail.context import Channel, back_dated, noted
from backend.demonstration.country import (
    casework,
    cooperation,
    delivery,
    doubles,
    events,
    history,
    indicators,
    initiatives,
    learners,
    months,
    moving,
    outsiders,
    papers,
    payments,
    places,
    population,
    resetting,
    settlement,
    staff,
    supervisions,
    targets,
    voices,
    waiting,
)
from backend.demonstration.country.copying import copy_rows
from backend.demonstration.country.days import Days
from backend.demonstration.models import CountryRoom
from backend.registry.models import RiskFactor, Tariff
from backend.territory.models import Semester

Say = Callable[[str, int, int], None]
"""Called with a room's name, rows written so far, rows expected (0: unknown)."""


class OtherCountryError(Exception):
    """Another scale or seed stands in this database."""


class MissingReferenceError(Exception):
    """The reference data are not loaded."""


@dataclass(frozen=True)
class Room:
    """A part of the country. `tables` come without indexes and triggers and get their history written here."""

    name: str
    load: Callable[[Country], Iterator[int]]
    tables: Sequence[str] = ()
    unique_too: bool = False
    """Whether unique indexes are set aside as well: not where the database's own checks look rows up by them."""
    known: Sequence[str] = ()
    """Tables loaded as they are, which later rooms join: their sizes are made known to the planner."""


class Country:
    """One country: what was decided, and the days and keys that its rooms share."""

    def __init__(self, *, scale: float) -> None:
        self.scale = scale
        self._generation = resetting.generation()
        self.days = Days()
        codes = [target.code for target in targets.SEMESTERS]
        found = {semester.code: semester for semester in Semester.objects.filter(code__in=codes)}
        if len(found) != len(codes):
            raise MissingReferenceError("Semesters are missing: run `manage.py load_reference` first.")
        self.semesters = [found[code] for code in codes]
        self.supports: list[list[casework.Support]] = []

    @cached_property
    def schools(self) -> list[places.School]:
        return places.schools(scale=self.scale, rng=self.rng("places"), days=self.days)

    @cached_property
    def world(self) -> population.Population:
        return population.Course(
            schools=self.schools,
            semesters=self.semesters,
            scale=self.scale,
            standing=_standing_plans(self.semesters),
            rng=self.rng("population"),
        ).run()

    @cached_property
    def staff(self) -> staff.Staff:
        return staff.Staff(schools=self.schools, peak=self.world.peak, rng=self.rng("staff"))

    @cached_property
    def school_keys(self) -> list[str]:
        return [school.id for school in self.schools]

    @cached_property
    def factors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for group, key in RiskFactor.objects.filter(valid_to=None).order_by("position").values_list("group", "id"):
            found[group].append(key.hex)
        return found

    def rng(self, room: str) -> Random:
        """The room's own chance, so that one room's draws do not shift another's."""
        return Random(f"{targets.SEED}:{self._generation}:{room}")  # noqa: S311 (a seed, no secret)

    def casework(self) -> Iterator[casework.Written]:
        """Semester by semester; afterwards `supports` is complete."""
        writer = casework.Semesters(
            schools=self.schools, teams=self.staff.teams, factors=self.factors, days=self.days, chance=self.rng
        )
        self.supports = []
        for place, (semester, stubs) in enumerate(zip(self.semesters, self.world.plans, strict=True)):
            written = writer.write(semester, stubs, place=place)
            self.supports.append(written.supports)
            yield written

    def ensure_supports(self) -> None:
        """Decide the measures again where the plans were loaded by an earlier run."""
        if not self.supports:
            for _written in self.casework():
                pass


def _standing_plans(semesters: list[Semester]) -> list[int]:
    """Plans of each semester that are not the country's: the seed school's and the examples'."""
    found = dict(
        SupportPlan.objects.exclude(institution__code__startswith=places.PREFIX)
        .exclude(activated_at=None, semester__code__lt=targets.SEMESTERS[-1].code)
        .values_list("semester_id")
        .annotate(count=Count("id"))
        .order_by()
    )
    return [found.get(semester.id, 0) for semester in semesters]


# -- rooms ------------------------------------------------------------------------------------------------------------
def _load_places(country: Country) -> Iterator[int]:
    yield sum(places.load(country.schools).values())


def _load_staff(country: Country) -> Iterator[int]:
    yield copy_rows(staff.USERS, country.staff.users())
    yield copy_rows(staff.ASSIGNMENTS, country.staff.assignments())


def _load_learners(country: Country) -> Iterator[int]:
    yield copy_rows(learners.LEARNERS, learners.learners(country.world))
    pairs = doubles.candidates(country.world, decided_by=country.staff.teams[0].agency, rng=country.rng("doubles"))
    yield copy_rows(doubles.CANDIDATES, pairs)
    yield copy_rows(learners.IDENTITIES, learners.identities(country.world, country.rng("identities")))
    yield copy_rows(learners.ENROLMENTS, learners.enrolments(country.world))


def _load_plans(country: Country) -> Iterator[int]:
    for written in country.casework():
        yield copy_rows(casework.PLANS, written.plans)
        yield copy_rows(casework.STEPS, written.steps)
        yield copy_rows(casework.RISKS, written.risks)
        yield copy_rows(casework.MEASURES, written.measures)
    yield from papers.load_applications()


def _load_consultations(country: Country) -> Iterator[int]:
    country.ensure_supports()
    writer = delivery.Hours(teams=country.staff.teams, days=country.days, chance=country.rng)
    for semester, supports in zip(country.semesters, country.supports, strict=True):
        yield copy_rows(delivery.CONSULTATIONS, writer.rows(semester, supports, country.school_keys))


def _load_claims(country: Country) -> Iterator[int]:
    country.ensure_supports()
    writer = settlement.Claims(
        schools=country.schools,
        teams=country.staff.teams,
        # Who has no personal code is known by the key.
        whose={person.id: person.code or str(UUID(hex=person.id)) for person in country.world.people},
        days=country.days,
        chance=country.rng,
    )
    tariffs = {kind: key.hex for kind, key in Tariff.objects.filter(institution=None).values_list("kind_code", "id")}
    for semester, supports in zip(country.semesters, country.supports, strict=True):
        yield copy_rows(settlement.CLAIMS, writer.rows(semester, supports, tariffs))
    yield copy_rows(settlement.ITEMS, writer.items)


def _load_indicators(country: Country) -> Iterator[int]:
    yield copy_rows(indicators.INDICATORS, indicators.indicators(country.world, country.rng("indicators")))


def _load_transfers(_country: Country) -> Iterator[int]:
    yield from moving.load()


def _load_papers(_country: Country) -> Iterator[int]:
    yield from papers.load()


def _load_months(_country: Country) -> Iterator[int]:
    yield from months.load()


def _load_supervisions(country: Country) -> Iterator[int]:
    yield from supervisions.load(scale=country.scale)


def _load_payments(_country: Country) -> Iterator[int]:
    yield from payments.load_payments()


def _load_ledger(_country: Country) -> Iterator[int]:
    yield from payments.load_ledger()


def _load_initiatives(country: Country) -> Iterator[int]:
    yield outsiders.load()
    yield from initiatives.load(scale=country.scale)


ROOMS = (
    Room("places", _load_places, known=("territory_institution", "registry_institutionparticipation")),
    Room("staff", _load_staff, known=("accounts_user", "accounts_assignment")),
    Room("learners", _load_learners, learners.TABLES),
    Room(
        "plans",
        _load_plans,
        ("plans_application", "plans_supportplan", "plans_planstep", "plans_riskassessment", "plans_measure"),
        unique_too=True,
    ),
    Room("consultations", _load_consultations, ("delivery_consultation",), unique_too=True),
    Room("claims", _load_claims, ("reimbursements_reimbursementclaim", "reimbursements_claimitem")),
    Room("indicators", _load_indicators, ("evaluation_learnerindicator",), unique_too=True),
    Room("transfers", _load_transfers, moving.TABLES),
    Room("papers", _load_papers, papers.TABLES),
    Room("months", _load_months, months.TABLES),
    Room("payments", _load_payments, payments.PAYMENTS),
    # Registrations with theirs: the database counts the places of an event.
    Room("supervisions", _load_supervisions, supervisions.ASIDE),
    Room("ledger", _load_ledger, payments.LEDGER),
    Room("contracts", lambda _country: waiting.load_contracts()),
    Room("events", lambda _country: events.load()),
    Room("initiatives", _load_initiatives),
    Room("cooperation", lambda _country: cooperation.load(), cooperation.TABLES),
    Room("voices", lambda _country: voices.load(), voices.TABLES),
    Room("waiting", lambda _country: waiting.load()),
)


# -- running ----------------------------------------------------------------------------------------------------------
def standing(*, scale: float) -> set[str]:
    """Names of the rooms that stand. Raises OtherCountryError when they are of another scale or seed."""
    rooms = list(CountryRoom.objects.exclude(name=resetting.GENERATION))
    for room in rooms:
        if room.scale != _decimal(scale) or room.seed != targets.SEED:
            text = f"The country of scale {room.scale.normalize():f} stands here; --reset takes it away first."
            raise OtherCountryError(text)
    return {room.name for room in rooms}


def make(*, scale: float, say: Say) -> dict[str, int]:
    """Load every room that does not stand; rows written by room, nothing when the country stood already.

    Needs the reference data and the role `loader`, outside a transaction. Raises OtherCountryError, MissingReferenceError.
    """
    there = standing(scale=scale)
    missing = [room for room in ROOMS if room.name not in there]
    if not missing:
        return {}
    country = Country(scale=scale)
    return {room.name: _load(room, country, say) for room in missing}


def _load(room: Room, country: Country, say: Say) -> int:
    """One room, whole or not at all."""
    with transaction.atomic(), back_dated(), noted(channel=Channel.COMMAND, reason=history.REASON):
        with connection.cursor() as cursor:
            # Settings of this transaction only: memory for building indexes, no wait for the disk at the commit.
            for name, value in (("maintenance_work_mem", "256MB"), ("work_mem", "128MB"), ("synchronous_commit", "off")):
                cursor.execute(f"set local {name} = '{value}'")
        rows = _load_whole(room, country, say) if room.tables else _load_plainly(room, country, say)
        CountryRoom.objects.create(name=room.name, scale=_decimal(country.scale), seed=targets.SEED, rows=rows)
    say(room.name, rows, rows)
    return rows


def _load_plainly(room: Room, country: Country, say: Say) -> int:
    rows = 0
    for count in room.load(country):
        rows += count
        say(room.name, rows, 0)
    if room.known:
        gather_statistics(room.known)
    return rows


def _load_whole(room: Room, country: Country, say: Say) -> int:
    with set_aside(room.tables, unique=room.tables if room.unique_too else ()):
        rows = _load_plainly(room, country, say)
        with connection.cursor() as cursor:
            # Nothing is known yet of tables that were empty a moment ago: without this the planner joins them row by row.
            cursor.execute("set local enable_nestloop = off")
            for table in room.tables:
                history.write(table)
            cursor.execute("set local enable_nestloop = on")
    return rows


def _decimal(scale: float) -> Decimal:
    return Decimal(str(scale)).quantize(Decimal("0.00001"))
