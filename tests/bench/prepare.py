"""Inside Django, once: two callers, and for each shape what every engine is asked. Writes `inputs.json`."""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
import uuid
from typing import Any

import django

django.setup()

from backend.accounts.authentication import caller_of_bearer  # noqa: E402
from backend.accounts.models import AccessToken, Assignment, Level, PartnerApp, Role, User  # noqa: E402
from backend.accounts.roles import token_scopes_for  # noqa: E402
from backend.accounts.scope import settings_of  # noqa: E402
from backend.accounts.services import admit_partner_app, assign_role  # noqa: E402
from backend.cases.learners.models import Learner  # noqa: E402
from backend.cases.plans.models import Measure  # noqa: E402
from backend.config import env  # noqa: E402
from backend.core.clock import now  # noqa: E402
from backend.core.database.roles import acting_as  # noqa: E402
from backend.core.identifiers import public_id  # noqa: E402
from backend.territory.models import Institution, Municipality  # noqa: E402
from graphql_schema.engine.cursors import Keyset  # noqa: E402

SINCE = dt.date(2017, 3, 16)
REQUESTS = 400
_DAYS, _A_DAY = 18, 24
"""Days of a month from the 10th on, and hours of 40 minutes a day from seven on."""


def main() -> None:
    municipality = Municipality.objects.get(institutions__code="BENCH-1")
    schools = list(Institution.objects.filter(municipality=municipality).order_by("code"))
    callers = {
        "municipal": _caller("municipal", Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, municipality, schools),
        "state": _caller("state", Role.IKVD, Level.STATE, None, []),
    }
    _caller("journal", Role.SUPPORT_PROVIDER, Level.INSTITUTION, schools[0], schools)
    teachers = {school.pk: _teacher(school) for school in schools}
    callers["journal"] = _caller(
        "journal", Role.SUPPORT_PROVIDER, Level.INSTITUTION, schools[0], schools
    )  # with all of its schools
    with acting_as("loader"):
        inputs = {"callers": callers, "shapes": _shapes(schools) | {"WRITE": _hours(schools, teachers)}}
    (env.VAR / "inputs.json").write_text(json.dumps(inputs))


def _caller(name: str, role: Role, level: Level, unit: Any, schools: list[Institution]) -> dict[str, Any]:
    app = PartnerApp.objects.filter(name=f"bench-{name}").first()
    if app is None:
        account = User.objects.create_user(f"app.bench-{name}", is_service=True)
        assign_role(user=account, role=role, level=level, unit=unit, valid_from=SINCE)
        app = admit_partner_app(
            name=f"bench-{name}",
            client_id=f"bench-{name}",
            client_secret=secrets.token_urlsafe(24),
            scopes=[*token_scopes_for([role]), "adhoc"],
            service_account=account,
        )
    raw = secrets.token_urlsafe(24)
    token = AccessToken(application=app, scope=app.allowed_scopes, expires=now() + dt.timedelta(days=1), token="")
    token._raw_token = raw  # type: ignore[attr-defined]
    token.save()
    return {
        "token": raw,
        "settings": {f"app.{name}": value for name, value in settings_of(caller_of_bearer(f"Bearer {raw}").scope()).items()},
        "institutions": [str(school.pk) for school in schools],
    }


def _teacher(school: Institution) -> User:
    """Gives all hours of a school, each at a time of its own."""
    name = f"bench.teacher.{school.code.lower()}"
    found = User.objects.filter(username=name).first()
    if found is None:
        found = User.objects.create_user(name)
        assign_role(user=found, role=Role.SUPPORT_PROVIDER, level=Level.INSTITUTION, unit=school, valid_from=SINCE)
    account = User.objects.get(username="app.bench-journal")
    if not Assignment.objects.filter(user=account, institution=school).exists():
        assign_role(user=account, role=Role.SUPPORT_PROVIDER, level=Level.INSTITUTION, unit=school, valid_from=SINCE)
    return found


def _hours(schools: list[Institution], teachers: dict[Any, User]) -> list[dict[str, Any]]:
    """Hours that can be recorded once each: of a measure one a month, and no two of a school at one time."""
    found = []
    for school in schools:
        measures = Measure.objects.filter(
            institution=school, category="CONSULTATION", plan__semester__code="2022/2023-2"
        ).order_by("pk")
        teacher = teachers[school.pk]
        for place, measure in enumerate(measures[: _DAYS * _A_DAY]):
            for month in range(1, 6):
                hour, minute = divmod(40 * (place % _A_DAY), 60)
                found.append(
                    {
                        "key": str(measure.pk),
                        "id": measure.public_id,
                        "learner": str(measure.learner_id),
                        "institution": str(school.pk),
                        "role": measure.kind_code,
                        "provider": str(teacher.pk),
                        "provider_id": public_id(tag=User.tag, key=teacher.pk),
                        "day": dt.date(2023, month, 10 + place // _A_DAY).isoformat(),
                        "time": dt.time(7 + hour, minute).isoformat(),
                        "new": str(uuid.uuid4()),
                        "group": str(uuid.uuid4()),
                    }
                )
    found.sort(key=lambda hour: (hour["day"][:7], random.Random(hour["key"]).random()))  # a measure's months in turn
    return found


def _shapes(schools: list[Institution]) -> dict[str, list[dict[str, Any]]]:
    chance = random.Random(7)
    keyset = Keyset(model=Learner, order=("sort_key", "id"))
    theirs = list(Learner.objects.filter(registering_institution__in=schools))
    everybody = list(Learner.objects.order_by("sort_key", "id"))
    deep = [(place, everybody[place]) for place in (chance.randrange(20_000, 59_000) for _ in range(REQUESTS))]
    return {
        "INST": [
            {"key": str(school.pk), "id": public_id(tag="inst", key=school.pk)} for school in chance.choices(schools, k=REQUESTS)
        ],
        "ONE": [{"key": str(row.pk), "id": public_id(tag="lrn", key=row.pk)} for row in chance.choices(theirs, k=REQUESTS)],
        "LIST": [
            {"key": str(row.pk), "sort_key": row.sort_key, "place": place + 1, "cursor": keyset.cursor(row)}
            for place, row in deep
        ],
        "REPORT": [{"code": "2022/2023-2"}],
        "FIRST": [{"key": "00000000-0000-0000-0000-000000000000", "sort_key": "", "place": 0, "cursor": None}],
    }


if __name__ == "__main__":
    main()
