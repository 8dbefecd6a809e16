"""Deciding whether two records are one person: merging them, leaving them apart, taking a merge back.

The rows themselves move inside the database, all in one statement (migration 0009, docs/decisions/0102-merging-records.md).
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command, locked
from backend.accounts.permissions import may
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.learners.duplicates import has_code
from backend.cases.learners.models import DuplicateCandidate, DuplicateDecision, DuplicateStatus, Enrolment, Learner
from backend.cases.learners.policies import DUPLICATES, ENROLMENTS
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problems, Refusal, refuse

LONGEST_REASON = 2_000


@command("decideDuplicate", answer=by_key(DuplicateCandidate))
def decide_duplicate(
    *,
    scope: Scope,
    duplicate_candidate_id: UUID,
    decision: str,
    reason: str,
    kept_id: UUID | None = None,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> DuplicateCandidate:
    """Decide a pair once, with a reason: two people (DIFFERENT), or one (SAME_PERSON), and then which record goes on.

    In a merge everything that names the other record goes to the kept one, whoever keeps it and however old; where both were
    enrolled in one stage of one institution at once, the kept record's enrolment stands for both. Who the other record was, its
    code and the history stay, and what moved is noted row by row.

    Raises Refusal: NOT_FOUND (absent, or one of the records out of reach), CONFLICT (decided by somebody else, another
    version), NOT_ALLOWED (not the caller's to decide, or rows of the other record belong to institutions the caller does not
    write for), REQUIRED and INVALID of the inputs, UNMET_CONDITION (the records contradict each other).
    """
    pair = _locked(scope, duplicate_candidate_id, expected_version)
    if pair.status != DuplicateStatus.OPEN:
        refuse(Code.CONFLICT, _("The pair has been decided already. Read it again."), "duplicate_candidate_id")
    problems = Problems()
    _check_role(scope, Act.DECIDE_DUPLICATE, pair)
    why = inputs.paragraphs(problems, reason, "reason", longest=LONGEST_REASON, required=True)
    if decision not in DuplicateDecision.values:
        problems.add(Code.INVALID, _("Decide whether it is one person or two."), "decision")
    same = decision == DuplicateDecision.SAME_PERSON
    _check_kept(problems, pair, kept_id, same=same)
    problems.refuse()
    if same:
        with connection.cursor() as cursor:
            cursor.execute("select learners_merge(%s, %s)", [pair.pk, kept_id])
    pair.status = DuplicateStatus.SAME_PERSON if same else DuplicateStatus.DIFFERENT
    pair.kept_id = kept_id if same else None
    pair.decided_by_id, pair.decided_at, pair.decision_reason = scope.principal_id, now(), why
    return _changed(pair, "status", "kept", "decided_by", "decided_at", "decision_reason")


@command("undoMerge", answer=by_key(DuplicateCandidate))
def undo_merge(
    *,
    scope: Scope,
    duplicate_candidate_id: UUID,
    reason: str,
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> DuplicateCandidate:
    """Take a merge back, with a reason: both records stand again.

    The rows that moved go back, with what was added below them since; everything else that was added stays with the kept
    record. Raises Refusal: NOT_FOUND, CONFLICT (undone by somebody else, another version, a record merged further or erased),
    NOT_ALLOWED, REQUIRED and INVALID of the reason, UNMET_CONDITION (never merged, or rows of both hang together by now).
    """
    pair = _locked(scope, duplicate_candidate_id, expected_version)
    if pair.status == DuplicateStatus.UNDONE:
        refuse(Code.CONFLICT, _("The merge has been undone already. Read the pair again."), "duplicate_candidate_id")
    if pair.status != DuplicateStatus.SAME_PERSON:
        refuse(Code.UNMET_CONDITION, _("The records were not merged: there is nothing to undo."), "duplicate_candidate_id")
    problems = Problems()
    _check_role(scope, Act.UNDO_MERGE, pair)
    why = inputs.paragraphs(problems, reason, "reason", longest=LONGEST_REASON, required=True)
    problems.refuse()
    with connection.cursor() as cursor:
        cursor.execute("select learners_unmerge(%s)", [pair.pk])
    pair.status = DuplicateStatus.UNDONE
    pair.undone_by_id, pair.undone_at, pair.undo_reason = scope.principal_id, now(), why
    return _changed(pair, "status", "undone_by", "undone_at", "undo_reason")


def _locked(scope: Scope, pair_id: UUID, expected_version: int | None) -> DuplicateCandidate:
    rows = DuplicateCandidate.objects.filter(DUPLICATES.visible(scope))
    return locked(rows, pk=pair_id, expected_version=expected_version, field="duplicate_candidate_id")


def _changed(pair: DuplicateCandidate, *fields: str) -> DuplicateCandidate:
    pair.version += 1
    pair.updated_at = now()
    pair.save(update_fields=[*fields, "version", "updated_at"])
    return pair


def _check_role(scope: Scope, act: Act, pair: DuplicateCandidate) -> None:
    """Both records must be the caller's to decide: by where they were registered or are enrolled."""
    for learner in Learner.objects.filter(pk__in=[pair.first_id, pair.second_id]):
        enrolled = Enrolment.objects.filter(ENROLMENTS.visible(scope), learner=learner).values_list("institution_id", flat=True)
        answers = [may(scope=scope, act=act, institution_id=place) for place in {learner.registering_institution_id, *enrolled}]
        if not any(answer.allowed for answer in answers):
            raise Refusal(answers[0].problem("duplicate_candidate_id"))


def _check_kept(problems: Problems, pair: DuplicateCandidate, kept_id: UUID | None, *, same: bool) -> None:
    if not same:
        if kept_id is not None:
            problems.add(Code.INVALID, _("Name a record to keep only where the two are one person."), "kept_id")
        return
    if kept_id is None:
        problems.add(Code.REQUIRED, _("Say which of the two records goes on."), "kept_id")
    elif kept_id not in {pair.first_id, pair.second_id}:
        problems.add(Code.NOT_FOUND, _("The record to keep is one of the pair. Check the id."), "kept_id")
    else:
        kept, other = (pair.first, pair.second) if kept_id == pair.first_id else (pair.second, pair.first)
        if has_code(other) and not has_code(kept):
            message = _("The other record has the personal code: keep that one, or write the code into this one first.")
            problems.add(Code.UNMET_CONDITION, message, "kept_id")
