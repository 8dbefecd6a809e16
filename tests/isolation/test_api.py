"""Random users in random countries over the case API: rows, fields, comparisons, commands and the read log against the oracle.

Three times over: as the platform runs, with the selectors switched off, and with row security switched off.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

import pytest
from django.conf import settings
from django.test import override_settings

from backend.accounts.roles import TOKEN_SCOPES
from backend.accounts.scope import scope_of
from backend.cases.learners.models import Learner
from backend.core.database.roles import acting_as
from tests.isolation.asking import Asker, Said, personal_codes, selectors_off, tokens
from tests.isolation.commanding import commands_agree, worded_alike
from tests.isolation.commands import KINDS
from tests.isolation.country import clear, settle
from tests.isolation.documents import comparisons_agree, counts_agree, ids_agree, lists_agree, nesting_agrees, queue_agrees
from tests.isolation.doors import Case
from tests.isolation.facts import random_world

USERS = 25
QUICK, FULL = 8, 200
"""Countries; times the users of each: 200 cases, and 5,000. Every document goes to both engines."""
DAYS = [dt.date(2022, 10, 20), dt.date(2023, 2, 20), dt.date(2023, 5, 15), dt.date(2023, 11, 6)]
"""Few, because a statement is compiled for a day; what begins and ends around the day is random (`facts`)."""
WIDE = {
    **settings.GRAPHQL_LIMITS,
    "ad_hoc": {"tokens": 4_000, "cost": 10**9, "bucket": 2 * 10**9},
    "both": {**settings.GRAPHQL_LIMITS["both"], "depth": 20},
}


WORKING = 6
"""Users of each country who have something to do: what can be done is rare otherwise."""
DOORS = [ids_agree, comparisons_agree, nesting_agrees, counts_agree, queue_agrees, commands_agree]
_WEIGHTS = [2, 2, 1, 1, 1, 2]


def _ask(asker: Asker, *, every: bool) -> None:
    """Everything that one user sees, and all that can be asked and ordered; or one door of it, and commands of who has any."""
    lists_agree(asker)
    doors = {*DOORS} if every else {*asker.case.rng.choices(DOORS, _WEIGHTS)}
    if any(kind.open_to(asker.case) for kind in KINDS):
        doors.add(commands_agree)
    for door in DOORS:
        if door not in doors:
            continue
        door(asker)
        asker.counted[door.__name__] += 1


def judge(rng: Random, day: dt.date, counted: Counter[str], said: Said, *, users: int = USERS, every: bool = True) -> None:
    """Everybody of one random country. Raises AssertionError where the platform and the oracle differ.

    `every`: each user tries each door; else the lists and one other, for there are many users.
    """
    country = settle(random_world(rng, users=users, day=day, working=WORKING))
    try:
        codes = personal_codes(country)
        app, texts = tokens(country)
        askers = []
        for user, posts, token in zip(country.users, country.world.users, texts, strict=True):
            scope = scope_of(user=user, app_id=app.pk, token_scopes=TOKEN_SCOPES, on=day)
            askers.append(Asker(Case(country, posts, scope, rng), token, codes, counted, said))
        with override_settings(DEMO_TODAY=day, GRAPHQL_LIMITS=WIDE):
            for asker in askers:
                _ask(asker, every=every)
                counted["cases"] += 1
            narrowed = next((one for one in askers if len(one.expected.seen[Learner]) < len(country.learners)), askers[0])
            with selectors_off():
                for asker in askers[rng.randrange(8) :: 8]:
                    _ask(asker, every=every)
                    counted["without selectors"] += 1
            with acting_as("owner"):
                for asker in askers[rng.randrange(8) :: 8]:
                    asker.row_security = False
                    _ask(asker, every=every)
                    asker.row_security = True
                    counted["without row security"] += 1
                with selectors_off():  # both off: had either been on all the time, its absence above would prove nothing
                    (page,) = {
                        narrowed.post("{ learners(first: 1) { totalCount } }", engine)["data"]["learners"]["totalCount"]
                        for engine in ("compiled", "resolved")
                    }
                    assert page == len(country.learners)
                    counted["bare"] += page > len(narrowed.expected.seen[Learner])
    finally:
        clear()


@pytest.mark.parametrize("countries", [QUICK, pytest.param(FULL, marks=pytest.mark.full)])
def test_the_api_answers_does_and_logs_what_the_oracle_says(committed: None, countries: int) -> None:
    counted: Counter[str] = Counter()
    said: Said = {}
    days = DAYS if countries == FULL else DAYS[1:3]
    for seed in range(countries):
        judge(Random(seed + 7_000), days[seed * len(days) // countries], counted, said, every=countries == FULL)
    worded_alike(said)
    cases = counted["cases"]
    assert cases == countries * USERS
    # A round in which nothing was ever hidden, refused, done or logged would pass as well. Where each user tries each door, those
    # who may do nothing try to do something too: more is refused.
    writing = [kind.name for kind in KINDS]  # without registerDocument, which whoever has a token may
    sent = {name: counted[f"{name} done"] + counted[f"{name} refused"] for name in writing}
    counted["done"] = sum(counted[f"{name} done"] for name in writing)
    least = {
        **{"shown": cases // 4, "redacted": cases // 5, "unordered": cases // 10, "refused": cases // 20, "logged": cases * 5},
        **{"without selectors": cases // 10, "without row security": cases // 10, "bare": countries // 2, "twins": cases // 2},
        **{f"{name} refused": cases // 20 for name in writing},
        **{f"{name} done": cases // 40 for name in (*writing, "registerDocument")},
        **{
            "done": sum(sent.values()) // (4 if countries == FULL else 3),
            "near": cases // 10,
            "waited for": cases // 100,
            "seen waiting": cases // 50,
        },
    }
    assert {name: counted[name] for name, count in least.items() if counted[name] < count} == {}, counted
