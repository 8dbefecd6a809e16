"""Who sees plans and what they say: whoever reads plans of the institution."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class PlanPolicy(Policy):
    """Plans, their steps, risks, measures, applications, authors and outcomes carry their institution."""

    area = Area.PLANS


class NotePolicy(Policy):
    """That a restricted note stands is known to whoever reads plans there; who may open it: `notes.may_open`."""

    area = Area.PLANS


PLANS = PlanPolicy()
NOTES = NotePolicy()
