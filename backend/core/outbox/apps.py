from django.apps import AppConfig

from backend.core.database.policies import INSTITUTIONS, WHOLE_STATE, RowPolicy


class OutboxConfig(AppConfig):
    name = "backend.core.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    # Any service notes what it did where it may write; what is noted is read within reach and never changed.
    row_security = [
        RowPolicy("outbox_outboxevent", using=f"{WHOLE_STATE} or institution_id = any {INSTITUTIONS}"),
    ]
    append_only = ["outbox_outboxevent"]
    not_audited = {"outbox.OutboxEvent": "Is itself a log: keys of what changed, written beside the change and never edited."}
