"""Who sees learners and enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, Expression, F, OuterRef, Q, Subquery, UUIDField, When

from backend.accounts.policy import Policy, Reason
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.learners.models import Enrolment, Learner


class LearnerPolicy(Policy):
    """A learner is reached through an enrolment in scope, or by the institution that registered the row."""

    area = Area.LEARNERS

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        # One list of keys instead of "registered or exists": an OR would keep PostgreSQL from starting at the scope's index.
        enrolled = Enrolment.objects.filter(institution_id__in=institutions).order_by().values("learner_id")
        registered = Learner.objects.filter(registering_institution_id__in=institutions).order_by().values("id")
        return Q(pk__in=enrolled.union(registered))

    def visible_of_few(self, scope: Scope) -> Q:
        """As `visible()`, for a list that other conditions keep short: each row is asked instead of starting at the scope."""
        institutions = scope.institutions(self.area)
        if scope.reaches_whole_state(self.area) or not institutions:
            return self.visible(scope)
        enrolled = Enrolment.objects.filter(learner_id=OuterRef("pk"), institution_id__in=institutions)
        return Q(registering_institution_id__in=institutions) | Q(Exists(enrolled))

    def reached_through(self, scope: Scope) -> Expression | F:
        """Where the learner was registered, if that is in reach; else the institution of the last enrolment that is."""
        institutions = scope.institutions(self.area)
        if scope.reaches_whole_state(self.area) or not institutions:
            return F("registering_institution_id")
        enrolled = Enrolment.objects.filter(learner_id=OuterRef("pk"), institution_id__in=institutions)
        last = Subquery(enrolled.order_by("-starts_on", "-id").values("institution_id")[:1])
        registering = When(registering_institution_id__in=institutions, then=F("registering_institution_id"))
        return Case(registering, default=last, output_field=UUIDField())

    def owners_of(self, row: Any) -> Iterable[UUID]:
        """Institutions of the learner's enrolments (those that the caller's transaction shows), and the registering one."""
        enrolled = (enrolment.institution_id for enrolment in row.enrolments.all())
        return [row.registering_institution_id, *enrolled]


class EnrolmentPolicy(Policy):
    """An enrolment belongs to its institution."""

    area = Area.LEARNERS


class DuplicatePolicy(Policy):
    """A pair of records is seen by who sees both; a merge's rows by who sees the pair."""

    area = Area.LEARNERS

    def __init__(self, *, candidate: str = "") -> None:
        self._prefix = f"{candidate}__" if candidate else ""

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        seen = Learner.objects.filter(LEARNERS.owned_by(institutions)).order_by().values("pk")
        return Q(**{f"{self._prefix}first__in": seen, f"{self._prefix}second__in": seen})

    def owners_of(self, row: Any) -> Iterable[UUID]:
        """Institutions through which either record can be reached."""
        pair = row.candidate if self._prefix else row
        return [*LEARNERS.owners_of(pair.first), *LEARNERS.owners_of(pair.second)]

    def why(self, scope: Scope, row: models.Model) -> Reason | None:
        """The nearest role that opens one record, provided that the other is opened as well."""
        pair: Any = getattr(row, "candidate", row)
        both = LEARNERS.why(scope, pair.first) and LEARNERS.why(scope, pair.second)
        return super().why(scope, row) if both else None


LEARNERS = LearnerPolicy()
ENROLMENTS = EnrolmentPolicy()
DUPLICATES = DuplicatePolicy()
MERGED_ROWS = DuplicatePolicy(candidate="candidate")
