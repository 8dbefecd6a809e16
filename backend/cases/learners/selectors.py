"""Reads of learners and enrolments, inside the caller's scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.learners.models import DuplicateCandidate, Enrolment, Learner, MergedRow
from backend.cases.learners.policies import DUPLICATES, ENROLMENTS, LEARNERS, MERGED_ROWS


def learners(*, scope: Scope) -> QuerySet[Learner]:
    """Learners that `scope` reaches, in Latvian order of their names; of merged records the one that stands for both."""
    return Learner.objects.filter(LEARNERS.visible(scope), merged_into=None).order_by("sort_key", "id")


def learners_of_few(*, scope: Scope) -> QuerySet[Learner]:
    """The same learners, for who narrows them to a few by other conditions."""
    return Learner.objects.filter(LEARNERS.visible_of_few(scope), merged_into=None).order_by("sort_key", "id")


def learner(*, scope: Scope, learner_id: UUID) -> Learner | None:
    """One learner; None when absent or not reached, which no caller can tell apart."""
    return learners(scope=scope).filter(pk=learner_id).first()


def enrolments(*, scope: Scope) -> QuerySet[Enrolment]:
    """Enrolments that `scope` reaches: a school does not see the learner's time elsewhere."""
    return Enrolment.objects.filter(ENROLMENTS.visible(scope)).order_by("starts_on", "id")


def duplicate_candidates(*, scope: Scope) -> QuerySet[DuplicateCandidate]:
    """Pairs that may be one person, both records in the caller's reach; the likeliest first."""
    return DuplicateCandidate.objects.filter(DUPLICATES.visible(scope)).order_by("-score", "id")


def merged_rows(*, scope: Scope) -> QuerySet[MergedRow]:
    """What merges gave from one record to the other, in the order it was moved."""
    return MergedRow.objects.filter(MERGED_ROWS.visible(scope)).order_by("moved_at", "id")
