"""Inside Django, once: two callers, and for each shape what every engine is asked. Writes `inputs.json`."""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
from typing import Any

import django

django.setup()

from backend.accounts.authentication import caller_of_bearer  # noqa: E402
from backend.accounts.models import AccessToken, Level, PartnerApp, Role, User  # noqa: E402
from backend.accounts.roles import token_scopes_for  # noqa: E402
from backend.accounts.scope import settings_of  # noqa: E402
from backend.accounts.services import admit_partner_app, assign_role  # noqa: E402
from backend.cases.learners.models import Learner  # noqa: E402
from backend.config import env  # noqa: E402
from backend.core.clock import now  # noqa: E402
from backend.core.database.roles import acting_as  # noqa: E402
from backend.core.identifiers import public_id  # noqa: E402
from backend.territory.models import Institution, Municipality  # noqa: E402
from graphql_schema.engine.cursors import Keyset  # noqa: E402

SINCE = dt.date(2017, 3, 16)
REQUESTS = 400


def main() -> None:
    municipality = Municipality.objects.get(institutions__code="BENCH-1")
    schools = list(Institution.objects.filter(municipality=municipality).order_by("code"))
    callers = {
        "municipal": _caller("municipal", Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, municipality, schools),
        "state": _caller("state", Role.IKVD, Level.STATE, None, []),
    }
    with acting_as("loader"):
        inputs = {"callers": callers, "shapes": _shapes(schools)}
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
        "FIRST": [{"key": "00000000-0000-0000-0000-000000000000", "sort_key": "", "place": 0, "cursor": None}],
    }


if __name__ == "__main__":
    main()
