"""The oracle's own list of personal and special fields is the declared one: a new field must be judged by both."""

from __future__ import annotations

import pytest

from backend.accounts.fields import CEILINGS, value_shown
from backend.accounts.models import Level, Role
from backend.accounts.roles import Area, areas_of
from backend.accounts.scope import Holding, Scope
from backend.cases.learners.models import Learner
from backend.cases.learners.policies import LEARNERS
from backend.core.classification import DataClass, classification_of
from tests.isolation import oracle
from tests.isolation.country import MODELS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_classes_are_as_the_oracle_has_them(model: type) -> None:
    declared: dict[DataClass, set[str]] = {data_class: set() for data_class in DataClass}
    for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
        classification = classification_of(field)
        assert classification is not None
        declared[classification.data_class].add(field.name)
    assert declared[DataClass.PERSONAL] == set(oracle.PERSONAL[model.__name__].split())
    assert declared[DataClass.SPECIAL] == set(oracle.SPECIAL[model.__name__].split())


def test_every_role_that_reads_rows_has_a_ceiling_and_no_other() -> None:
    rooms = {Area.LEARNERS, Area.PLANS, Area.DELIVERY, Area.MONEY}
    assert set(CEILINGS) == {role for role in Role.values if areas_of(role) & rooms}


def test_a_field_out_of_reach_is_shown_as_nothing() -> None:
    learner = Learner(given_name="Anna", registering_institution_id="0" * 32)

    def shown(role: Role) -> object:
        everywhere = Holding(role=role, level=Level.STATE, unit_code="", whole_state=True, institution_ids=frozenset())
        return value_shown(scope=Scope(holdings=(everywhere,)), policy=LEARNERS, row=learner, name="given_name")

    learner._prefetched_objects_cache = {"enrolments": []}  # type: ignore[attr-defined]
    assert (shown(Role.IKVD), shown(Role.AUDITOR), shown(Role.EDITOR)) == ("Anna", None, None)
