from django.apps import AppConfig

from backend.core.database.policies import PRINCIPAL, RowPolicy
from backend.core.trail.declarations import Audited, of_learner

_PARTY = f"sender_id = {PRINCIPAL} or recipient_id = {PRINCIPAL}"


class WorkspaceConfig(AppConfig):
    name = "backend.workspace"
    label = "workspace"
    verbose_name = "Workspace"

    # A message is its two people's. What waits is no table: it is read from tables that have policies of their own.
    row_security = [
        RowPolicy(
            "workspace_message",
            using=_PARTY,
            write=f"sender_id = {PRINCIPAL}",
            update_using=f"recipient_id = {PRINCIPAL}",
        ),
    ]
    audited = [
        Audited("workspace.Message", learner=of_learner(), recorded="sent_at", keep=("subject_tag",)),
    ]
