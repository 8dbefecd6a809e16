"""Who sees transfers: both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Expression, F, Q, UUIDField, When

from backend.accounts.policy import NOTHING, Policy
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class TransferPolicy(Policy):
    """A transfer, and what it shares, belong to the institution left and the one entered."""

    area = Area.LEARNERS

    def owned_by(self, institutions: frozenset[UUID]) -> Q:
        return Q(institution_id__in=institutions) | Q(to_institution_id__in=institutions)

    def reached_through(self, scope: Scope) -> Expression | F:
        """The sending side, if that is in reach; else the receiving one."""
        institutions = scope.institutions(self.area)
        if scope.reaches_whole_state(self.area) or not institutions:
            return F("institution_id")
        sending = When(institution_id__in=institutions, then=F("institution_id"))
        return Case(sending, default=F("to_institution_id"), output_field=UUIDField())

    def sender_known(self, scope: Scope) -> Q:
        """Rows in which the caller may know the sending institution: not a receiving side's question before its answer."""
        return self._of_side("institution_id", scope) | ~Q(proposed_from="RECEIVING") | Q(status="ACCEPTED")

    def proposed_by_own_side(self, scope: Scope) -> Q:
        """Rows whose proposal came from a side that the caller reaches."""
        return Q(proposed_from="SENDING") & self._of_side("institution_id", scope) | Q(proposed_from="RECEIVING") & self._of_side(
            "to_institution_id", scope
        )

    def decided_by_own_side(self, scope: Scope) -> Q:
        """Rows of which a side that the caller reaches was asked to decide, or took its own proposal back."""
        sending, receiving = self._of_side("institution_id", scope), self._of_side("to_institution_id", scope)
        takes_back, asked = Q(status="REVOKED"), ~Q(status="REVOKED")
        by_sender = takes_back & Q(proposed_from="SENDING") | asked & Q(proposed_from="RECEIVING")
        by_receiver = takes_back & Q(proposed_from="RECEIVING") | asked & Q(proposed_from="SENDING")
        return by_sender & sending | by_receiver & receiving

    def _of_side(self, path: str, scope: Scope) -> Q:
        if scope.reaches_whole_state(self.area):
            return Q(pk__isnull=False)
        institutions = scope.institutions(self.area)
        return Q(**{f"{path}__in": institutions}) if institutions else NOTHING

    def owners_of(self, row: Any) -> Iterable[UUID]:
        return [row.institution_id, row.to_institution_id]


TRANSFERS = TransferPolicy()
