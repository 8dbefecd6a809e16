"""Random users in random countries: selectors, row security and fields against the oracle, together and one half at a time."""

from __future__ import annotations

import os
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.accounts.scope import scope_of, scoped
from backend.core.database.roles import acting_as
from tests.isolation import around
from tests.isolation.country import MODELS, Country, clear, settle
from tests.isolation.doors import (
    Case,
    fields_agree,
    row_security_agrees,
    selectors_agree,
    selectors_compose,
    writes_agree,
)
from tests.isolation.facts import random_world

USERS = 25
QUICK, FULL = 8, 200
"""Countries; times the users of each: 200 cases, and 5,000."""


def _cases(country: Country, rng: Random) -> list[Case]:
    world = country.world
    return [
        Case(country, posts, scope_of(user=user, on=world.day), rng)
        for user, posts in zip(country.users, world.users, strict=True)
    ]


def _judge(rng: Random, counted: dict[str, int], tried: set[type], *, alone: int) -> None:
    """Everybody of one country; every `alone`-th also with row security switched off."""
    country = settle(random_world(rng, users=USERS))
    try:
        cases = _cases(country, rng)
        for case in cases:
            with scoped(case.scope):
                selectors_agree(case)
                selectors_compose(case)
                row_security_agrees(case)
                fields_agree(case)
                writes_agree(case)
                for model in rng.sample(list(around.TABLES), k=6):
                    around.agree(case, model)
                    tried.add(model)
            assert not any(model.objects.exists() for model in MODELS), "nothing without a scope"
            counted["cases"] += 1
            counted["sighted"] += any(case.seen(model) for model in MODELS)
            counted["blind"] += not any(case.seen(model) for model in MODELS)
            counted["writing"] += any(case.changed(model) for model in MODELS)
        with acting_as("owner"), transaction.atomic():  # row security off: the selectors must hold alone
            for case in cases[rng.randrange(alone) :: alone]:
                selectors_agree(case)
                selectors_compose(case)
                for model in rng.sample(list(around.TABLES), k=2):
                    around.selectors_agree(case, model)
                counted["selectors alone"] += 1
    finally:
        clear()


@pytest.mark.parametrize("countries", [QUICK, pytest.param(FULL, marks=pytest.mark.full)])
def test_everybody_sees_and_changes_what_the_oracle_says(committed: None, countries: int) -> None:
    tried: set[type] = set()
    counted = dict.fromkeys(("cases", "sighted", "blind", "writing", "selectors alone"), 0)

    @settings(
        max_examples=countries,
        deadline=None,
        database=None,
        derandomize=countries == QUICK and not os.environ.get("ISOLATION_RANDOM"),
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # a seed does not shrink
    )
    @given(seed=st.integers(min_value=0, max_value=2**32 - 1))
    def judge(seed: int) -> None:
        _judge(Random(seed), counted, tried, alone=1 if countries == FULL else 3)

    judge()
    # A matrix that looked at nobody, or only at people who see nothing, would pass as well.
    assert counted["cases"] >= countries * USERS
    assert tried == set(around.TABLES)
    assert counted["selectors alone"] >= counted["cases"] * (1 if countries == FULL else 0.3)
    assert min(counted["sighted"], counted["blind"], counted["writing"]) >= counted["cases"] // 10
