"""The demonstration's cast: who can sign in and which apps may call, with fresh secrets in `var/demo/credentials.json`.

Names are invented and say what the person does; secrets are random for each installation.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from backend.accounts.models import Level, PartnerApp, Role, User
from backend.accounts.roles import token_scopes_for
from backend.accounts.services import admit_partner_app, assign_role
from backend.core.private_files import write_private_json
from backend.territory.models import Institution, Municipality, Region

FROM = dt.date(2017, 3, 16)


@dataclass(frozen=True)
class Person:
    """A user of the demonstration: one role at one unit."""

    username: str
    given_name: str
    family_name: str
    role: Role
    level: Level
    unit: str = ""


@dataclass(frozen=True)
class App:
    """A partner app of the demonstration and the roles of its service account."""

    name: str
    roles: tuple[Role, ...]
    level: Level
    unit: str = ""


SEED_SCHOOL = "RTRIT"
SCHOOL = "EX-MADONA-1"
SIBLING_SCHOOL = "EX-MADONA-2"
MUNICIPALITY = "LV-059"
OTHER_SCHOOL = "EX-JEKABPILS-1"
OTHER_MUNICIPALITY = "LV-042"
REGION = "Vidzeme"

PEOPLE = (
    Person("autore", "Autore", "Paraudziņa", Role.PLAN_AUTHOR, Level.INSTITUTION, SCHOOL),
    Person("pedagogs", "Pedagogs", "Paraudziņš", Role.SUPPORT_PROVIDER, Level.INSTITUTION, SCHOOL),
    Person("skolas.koordinatore", "Koordinatore", "Paraudziņa", Role.INSTITUTION_COORDINATOR, Level.INSTITUTION, SCHOOL),
    Person("direktore", "Direktore", "Paraudziņa", Role.INSTITUTION_HEAD, Level.INSTITUTION, SCHOOL),
    Person("autore.blakus", "Autore", "Blakusskola", Role.PLAN_AUTHOR, Level.INSTITUTION, SIBLING_SCHOOL),
    Person("direktors.blakus", "Direktors", "Blakusskola", Role.INSTITUTION_HEAD, Level.INSTITUTION, SIBLING_SCHOOL),
    Person("autore.cita", "Autore", "Citaskola", Role.PLAN_AUTHOR, Level.INSTITUTION, OTHER_SCHOOL),
    Person("direktore.cita", "Direktore", "Citaskola", Role.INSTITUTION_HEAD, Level.INSTITUTION, OTHER_SCHOOL),
    Person("novada.koordinatore", "Koordinatore", "Novada", Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, MUNICIPALITY),
    Person(
        "novada.koordinators.cits",
        "Koordinators",
        "Citanovada",
        Role.MUNICIPALITY_COORDINATOR,
        Level.MUNICIPALITY,
        OTHER_MUNICIPALITY,
    ),
    Person("tehnikuma.autore", "Autore", "Tehnikuma", Role.PLAN_AUTHOR, Level.INSTITUTION, SEED_SCHOOL),
    Person("tehnikuma.psihologe", "Psiholoģe", "Tehnikuma", Role.SUPPORT_PROVIDER, Level.INSTITUTION, SEED_SCHOOL),
    Person("tehnikuma.direktore", "Direktore", "Tehnikuma", Role.INSTITUTION_HEAD, Level.INSTITUTION, SEED_SCHOOL),
    Person("tehnikuma.koordinatore", "Koordinatore", "Tehnikuma", Role.VOCATIONAL_COORDINATOR, Level.INSTITUTION, SEED_SCHOOL),
    Person("regiona.koordinatore", "Koordinatore", "Reģiona", Role.REGIONAL_COORDINATOR, Level.REGION, REGION),
    Person("ikvd", "Projekta", "Komanda", Role.IKVD, Level.STATE),
    Person("eksperte", "Eksperte", "Paraudziņa", Role.EXPERT, Level.STATE),
    Person("biedriba", "Biedrības", "Pārstāve", Role.NGO, Level.MUNICIPALITY, MUNICIPALITY),
    Person("komandas.dalibnieks", "Komandas", "Dalībnieks", Role.TEAM_MEMBER, Level.INSTITUTION, SCHOOL),
    Person("auditore", "Auditore", "Paraudziņa", Role.AUDITOR, Level.STATE),
    Person("petniece", "Pētniece", "Paraudziņa", Role.RESEARCHER, Level.STATE),
    Person("datu.aizsardziba", "Datu aizsardzības", "Speciāliste", Role.DATA_PROTECTION_OFFICER, Level.STATE),
    Person("redaktore", "Redaktore", "Paraudziņa", Role.EDITOR, Level.STATE),
    Person("redaktors.otrais", "Redaktors", "Otrais", Role.EDITOR, Level.STATE),
    Person("administratore", "Administratore", "Paraudziņa", Role.ADMINISTRATOR, Level.STATE),
)

APPS = (
    App("school-journal", (Role.PLAN_AUTHOR, Role.SUPPORT_PROVIDER), Level.INSTITUTION, SCHOOL),
    App("school-office", (Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR), Level.INSTITUTION, SCHOOL),
    App("municipal-system", (Role.MUNICIPALITY_COORDINATOR,), Level.MUNICIPALITY, MUNICIPALITY),
    App("other-school", (Role.PLAN_AUTHOR,), Level.INSTITUTION, OTHER_SCHOOL),
    App("vocational-school", (Role.PLAN_AUTHOR, Role.SUPPORT_PROVIDER), Level.INSTITUTION, SEED_SCHOOL),
    App("vocational-office", (Role.INSTITUTION_HEAD, Role.VOCATIONAL_COORDINATOR), Level.INSTITUTION, SEED_SCHOOL),
    App("state-register", (Role.IKVD,), Level.STATE),
    App("research", (Role.RESEARCHER,), Level.STATE),
)


def make_access(*, file: Path, base_url: str) -> dict[str, Any]:
    """Make users and apps and write their secrets to `file` (mode 600); secrets already there stay valid.

    Returns what was written. Raises DoesNotExist when the demonstration's units are not loaded.
    """
    known = _known_secrets(file)
    passwords = {person.username: known.get(person.username) or _password() for person in PEOPLE}
    client_secrets = {app.name: known.get(app.name) or secrets.token_urlsafe(32) for app in APPS}
    fresh = {name for name in passwords if name not in known or not User.objects.filter(username=name).exists()}
    with ThreadPoolExecutor(2) as pool:  # the hash releases the interpreter, so two cores halve the wait
        hashes = dict(zip(sorted(fresh), pool.map(make_password, [passwords[name] for name in sorted(fresh)]), strict=True))
    with transaction.atomic():
        for person in PEOPLE:
            _make_person(person, hashes.get(person.username))
        for app in APPS:
            _make_app(app, client_secrets[app.name], known.get(app.name))
    content = {
        "base_url": base_url,
        "users": [
            {
                "role": p.role.value,
                "level": p.level.value,
                "unit": p.unit,
                "username": p.username,
                "password": passwords[p.username],
            }
            for p in PEOPLE
        ],
        "clients": [_describe(app, client_secrets[app.name]) for app in APPS],
    }
    write_private_json(file, content)
    return content


def _make_person(person: Person, password_hash: str | None) -> None:
    user, _ = User.objects.get_or_create(username=person.username)
    user.first_name, user.last_name = person.given_name, person.family_name
    if password_hash:
        user.password = password_hash
    user.is_staff = user.is_superuser = person.role == Role.ADMINISTRATOR
    user.save()
    assign_role(user=user, role=person.role, level=person.level, unit=_unit(person.level, person.unit), valid_from=FROM)


def _make_app(app: App, secret: str, known_secret: str | None) -> None:
    account, _ = User.objects.get_or_create(
        username=f"app.{app.name}", defaults={"is_service": True, "password": make_password(None)}
    )
    for role in app.roles:
        assign_role(user=account, role=role, level=app.level, unit=_unit(app.level, app.unit), valid_from=FROM)
    if known_secret and PartnerApp.objects.filter(client_id=app.name).exists():
        return  # the stored hash answers to the secret we keep
    admit_partner_app(name=app.name, client_id=app.name, client_secret=secret, scopes=_scopes(app.roles), service_account=account)


def _scopes(roles: Iterable[Role]) -> list[str]:
    return [*token_scopes_for(roles), "adhoc", "introspect"]


def _unit(level: Level, code: str) -> Region | Municipality | Institution | None:
    if level == Level.STATE:
        return None
    models = {Level.REGION: Region, Level.MUNICIPALITY: Municipality, Level.INSTITUTION: Institution}
    return models[level].objects.get(code=code)  # type: ignore[attr-defined,no-any-return]


def _describe(app: App, secret: str) -> dict[str, Any]:
    return {
        "name": app.name,
        "client_id": app.name,
        "client_secret": secret,
        "scopes": " ".join(_scopes(app.roles)),
        "level": app.level.value,
        "unit": app.unit,
        "roles": [role.value for role in app.roles],
    }


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _known_secrets(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text())
        known = {user["username"]: user["password"] for user in content["users"]}
        return known | {client["name"]: client["client_secret"] for client in content["clients"]}
    except (FileNotFoundError, ValueError, KeyError):
        return {}
