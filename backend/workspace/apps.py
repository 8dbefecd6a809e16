from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, ROOMS, RowPolicy, reads
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited, of_learner

_BY_ROOM = " or ".join(f"(room = '{room}' and {{{room}}})" for room in ROOMS)
_SEEN = _BY_ROOM.format(**{room: reads(room, "institution_id") for room in ROOMS})
_PARTY = f"sender_id = {PRINCIPAL} or recipient_id = {PRINCIPAL}"


class WorkspaceConfig(AppConfig):
    name = "backend.workspace"
    label = "workspace"
    verbose_name = "Workspace"

    # What waits is known to who reads the room it waits in, and to whom it waits for. A message is its two people's.
    row_security = [
        RowPolicy(
            "workspace_workitem",
            using=f"assignee_id = {PRINCIPAL} or {_SEEN}",
            # Whoever takes a step makes the next one's item, in a room that the next one writes.
            write=f"assignee_id = {PRINCIPAL} or {_SEEN}",
        ),
        RowPolicy(
            "workspace_message",
            using=_PARTY,
            write=f"sender_id = {PRINCIPAL}",
            update_using=f"recipient_id = {PRINCIPAL}",
        ),
    ]
    audited = [
        Audited("workspace.WorkItem", learner=of_learner(), recorded="opened_at", keep=("subject_tag",)),
        Audited("workspace.Message", learner=of_learner(), recorded="sent_at", keep=("subject_tag",)),
    ]
    constraint_answers = {
        "work_item_once": Problem(Code.DUPLICATE, _("This waits already."), "kind"),
    }
