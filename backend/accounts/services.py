"""Letting people and apps in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from backend.accounts.models import Assignment, Level, PartnerApp, User
from backend.accounts.roles import TOKEN_SCOPES
from backend.territory.models import Institution, Municipality, Region

UnitOf = Region | Municipality | Institution | None


@transaction.atomic
def assign_role(
    *, user: User, role: str, level: str, unit: UnitOf, valid_from: dt.date, valid_to: dt.date | None = None
) -> Assignment:
    """Give `user` a role at a unit for a period (both days included); an equal one is kept as it is.

    Raises ValidationError when the unit is not of the level or the period ends before it begins.
    """
    units: dict[str, UnitOf] = {"region": None, "municipality": None, "institution": None}
    if level != Level.STATE:
        units[level.lower()] = unit
    existing = Assignment.objects.filter(user=user, role=role, level=level, valid_from=valid_from, **units).first()
    assignment = existing or Assignment(user=user, role=role, level=level, valid_from=valid_from, **units)
    assignment.valid_to = valid_to
    assignment.full_clean()
    assignment.save()
    return assignment


@transaction.atomic
def admit_partner_app(
    *, name: str, client_id: str, client_secret: str, scopes: Iterable[str], service_account: User
) -> PartnerApp:
    """Admit an app that comes by client credentials and acts as its service account; an app of that id is updated.

    The secret is stored hashed. Raises ValueError for a scope that does not exist.
    """
    wanted = list(scopes)
    unknown = sorted(set(wanted) - set(TOKEN_SCOPES))
    if unknown:
        raise ValueError(f"Unknown scopes: {', '.join(unknown)}")
    app = PartnerApp.objects.filter(client_id=client_id).first() or PartnerApp(client_id=client_id)
    app.name = name
    app.client_secret = client_secret
    app.client_type = PartnerApp.CLIENT_CONFIDENTIAL
    app.authorization_grant_type = PartnerApp.GRANT_CLIENT_CREDENTIALS
    app.skip_authorization = False
    app.service_account = service_account
    app.allowed_scopes = " ".join(wanted)
    app.full_clean(exclude=["client_secret"])
    app.save()
    return app
