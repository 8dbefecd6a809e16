"""Rows of learners, their encrypted identities and their enrolments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from uuid import UUID

from backend.cases.learners.identity import CODE, EMAIL, GUARDIAN
from backend.cases.learners.models import Enrolment, Learner, LearnerIdentity
from backend.cases.learners.names import name_keys
from backend.core.text import fold
from backend.core.vault.blind_index import blind_index
from backend.core.vault.cipher import encrypt_many
from backend.demonstration.country.copying import NULL, Line, clean
from backend.demonstration.country.days import moment
from backend.demonstration.country.doubles import REGISTERED_ON
from backend.demonstration.country.keys import Keys
from backend.demonstration.country.naming import CountryNames
from backend.demonstration.country.population import Person, Population, Stay

TABLES = ("learners_learner", "learners_duplicatecandidate", "learners_learneridentity", "learners_enrolment")
NO_CODE = "Personas kods vēl nav piešķirts"
_BATCH = 4000

LEARNERS = Line(Learner, erased_at=NULL)
IDENTITIES = Line(LearnerIdentity, version="1", phone_cipher=NULL)
ENROLMENTS = Line(Enrolment, structural_unit_id=NULL)


def learners(world: Population) -> Iterator[str]:
    """Rows of `LEARNERS`."""
    template = LEARNERS.template(
        "id", "version", "created_at", "updated_at", "given_name", "family_name", "sort_key", "search_key", "birth_date",
        "registering_institution_id", "merged_into_id",
    )  # fmt: skip
    for person in world.people:
        sort_key, search_key = name_keys(given_name=person.given, family_name=person.family)
        at = _registered(person)
        school = world.schools[person.registered_at].id
        version, updated, into = ("2", moment(person.merged_on, 13), person.double_of) if person.merged_on else ("1", at, NULL)
        names = (person.given, person.family, clean(sort_key), search_key)
        yield template % (person.id, version, at, updated, *names, person.born, school, into)


def identities(world: Population, rng: Random) -> Iterator[str]:
    """Rows of `IDENTITIES`: codes, addresses and guardians under each learner's own key, with the index of the code."""
    template = IDENTITIES.template(
        "id", "created_at", "updated_at", "learner_id", "code_cipher", "code_index", "no_code_reason", "email_cipher",
        "guardian_cipher",
    )  # fmt: skip
    keys, names = Keys(rng, since=1_504_500_000), CountryNames(rng)
    for first in range(0, len(world.people), _BATCH):
        people = world.people[first : first + _BATCH]
        sealed = _sealed(people, [_guardian(names) for _ in people])
        for place, person in enumerate(people):
            at = _registered(person)
            index = blind_index(field=CODE, value=person.code) if person.code else ""
            code, email, guardian = sealed[3 * place : 3 * place + 3]
            yield template % (
                keys.next(),
                at,
                at,
                person.id,
                _bytea(code) if person.code else NULL,
                index,
                "" if person.code else NO_CODE,
                _bytea(email),
                _bytea(guardian),
            )


def _sealed(people: Sequence[Person], guardians: list[str]) -> list[bytes]:
    """Three ciphertexts a person: code, address, guardian (the first is of no use where there is no code)."""
    texts = []
    for person, guardian in zip(people, guardians, strict=True):
        learner = UUID(hex=person.id)
        address = f"{fold(person.given)}.{fold(person.family)}@example.org".replace(" ", ".")
        texts += [(learner, CODE, person.code), (learner, EMAIL, address), (learner, GUARDIAN, guardian)]
    return encrypt_many(texts=texts)


def _guardian(names: CountryNames) -> str:
    gender, given, family = names.draw()
    return f"{'māte' if gender == 'f' else 'tēvs'} {given} {family}"


def enrolments(world: Population) -> Iterator[str]:
    """Rows of `ENROLMENTS`, as they stand today; what was known before is in their history."""
    template = ENROLMENTS.template(
        "id", "version", "created_at", "updated_at", "learner_id", "institution_id", "programme_kind", "stage",
        "education_programme", "starts_on", "ends_on", "end_reason",
    )  # fmt: skip
    for person in world.people:
        for stay in person.stays:
            yield template % (*_times(stay), person.id, *_place(world, stay))


def _times(stay: Stay) -> tuple[str, str, str, str]:
    known = moment(stay.known_on, 8)
    if stay.ends_on is None:
        return stay.id, "1", known, known
    return stay.id, "2", known, moment(max(stay.ends_on, stay.known_on), 16)


def _place(world: Population, stay: Stay) -> tuple[object, ...]:
    school = world.schools[stay.school]
    if school.vocational:
        kind, programme = "VOCATIONAL", "Profesionālā vidējā izglītība"
    else:
        kind, programme = "GENERAL", "Vispārējā vidējā izglītība" if stay.stage > 9 else "Pamatizglītība"
    return school.id, kind, stay.stage, programme, stay.starts_on, stay.ends_on or NULL, stay.reason


def _registered(person: Person) -> str:
    """When the learner's row was made; a duplicate came half a year into the years."""
    return moment(person.stays[0].known_on if person.stays else REGISTERED_ON, 8)


def _bytea(value: bytes) -> str:
    return "\\\\x" + value.hex()
