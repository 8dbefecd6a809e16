"""Reads of what is known of files, inside the caller's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.scope import Scope
from backend.cases.casefiles.models import CaseFile
from backend.cases.casefiles.policies import FILES


def case_files(*, scope: Scope) -> QuerySet[CaseFile]:
    """Files that `scope` reaches, the newest first; those whose bytes were removed too."""
    return CaseFile.objects.filter(FILES.visible(scope)).order_by("-uploaded_at", "id")
