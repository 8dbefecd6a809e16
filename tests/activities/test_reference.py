"""The lists of the other rooms stand as their files say, each with where it comes from; and everything has Latvian words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils.translation import override

from backend.activities.cooperation.models import FeedbackQuestion
from backend.activities.initiatives import reference as initiatives
from backend.activities.initiatives.models import (
    CallStatus,
    InitiativeGrant,
    InitiativeTransition,
    ProjectStatus,
    ScoringCriterion,
)
from backend.activities.training.models import TrainingKind, TrainingTerm
from backend.core.models import Entity, SourceStatus
from backend.insight.evaluation.models import EarlyWarningRule
from backend.privacy.models import RetentionClass, RetentionTerm

ROOMS = ("backend.activities.", "backend.insight.", "backend.exchange", "backend.workspace", "backend.privacy")


def test_the_grant_is_4600_euro_whole(reference: dict[str, int]) -> None:
    grant = InitiativeGrant.objects.get()
    assert (grant.amount, grant.share_percent) == (Decimal("4600.00"), 100)
    assert grant.source_status == SourceStatus.PARTLY_INFERRED


def test_transitions_lead_from_the_first_state_to_every_other(reference: dict[str, int]) -> None:
    for owner, statuses in (("CALL", CallStatus), ("PROJECT", ProjectStatus)):
        steps = set(InitiativeTransition.objects.filter(owner=owner).values_list("from_status", "to_status"))
        assert {status for step in steps for status in step} == set(statuses.values)
        reached = {statuses.values[0]}
        while more := {to for start, to in steps if start in reached} - reached:
            reached |= more
        assert reached == set(statuses.values)
    assert set(InitiativeTransition.objects.values_list("source_status", flat=True)) == {SourceStatus.INFERRED}


def test_only_a_supervision_has_limits(reference: dict[str, int]) -> None:
    assert set(TrainingTerm.objects.values_list("kind", flat=True)) == set(TrainingKind.values)
    supervision = TrainingTerm.objects.get(kind="SUPERVISION")
    assert (supervision.max_participants, supervision.minutes, supervision.min_per_institution) == (10, 180, 2)
    assert not TrainingTerm.objects.exclude(kind="SUPERVISION").filter(max_participants__isnull=False).exists()


def test_what_is_assumed_says_so(reference: dict[str, int]) -> None:
    for model in (ScoringCriterion, FeedbackQuestion):
        assert set(model.objects.values_list("source_status", flat=True)) == {SourceStatus.ASSUMED}  # type: ignore[attr-defined]
    assert not EarlyWarningRule.objects.filter(source_status=SourceStatus.FOUND).exists()
    assert EarlyWarningRule.objects.get(code="unexcused_20").threshold == 20
    assert set(RetentionTerm.objects.values_list("retention", flat=True)) == set(RetentionClass.values)


def test_loading_twice_changes_nothing(reference: dict[str, int]) -> None:
    before = list(InitiativeTransition.objects.order_by("id").values())
    initiatives.load()
    assert before == list(InitiativeTransition.objects.order_by("id").values())


def test_every_model_has_a_tag_of_its_own() -> None:
    tags = [model.tag for model in apps.get_models() if issubclass(model, Entity)]
    assert len(tags) > 55
    assert len(tags) == len(set(tags))


def _choices() -> list[tuple[str, type[Any]]]:
    found = {}
    for config in apps.get_app_configs():
        if config.name.startswith(ROOMS):
            for model in config.get_models():
                for each in vars(__import__(model.__module__, fromlist=["x"])).values():
                    if isinstance(each, type) and issubclass(each, models.TextChoices) and each.__module__ == model.__module__:
                        found[f"{each.__module__}.{each.__name__}"] = each
    return sorted(found.items())


def test_there_are_choices_to_look_at() -> None:
    assert len(_choices()) >= 25


@pytest.mark.parametrize(("name", "enum"), _choices())
def test_every_choice_has_its_own_words_in_both_languages(name: str, enum: type[Any]) -> None:
    words = {}
    for language in ("lv", "en"):
        with override(language):
            words[language] = [str(member.label) for member in enum]
        assert len(set(words[language])) == len(enum)
    assert not set(words["lv"]) & set(words["en"])
