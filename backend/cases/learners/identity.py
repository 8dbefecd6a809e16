"""A learner's personal code and contacts: kept encrypted, found by a blind index, opened only inside the caller's scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from backend.accounts.scope import Scope
from backend.cases.learners import selectors
from backend.cases.learners.models import Learner, LearnerIdentity
from backend.cases.learners.personal_code import PersonalCodeError, parse_personal_code
from backend.core.clock import business_today, now
from backend.core.vault.blind_index import blind_index
from backend.core.vault.cipher import decrypt_many, encrypt

CODE, PHONE, EMAIL, GUARDIAN = "personal_code", "phone", "email", "guardian"
_CIPHERS = {CODE: "code_cipher", PHONE: "phone_cipher", EMAIL: "email_cipher", GUARDIAN: "guardian_cipher"}


@dataclass(frozen=True)
class Identity:
    """What was opened. A field is None where none was given, or where the learner was erased."""

    learner_id: UUID
    personal_code: str | None
    phone: str | None
    email: str | None
    guardian: str | None
    no_code_reason: str


@transaction.atomic
def set_identity(
    *,
    learner: Learner,
    personal_code: str = "",
    no_code_reason: str = "",
    phone: str | None = None,
    email: str | None = None,
    guardian: str | None = None,
) -> list[str]:
    """Write a learner's code (or the reason why there is none) and contacts; None leaves a contact as it stands.

    Returns warnings in the reader's language: a failing check digit, a birth date other than the learner's (domain.md 10).
    Raises ValidationError for an impossible code and for neither or both of code and reason, ErasedError for an erased
    learner. The caller has checked the scope; row security checks it again.
    """
    if bool(personal_code) == bool(no_code_reason.strip()):
        raise ValidationError({"personal_code": _("Give the personal code, or the reason why there is none.")})
    warnings: list[str] = []
    identity = LearnerIdentity.objects.select_for_update().filter(learner=learner).first() or LearnerIdentity(learner=learner)
    identity.no_code_reason = no_code_reason.strip()
    if personal_code:
        try:
            code = parse_personal_code(personal_code, today=business_today())
        except PersonalCodeError:
            raise ValidationError({"personal_code": _("This cannot be a personal code.")}) from None
        if code.doubtful:
            warnings.append(_("The check digit of the personal code does not fit; please compare it with the document."))
        if code.birth_date and code.birth_date != learner.birth_date:
            warnings.append(_("The personal code begins with another date than the birth date."))
        identity.code_index = blind_index(field=CODE, value=code.digits)
        identity.code_cipher = encrypt(learner_id=learner.pk, field=CODE, text=code.digits)
    else:
        identity.code_index, identity.code_cipher = "", None
    _write(identity, phone=phone, email=email, guardian=guardian)
    return warnings


@transaction.atomic
def set_contacts(*, learner: Learner, phone: str | None = None, email: str | None = None, guardian: str | None = None) -> None:
    """Write a learner's contacts and leave the code as it stands; None leaves a contact too, an empty text removes it."""
    identity = LearnerIdentity.objects.select_for_update().filter(learner=learner).first() or LearnerIdentity(learner=learner)
    _write(identity, phone=phone, email=email, guardian=guardian)


def _write(identity: LearnerIdentity, **contacts: str | None) -> None:
    for field, text in contacts.items():
        if text is not None:
            cipher = encrypt(learner_id=identity.learner_id, field=field, text=text.strip()) if text.strip() else None
            setattr(identity, _CIPHERS[field], cipher)
    if not identity._state.adding:
        identity.version, identity.updated_at = F("version") + 1, now()
    identity.save()


def identities(*, scope: Scope, learner_ids: Iterable[UUID], fields: Iterable[str] = tuple(_CIPHERS)) -> dict[UUID, Identity]:
    """Opened identities of those learners that `scope` reaches. Only `fields` are decrypted; the rest stay None.

    One statement, and one look into the key store a field. The caller logs the read (`backend.accounts.read_log`).
    """
    wanted = set(fields)
    rows = list(
        LearnerIdentity.objects.filter(learner__in=selectors.learners(scope=scope).filter(pk__in=list(learner_ids)).order_by())
    )
    opened = {
        field: decrypt_many(field=field, ciphers=[(row.learner_id, getattr(row, column)) for row in rows])
        if field in wanted
        else [None] * len(rows)
        for field, column in _CIPHERS.items()
    }
    return {
        row.learner_id: Identity(
            learner_id=row.learner_id,
            personal_code=opened[CODE][at],
            phone=opened[PHONE][at],
            email=opened[EMAIL][at],
            guardian=opened[GUARDIAN][at],
            no_code_reason=row.no_code_reason,
        )
        for at, row in enumerate(rows)
    }


def code_index(personal_code: str) -> str | None:
    """What a code, in either writing, is found by; None for an impossible one."""
    try:
        digits = parse_personal_code(personal_code).digits
    except PersonalCodeError:
        return None
    return blind_index(field=CODE, value=digits)


def opened_codes(ciphers: Sequence[tuple[UUID, bytes | None]]) -> list[str | None]:
    """Codes of learners by their ciphertexts, written with the hyphen, in the same order; one look into the key store."""
    opened = decrypt_many(field=CODE, ciphers=ciphers)
    return [None if digits is None else f"{digits[:6]}-{digits[6:]}" for digits in opened]


def masked_codes(ciphers: Sequence[tuple[UUID, bytes | None]]) -> list[str | None]:
    """As `opened_codes`, without the five digits that tell a person apart (domain.md 10, minimisation)."""
    return [None if code is None else f"{code[:7]}*****" for code in opened_codes(ciphers)]


def opened_contacts(field: str) -> Callable[[Sequence[tuple[UUID, bytes | None]]], list[str | None]]:
    """Opens one kind of contact (`PHONE`, `EMAIL`, `GUARDIAN`) of many learners; one look into the key store."""
    return lambda ciphers: decrypt_many(field=field, ciphers=ciphers)


def as_written(texts: Sequence[tuple[UUID, Any]]) -> list[str | None]:
    """A text beside a learner that is not encrypted; None where there is none."""
    plain = (bytes(text).decode() if isinstance(text, bytes | memoryview) else text for _learner, text in texts)
    return [text or None for text in plain]


def learners_with_code(*, scope: Scope, personal_code: str) -> QuerySet[Learner]:
    """Learners that `scope` reaches and who have this code, in either writing; none for an impossible one.

    Says nothing about learners outside the scope.
    """
    index = code_index(personal_code)
    if index is None:
        return selectors.learners(scope=scope).none()
    return selectors.learners(scope=scope).filter(identity__code_index=index)
