"""Maple at work, and shorthands for its commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import Scope, scoped
from backend.cases.learners.models import Learner
from backend.cases.learners.services import register_learner
from tests.cases.desk import Desk, make_desk
from tests.factories.cast import Cast

Registering = Callable[..., Learner]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def registering(desk: Desk, scope: Scope, **fields: Any) -> Learner:
    """A learner registered in a scope; without a code unless one is given."""
    given = {
        "institution_id": desk.school.pk,
        "given_name": "Līga",
        "family_name": "Ozola",
        "birth_date": dt.date(2009, 3, 12),
    }
    if "personal_code" not in fields:
        given["no_code_reason"] = "Kods vēl nav piešķirts"
    with scoped(scope):
        return register_learner(scope=scope, **(given | fields))


@pytest.fixture
def register(desk: Desk) -> Registering:
    """`register(given_name=…)` as maple's author."""
    return lambda **fields: registering(desk, fields.pop("scope", desk.scope(desk.author)), **fields)


def commit_checks() -> None:
    """Let deferred constraints speak at once, as a commit would."""
    connection.check_constraints()
