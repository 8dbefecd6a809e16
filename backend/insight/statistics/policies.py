"""Who reads computed statistics: whoever has them open for the institutions they are computed over."""

from __future__ import annotations

from django.db.models import Q

from backend.accounts.policy import Policy, PublicPolicy
from backend.accounts.roles import Area
from backend.accounts.scope import Scope


class CaseStatisticsPolicy(Policy):
    """Case rows as material of sums: they never leave as rows."""

    area = Area.STATISTICS


class SnapshotPolicy(Policy):
    """Exact figures: an institution's where plans are read, wider ones where they are read in the whole state."""

    area = Area.PLANS


class ReleasePolicy(PublicPolicy):
    """What was released to the public; releases to partners, and drafts, for those who read statistics of the whole state."""

    area = Area.STATISTICS

    def visible(self, scope: Scope) -> Q:
        return Q() if scope.reaches_whole_state(self.area) else Q(audience="PUBLIC", released_at__isnull=False)


CASE_STATISTICS = CaseStatisticsPolicy()
SNAPSHOTS = SnapshotPolicy()
RELEASES = ReleasePolicy()
