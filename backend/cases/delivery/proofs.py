"""Uploaded files that hours stand on: the right kind, of the right institution and learner."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.casefiles.models import CaseFile, FilePurpose
from backend.cases.casefiles.policies import FILES
from backend.core.refusals import Code, Problems


@dataclass(frozen=True)
class Proofs:
    """Finds files for a command and notes what is wrong with them."""

    problems: Problems
    scope: Scope
    institution_id: UUID
    learner_id: UUID | None = None
    """Whom the file may be about, besides several."""

    def find(self, key: UUID | None, purpose: FilePurpose, field: str) -> CaseFile | None:
        """The file; None where none is named, or where a problem was noted at `field`."""
        if key is None:
            return None
        found = CaseFile.objects.filter(FILES.visible(self.scope), pk=key, removed_at=None).first()
        if found is None:
            self.problems.add(Code.NOT_FOUND, _("No such file within your reach. Upload it first."), field)
        elif found.purpose != purpose:
            wording = _("The file is no proof of this kind. Upload it as: {purpose}.")
            self.problems.add(Code.INVALID, format_lazy(wording, purpose=purpose.label), field)
        elif found.institution_id != self.institution_id or found.learner_id not in (None, self.learner_id):
            self.problems.add(Code.INVALID, _("The file belongs to another learner or institution."), field)
        else:
            return found
        return None
