from django.apps import AppConfig
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, reads
from backend.core.periodic import Periodic
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited

_ANYBODY = f"({PRINCIPAL} is not null or (select nullif(current_setting('app.level', true), '')) is not null)"
_AGENCY = "(select current_setting('app.writes_plans', true)) = '*'"


class StatisticsConfig(AppConfig):
    name = "backend.insight.statistics"
    label = "statistics"
    verbose_name = "Statistics"

    # A snapshot holds exact figures, small cells among them: an institution's for who reads plans there, wider ones for who
    # reads them in the whole state. Coordinators get theirs computed, by the selector that adds up their own rows.
    # When a semester was closed, and why opened again, is known to everybody who works with it: whoever is somebody, and
    # tasks that read the whole state.
    row_security = [
        RowPolicy("statistics_reportsnapshot", using=reads("plans", "institution_id"), write=_AGENCY),
        RowPolicy("statistics_releaseevidence", using=_AGENCY, write=_AGENCY),
        RowPolicy("statistics_semesterclosure", using=_ANYBODY, write=_AGENCY),
    ]
    audited = [
        Audited("statistics.ReportSnapshot", recorded="made_at"),
        Audited("statistics.SemesterClosure", recorded="closed_at"),
    ]
    append_only = ["statistics_reportsnapshot"]
    constraint_answers = {
        "closure_stands_once": Problem(Code.CONFLICT, _("The semester has been closed already. Read it again."), "semester_id"),
        "release_is_frozen": Problem(Code.LOCKED, _("What was released cannot change. Correct it in another release."), "code"),
    }

    periodic = [
        Periodic("fold-statistics", 2, "backend.insight.statistics.rollups.keeping.folded"),
        Periodic("check-statistics", 600, "backend.insight.statistics.nightly.checked_nightly"),
    ]

    def secure_database(self, cursor: CursorWrapper) -> None:
        """Called by `backend.core.database.security.reapply` after the grants and policies stand: the roll-ups."""
        from backend.insight.statistics.rollups.schema import install

        install(cursor)
