"""Random data in two municipalities, and random callers."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Model

from backend.accounts.models import Level, Role
from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import Holding, Scope, enter_scope, scope_of
from backend.activities.cooperation import reference as cooperation
from backend.activities.cooperation.models import CooperationTeam, Meeting
from backend.activities.initiatives import reference as initiatives
from backend.activities.training import reference as training
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, SupportPlan
from backend.core.identifiers import public_id
from backend.insight.evaluation import reference as evaluation
from backend.insight.statistics import reference as figures
from backend.privacy import reference as privacy
from backend.registry import reference as registry
from backend.territory import reference as territory
from backend.territory.models import Institution
from graphql_schema.cases.schema import CaseSchema
from tests.factories.case_rows import (
    StaffContractFactory,
    TransferFactory,
)
from tests.factories.cast import make_cast as make_people
from tests.factories.every_table import (
    a_row_of_every_case_table,
)
from tests.factories.rooms import make_rooms
from tests.factories.rows import whole_state
from tests.graphql.cast import STATE, Cast, make_cast
from tests.serving.documents import RESOLVED, Pool

TEXTS = (
    *("", "vienkārši", 'ar "pēdiņām"', "slīpsvītra \\ un / te", "rinda\nrinda\ttab", "emocija 💡"),
    *("\x01\x1f\x7f", "</script>", "%s %% $1", "{}[]"),
)


def make_world(seed: int) -> Cast:
    """The cast, with learners of both schools and values that are hard to write."""
    chance = random.Random(seed)
    for each in (territory, registry, initiatives, training, cooperation, privacy, figures, evaluation):
        each.load()
    cast = make_cast(learners=chance.randint(6, 11), others=chance.randint(3, 6))
    enter_scope(STATE)
    north, south = cast.schools["NORTH"], cast.schools["SOUTH"]
    for learner in chance.sample(cast.learners["NORTH"], 3):
        _moves(chance, learner, north, south)
    for plan in SupportPlan.objects.all():
        plan.result_text = chance.choice(TEXTS)
        plan.continue_next = chance.choice([None, True, False])
        plan.evaluated_at = chance.choice([None, *_moments(chance)])
        plan.created_at = chance.choice(_moments(chance))
        if plan.activated_at is not None:
            plan.activated_at = chance.choice(_moments(chance))
        plan.save()
    for measure in Measure.objects.all():
        measure.months = sorted(chance.sample(range(1, 13), chance.randint(0, 4)))
        measure.subject, measure.note = chance.choice(TEXTS), chance.choice(TEXTS)
        if measure.planned_amount is not None:
            measure.planned_amount = Decimal(chance.randint(1, 99_999)) / 100
        measure.save()
    Consultation.objects.update(provider_confirmed_at=None)  # what a confirmed hour says stays
    for number, hour in enumerate(Consultation.objects.all()):
        hour.held_on = dt.date(2022, 9, 1) + dt.timedelta(days=number)  # nobody is in two places at once
        hour.topic = chance.choice(TEXTS) or "temats"
        hour.starts_at = chance.choice([dt.time(8), dt.time(14, 30, 5), dt.time(15, 0, 0, 120_000)])
        hour.provider_confirmed_at = chance.choice([None, *_moments(chance)])
        hour.save()
    for school in Institution.objects.all():
        school.address, school.website = chance.choice(TEXTS), chance.choice(["", "https://skola.example/"])
        school.kind = chance.choice(["GENERAL", "STATE_VOCATIONAL", "COLLEGE"])
        school.save()
    for municipality in {north.municipality, south.municipality}:
        municipality.longitude = chance.choice([None, Decimal("24.1056"), Decimal("25.0000")])
        municipality.save()
    _other_rooms(cast)
    return cast


def _other_rooms(cast: Cast) -> None:
    """A row of every other table that the schema shows, about the people of a second cast, and its staff as callers."""
    rooms = make_rooms(make_people())
    with whole_state():
        plan = rooms.cast.plans["Anna"]
        a_row_of_every_case_table(plan=plan, learner=plan.learner)
        StaffContractFactory(user=rooms.cast.staff["provider of maple"], institution=plan.institution)
        birch, maple = rooms.cast.schools["birch"], rooms.cast.schools["maple"]
        TransferFactory(
            learner=rooms.cast.learners["Bruno"],
            institution=rooms.cast.schools["linden"],
            to_institution=birch,
            proposed_from="RECEIVING",
            proposed_by=rooms.cast.staff["author of birch"],
        )
        standing = CooperationTeam.objects.create(institution=birch, name="Skolas komanda", starts_on=dt.date(2023, 9, 1))
        Meeting.objects.create(
            team=standing,
            institution=birch,
            learner=rooms.cast.learners["Cecīlija"],
            starts_at=dt.datetime(2023, 10, 3, 21, 30, tzinfo=dt.UTC),
            ends_at=dt.datetime(2023, 10, 3, 22, 30, tzinfo=dt.UTC),
            agenda="Par mācībām.",
        )
        hour = Consultation.objects.filter(institution=maple).first()
        assert hour is not None
        hour.voided_at, hour.void_reason = dt.datetime(2023, 9, 1, tzinfo=dt.UTC), "Nenotika"
        hour.save()
    cast.staff = list(rooms.cast.staff.values())


def _moments(chance: random.Random) -> list[dt.datetime]:
    day = dt.datetime(2023, 3, chance.randint(1, 28), 7, 5, 9, tzinfo=dt.UTC)
    return [day, day.replace(microsecond=120_000), day.replace(microsecond=7), day.replace(microsecond=999_999)]


def _moves(chance: random.Random, learner: Learner, north: Institution, south: Institution) -> None:
    """The learner goes on at the other school: both see the person, neither the other's enrolment."""
    first = Enrolment.objects.get(learner=learner, institution=north)
    first.ends_on, first.end_reason = dt.date(2023, 1, 31), "MOVED"
    first.save()
    Enrolment.objects.create(
        learner=learner, institution=south, programme_kind="GENERAL", stage=chance.randint(1, 12), starts_on=dt.date(2023, 2, 1)
    )


def pool_of(schema: CaseSchema, cast: Cast) -> Pool:
    """Ids, codes and rows of everything there is."""
    enter_scope(STATE)
    ids: dict[str, list[str]] = {}
    rows: dict[str, list[Model]] = {}
    for declared in schema.declarations.types.values():
        rows[declared.name] = []
        if declared.model is not None and declared.name not in RESOLVED:
            rows[declared.name] = list(declared.model._default_manager.order_by("pk")[:30])
            ids[declared.tag] = [public_id(tag=declared.tag, key=row.pk) for row in rows[declared.name]]
    codes = [
        "JIP-1",
        "MADONA-2023",
        "2100",
        "ESF",
        "LV-059",
        "plan_author",
        "MAPLE",
        "Vidzeme",
        "NORTH",
        "M-NORTH",
        "R-SOUTH",
        "2022/2023-2",
        "NORTH-003",
        "TEACHER",
        "CATERING",
        "",
        "nav",
        "'; drop table x; --",
    ]
    return Pool(ids=ids, codes=codes, rows=rows)


ROLES = (
    *(Role.PLAN_AUTHOR, Role.INSTITUTION_HEAD, Role.SUPPORT_PROVIDER, Role.SUPPORT_PROVIDER, Role.AUDITOR, Role.AUDITOR),
    *(Role.MUNICIPALITY_COORDINATOR, Role.REGIONAL_COORDINATOR, Role.IKVD, Role.RESEARCHER, Role.EDITOR),
)


def random_scope(chance: random.Random, cast: Cast) -> Scope:
    """A caller with up to three assignments and a token that opens all, most or little."""
    schools = [school.pk for school in cast.schools.values()]
    holdings = []
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        whole = chance.random() < 0.25
        level = Level.STATE if whole else chance.choice([Level.INSTITUTION, Level.MUNICIPALITY])
        places: Any = frozenset() if whole else frozenset(chance.sample(schools, chance.randint(0, len(schools))))
        holdings.append(Holding(role=chance.choice(ROLES), level=level, unit_code="", whole_state=whole, institution_ids=places))
    everything = sorted(TOKEN_SCOPES)
    if cast.staff and chance.random() < 0.5:
        scope = scope_of(user=chance.choice(cast.staff), on=dt.date(2023, 10, 16))
        return replace(scope, token_scopes=frozenset(everything), app_id=chance.choice([None, 1]))
    scopes = everything if chance.random() < 0.75 else chance.sample(everything, chance.randint(0, len(everything)))
    return Scope(token_scopes=frozenset(scopes), holdings=tuple(holdings))
