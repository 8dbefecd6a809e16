from django.apps import AppConfig

from backend.core.database.policies import ROOMS, RowPolicy, reads, writes
from backend.core.trail.declarations import Audited, of_learner


class CasefilesConfig(AppConfig):
    name = "backend.cases.casefiles"
    label = "casefiles"
    verbose_name = "Private attachments"

    # A file lies in the room of what it proves.
    row_security = [
        RowPolicy(
            "casefiles_casefile",
            using=" or ".join(f"(room = '{room}' and {reads(room, 'institution_id')})" for room in ROOMS),
            write=" or ".join(f"(room = '{room}' and {writes(room, 'institution_id')})" for room in ROOMS),
        )
    ]
    audited = [Audited("casefiles.CaseFile", learner=of_learner())]
