"""Taking private files in, and handing them out to those who may read them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.fields import FieldAccess
from backend.accounts.read_log import LearnerRead, record_reads
from backend.accounts.scope import Scope
from backend.cases.casefiles import storage
from backend.cases.casefiles.models import MOST_BYTES, ROOM_OF, CaseFile, FilePurpose
from backend.cases.casefiles.policies import AREAS, FILES
from backend.cases.casefiles.selectors import case_files
from backend.cases.learners.models import Learner
from backend.cases.learners.selectors import learner as learner_in_reach
from backend.core import inputs
from backend.core.classification import DataClass
from backend.core.database.answers import refusing_database_errors
from backend.core.file_inspection import media_type_of
from backend.core.refusals import Code, Problems, listed
from backend.core.text import has_unseen_signs, nfc
from backend.core.trail.context import Channel

_AREA_OF_ROOM = {area.room: area for area in AREAS}


def upload_file(
    *,
    scope: Scope,
    content: bytes,
    name: str,
    purpose: str,
    institution_id: UUID | None = None,
    learner_id: UUID | None = None,
) -> CaseFile:
    """Keep a file of an institution, for whoever writes the room that its purpose lies in (applications: plans).

    The institution may be left out where the caller writes there in one alone. The type is found in the bytes, and what could
    run or unpack to too much does not come in (`inspection`). Needs the transaction that `scope` was entered in; the bytes go
    again where it is taken back. Raises Refusal with all problems: REQUIRED, INVALID, NOT_FOUND, NOT_ALLOWED, LIMIT_EXCEEDED.
    """
    problems = Problems()
    if purpose not in FilePurpose.values:
        problems.add(
            Code.INVALID, format_lazy(_("Say what the file is, one of: {purposes}."), purposes=listed(*FilePurpose)), "purpose"
        )
        problems.refuse()
    place = _place(problems, scope, ROOM_OF[FilePurpose(purpose)], institution_id)
    learner = _learner(problems, scope, learner_id)
    if not content:
        problems.add(Code.REQUIRED, _("The file is empty. Choose another."), "file")
    elif len(content) > MOST_BYTES:
        problems.add(Code.LIMIT_EXCEEDED, _("A file has at most 20 MB. Scan it with fewer dots, or in parts."), "file")
    shown = inputs.line(problems, _file_name(name), "name", longest=200)
    problems.refuse()
    assert place is not None  # noqa: S101  (its absence is a problem, refused above)
    media_type = media_type_of(content)
    key = storage.new_key()
    file = CaseFile(
        institution_id=place,
        learner=learner,
        purpose=purpose,
        room=ROOM_OF[FilePurpose(purpose)],
        name=shown,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=key,
        uploaded_by_id=scope.principal_id,
    )
    storage.store(key, content)
    try:
        with refusing_database_errors(), transaction.atomic():
            file.save(force_insert=True)
    except BaseException:
        storage.discard(key)
        raise
    return file


def opened_file(*, scope: Scope, file_id: UUID, purpose: str = "") -> tuple[CaseFile, bytes] | None:
    """A file and its bytes, noted in the read log. None when absent, out of reach, removed, or shut to the caller's role.

    Needs the transaction that `scope` was entered in. Raises RuntimeError where the bytes are not those that came in.
    """
    file = case_files(scope=scope).filter(pk=file_id, removed_at=None).first()
    if file is None or not FieldAccess(scope, FILES, CaseFile, "name").shows(file):
        return None
    content = storage.fetch(file.storage_key)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RuntimeError(f"The bytes of {file.public_id} are not those that were uploaded.")
    if file.learner_id is not None:
        record_reads(
            scope=scope,
            reads=[LearnerRead(file.learner_id, file.institution_id, CaseFile.tag, file.pk)],
            area=_AREA_OF_ROOM[file.room],
            channel=Channel.DOCUMENT,
            purpose=purpose,
            classes=[DataClass.PERSONAL, DataClass.SPECIAL],
        )
    return file, content


def _place(problems: Problems, scope: Scope, room: str, institution_id: UUID | None) -> UUID | None:
    writing = scope.writing(_AREA_OF_ROOM[room])
    if institution_id is None:
        places = frozenset().union(*(held.institution_ids for held in writing))
        if len(places) == 1 and not any(held.whole_state for held in writing):
            return next(iter(places))
        problems.add(Code.REQUIRED, _("Name the institution that the file belongs to."), "institution_id")
    elif not any(held.covers(institution_id) for held in writing):
        problems.add(Code.NOT_ALLOWED, _("You keep no such files of this institution. Ask it to attach you."), "institution_id")
    return institution_id


def _learner(problems: Problems, scope: Scope, learner_id: UUID | None) -> Learner | None:
    if learner_id is None:
        return None
    learner = learner_in_reach(scope=scope, learner_id=learner_id)
    if learner is None:
        problems.add(Code.NOT_FOUND, _("No such learner within your reach. Register the learner first."), "learner_id")
    return learner


def _file_name(name: str) -> str:
    """The last part of a path, without signs that cannot be seen; a name for what came without one."""
    last = nfc(name.replace("\\", "/").rsplit("/", 1)[-1])
    seen = "".join(sign for sign in last if not has_unseen_signs(sign)).strip()
    return seen[-200:].strip() or "file"
