"""Who reads the registry: its agreements, participations and reference lists are open to every caller with access."""

from __future__ import annotations

from backend.accounts.policy import PublicPolicy


class AgreementPolicy(PublicPolicy):
    """Agreements and participations."""


class ReferencePolicy(PublicPolicy):
    """Risk factors, risk levels, measure kinds."""


AGREEMENTS = AgreementPolicy()
REFERENCE = ReferencePolicy()
