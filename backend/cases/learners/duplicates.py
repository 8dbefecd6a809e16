"""Likely doubles inside one's reach: found when a record is written, shown as pairs, told as warnings.

A pair is written where the writer sees both records. That a code is known elsewhere the database notes by itself, and shows to
nobody who sees one record only (docs/decisions/0061-same-code-is-noted.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import Scope
from backend.cases.learners import selectors
from backend.cases.learners.identity import identities
from backend.cases.learners.matching import CERTAIN, Match, Person, compared, near_dates
from backend.cases.learners.models import DuplicateCandidate, DuplicateStatus, Learner, LearnerIdentity, MatchBasis
from backend.cases.learners.personal_code import parse_personal_code
from backend.core.refusals import Message, listed


@dataclass(frozen=True)
class Warned:
    """Something to look at that stands against nothing. `field` is the path in the service's input; empty: the whole."""

    message: Message
    field: str = ""


def note_likely_duplicates(*, scope: Scope, learner: Learner) -> None:
    """Write the pairs of a learner with others whom `scope` reaches and who are likely the same person.

    Two statements, and two more where somebody was found. A pair that was decided stays as it was decided; one that waits
    gains what else speaks for it.
    """
    found = likely_within_reach(scope=scope, learner=learner)
    if not found:
        return
    standing = {_other(pair, learner): pair for pair in _pairs_of(learner, found)}
    new = []
    for other, match in found.items():
        pair = standing.get(other)
        if pair is None:
            first, second = sorted((learner.pk, other))
            new.append(DuplicateCandidate(first_id=first, second_id=second, bases=list(match.bases), score=match.score))
        elif pair.status == DuplicateStatus.OPEN:
            _add_to(pair, match)
    DuplicateCandidate.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may have written the pair just now


def likely_within_reach(*, scope: Scope, learner: Learner) -> dict[UUID, Match]:
    """By key, the learners in reach who are likely the same person, by name and birth date. One statement."""
    person = Person(learner.given_name, learner.family_name, learner.birth_date)
    rows = (
        selectors.learners_of_few(scope=scope)
        .filter(birth_date__in=[person.birth_date, *near_dates(person.birth_date)], erased_at=None)
        .exclude(pk=learner.pk)
        .order_by()
        .values_list("pk", "given_name", "family_name", "birth_date")
    )
    matches = {key: compared(person, Person(given, family, born)) for key, given, family, born in rows}
    return {key: match for key, match in matches.items() if match is not None}


def warnings_of(*, scope: Scope, learner: Learner) -> list[Warned]:
    """What a person should look at in a learner's record, as `scope` sees it now: the code, and likely doubles in reach."""
    return [*_of_code(scope, learner), *_of_pairs(scope, learner)]


def explained(bases: Iterable[str]) -> Message:
    """What speaks for a pair, in words."""
    return listed(*(MatchBasis(basis).label for basis in bases))


def explanations(bases: Iterable[str]) -> list[str]:
    """What speaks for a pair, each as a sentence of its own, in the language in force."""
    return [capfirst(str(MatchBasis(basis).label)) + "." for basis in bases]


def _of_code(scope: Scope, learner: Learner) -> Iterable[Warned]:
    opened = identities(scope=scope, learner_ids=[learner.pk], fields=["personal_code"]).get(learner.pk)
    if opened is None or opened.personal_code is None:
        return
    code = parse_personal_code(opened.personal_code)
    if code.doubtful:
        yield Warned(
            _("The check digit of the personal code does not fit; please compare it with the document."), "personal_code"
        )
    if code.birth_date and code.birth_date != learner.birth_date:
        yield Warned(_("The personal code begins with another date than the birth date."), "birth_date")


def _of_pairs(scope: Scope, learner: Learner) -> Iterable[Warned]:
    wording = _("A record within your reach may be the same person: {reasons}. Compare the two and have the pair decided.")
    open_pairs = selectors.duplicate_candidates(scope=scope).filter(
        Q(first=learner) | Q(second=learner), status=DuplicateStatus.OPEN
    )
    return [Warned(format_lazy(wording, reasons=explained(pair.bases))) for pair in open_pairs[:10]]


def _pairs_of(learner: Learner, others: Iterable[UUID]) -> Iterable[DuplicateCandidate]:
    keys = list(others)
    return DuplicateCandidate.objects.filter(Q(first=learner, second__in=keys) | Q(second=learner, first__in=keys))


def _other(pair: DuplicateCandidate, learner: Learner) -> UUID:
    return pair.second_id if pair.first_id == learner.pk else pair.first_id


def _add_to(pair: DuplicateCandidate, match: Match) -> None:
    bases = [basis for basis in MatchBasis.values if basis in {*pair.bases, *match.bases}]
    if bases != pair.bases:
        score = CERTAIN if MatchBasis.PERSONAL_CODE in bases else max(pair.score, match.score)
        DuplicateCandidate.objects.filter(pk=pair.pk, status=DuplicateStatus.OPEN).update(bases=bases, score=score)


def has_code(learner: Learner) -> bool:
    """Whether a record has a personal code."""
    return LearnerIdentity.objects.filter(learner=learner).exclude(code_index="").exists()
