"""Who sees consultations: whoever reads the delivery of the institution."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class ConsultationPolicy(Policy):
    """A consultation carries its measure's institution."""

    area = Area.DELIVERY


CONSULTATIONS = ConsultationPolicy()
