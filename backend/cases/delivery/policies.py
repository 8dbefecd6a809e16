"""Who sees consultations and what stands around them: whoever reads the delivery of the institution."""

from __future__ import annotations

from backend.accounts.policy import Policy
from backend.accounts.roles import Area


class ConsultationPolicy(Policy):
    """A consultation carries its measure's institution."""

    area = Area.DELIVERY


class DeliveryPolicy(Policy):
    """Sheets, orders, codes, timesheets and submitted months carry their institution."""

    area = Area.DELIVERY


CONSULTATIONS = ConsultationPolicy()
DELIVERY = DeliveryPolicy()
