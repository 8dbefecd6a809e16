"""Who sees learners and enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, Expression, F, OuterRef, Q, Subquery, UUIDField, When

from backend.accounts.policy import Policy
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


LEARNERS = LearnerPolicy()
ENROLMENTS = EnrolmentPolicy()
