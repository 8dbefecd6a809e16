from django.apps import AppConfig

from backend.core.database.policies import RowPolicy, reads, writes
from backend.core.trail.declarations import Audited, of_learner

_OFFICER = "(select privacy_is_officer())"


class PrivacyConfig(AppConfig):
    name = "backend.privacy"
    label = "privacy"
    verbose_name = "Privacy"

    # The institution that received a request, and the data protection officer, who reads no learners.
    row_security = [
        RowPolicy(
            "privacy_rightsrequest",
            using=f"{_OFFICER} or {reads('learners', 'institution_id')}",
            write=f"{_OFFICER} or {writes('learners', 'institution_id')}",
        )
    ]
    audited = [Audited("privacy.RightsRequest", learner=of_learner())]
