"""Restricted notes: written encrypted, listed without their words, opened by an act that is logged."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import Role, User
from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.learners.models import Learner
from backend.cases.plans.models import RestrictedNote, SupportPlan
from backend.cases.plans.policies import NOTES
from backend.core.classification import DataClass
from backend.core.trail.context import Channel
from backend.core.vault.cipher import decrypt, encrypt

BODY = "restricted_note"
OPENERS = frozenset({Role.PLAN_AUTHOR, Role.INSTITUTION_COORDINATOR, Role.INSTITUTION_HEAD, Role.VOCATIONAL_COORDINATOR})
"""Roles that may open a note at an institution of theirs (ours: the sources name none). Its author always may."""


@transaction.atomic
def write_note(
    *, learner: Learner, institution_id: UUID, kind: str, text: str, author: User | None = None, plan: SupportPlan | None = None
) -> RestrictedNote:
    """Write a note. Raises ValidationError without words, ErasedError for an erased learner."""
    if not text.strip():
        raise ValidationError({"text": _("A note needs words.")})
    note = RestrictedNote(learner=learner, institution_id=institution_id, kind=kind, author=author, plan=plan)
    note.body_cipher = encrypt(learner_id=learner.pk, field=_field(note), text=text.strip())
    note.full_clean()
    note.save()
    return note


def notes(*, scope: Scope) -> QuerySet[RestrictedNote]:
    """Notes whose presence `scope` may know. Their words stay closed."""
    return RestrictedNote.objects.filter(NOTES.visible(scope)).order_by("-created_at", "id")


def may_open(*, scope: Scope, note: RestrictedNote) -> bool:
    """Whether the caller may read the words: its author, or a role of `OPENERS` at the note's institution."""
    if note.author_id is not None and note.author_id == scope.principal_id:
        return True
    return any(held.role in OPENERS and note.institution_id in held.institution_ids for held in scope.holdings)


@transaction.atomic
def open_note(*, scope: Scope, note_id: UUID, channel: Channel | str, purpose: str = "") -> str | None:
    """The words of a note, and an entry in the read log. None when absent, out of reach, closed to the caller or erased.

    Needs the transaction that `scope` was entered in.
    """
    note = notes(scope=scope).filter(pk=note_id).first()
    if note is None or not may_open(scope=scope, note=note):
        return None
    text = decrypt(learner_id=note.learner_id, field=_field(note), cipher=note.body_cipher)
    if text is not None:
        record_reads(
            scope=scope,
            reads=[LearnerRead(note.learner_id, note.institution_id, RestrictedNote.tag, note.pk)],
            area=Area.PLANS,
            channel=channel,
            purpose=purpose,
            classes=[DataClass.SPECIAL],
        )
    return text


def _field(note: RestrictedNote) -> str:
    """Binds the ciphertext to the note, so that it opens nowhere else."""
    return f"{BODY}:{note.pk}"
