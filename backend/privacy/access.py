"""Who read a learner's record, for those who answer for it.

The data protection officer asks for any learner through a function of the database that asks for the role again
(docs/decisions/0058-who-reads-the-read-log.md). Others see what was read in the name of institutions where they answer for the
records (docs/decisions/0120-who-sees-who-read.md).
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from backend.accounts.models import Role
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.learners import selectors
from backend.core.database.derived import rows_of
from backend.core.trail.context import Channel
from backend.privacy.models import AccessChannel, AccessLogEntry

ANSWERABLE = frozenset(
    {
        Role.INSTITUTION_HEAD.value,
        Role.INSTITUTION_COORDINATOR.value,
        Role.MUNICIPALITY_COORDINATOR.value,
        Role.VOCATIONAL_COORDINATOR.value,
        Role.IKVD.value,
        Role.AUDITOR.value,
    }
)
"""Roles that answer for the records of their unit, or check those who do."""

DOORS = {
    Channel.CASE_API: AccessChannel.API,
    Channel.WORKSPACE: AccessChannel.WORKSPACE,
    Channel.DOCUMENT: AccessChannel.DOCUMENT,
    Channel.IMPORT: AccessChannel.IMPORT,
    Channel.COMMAND: AccessChannel.COMMAND,
    Channel.TASK: AccessChannel.COMMAND,
}
"""Door by channel of the trail."""

_CASES = " ".join(f"when '{channel}' then '{door}'" for channel, door in DOORS.items())
# Names of channels and doors alone stand in its text.
_COLUMNS = f"""select r.trail_id as l_id, r.at as l_at, r.principal as l_reader,
    coalesce((select a.name from accounts_partnerapp a where a.id = r.client), '') as l_app,
    case when r.kind = 'EXPORT' then 'EXPORT' else case r.channel {_CASES} else 'COMMAND' end end as l_channel,
    concat_ws(' ', nullif(r.role, ''), nullif(r.level, ''), nullif(r.unit_code, '')) as l_reason,
    coalesce(r.purpose, '') as l_purpose, r.institution_id as l_institution, r.object_type as l_object
    from """  # noqa: S608


def access_log(*, scope: Scope, learner_id: UUID) -> QuerySet[AccessLogEntry] | None:
    """Reads of a learner's record, the latest first; None where the caller may not know, or does not reach the learner."""
    if Role.DATA_PROTECTION_OFFICER in scope.roles:
        return _rows("trail.reads_of(%s) r", learner_id)
    held = [each for each in scope.opening(Area.LEARNERS) if each.role in ANSWERABLE]
    if not held or selectors.learner(scope=scope, learner_id=learner_id) is None:
        return None
    if any(each.whole_state for each in held):
        return _rows("trail.read_entry r where r.learner_id = %s", learner_id)
    places: frozenset[UUID] = frozenset().union(*(each.institution_ids for each in held))
    return _rows("trail.read_entry r where r.learner_id = %s and r.institution_id = any (%s)", learner_id, sorted(places))


def _rows(source: str, *parameters: object) -> QuerySet[AccessLogEntry]:
    return rows_of(AccessLogEntry, (_COLUMNS + source, parameters)).order_by("-at", "-id")
