"""What people read of case work is Latvian first."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from backend.cases.delivery.models import Channel
from backend.cases.learners.models import EnrolmentEnd, ProgrammeKind
from backend.cases.plans.models import AssessmentMoment, PlanStatus
from backend.cases.reimbursements.models import ClaimStatus
from backend.registry.models import MeasureCategory, ReimbursementKind, RiskGroup, SpecialistRole

ENUMS = (
    Channel,
    EnrolmentEnd,
    ProgrammeKind,
    AssessmentMoment,
    PlanStatus,
    ClaimStatus,
    MeasureCategory,
    ReimbursementKind,
    RiskGroup,
    SpecialistRole,
)


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_value_has_its_own_words_in_both_languages(enum: type[PlanStatus]) -> None:
    words = {}
    for language in ("lv", "en"):
        with override(language):
            words[language] = [str(member.label) for member in enum]
        assert len(set(words[language])) == len(enum)
    assert not set(words["lv"]) & set(words["en"])


def test_the_words_are_the_fields_own() -> None:
    with override("lv"):
        assert (str(PlanStatus.ACTIVE.label), str(PlanStatus.RETURNED.label)) == ("saskaņots", "atgriezts precizēšanai")
        assert str(SpecialistRole.SIGN_LANGUAGE_INTERPRETER.label) == "surdotulks"
