"""People from outside the schools: of youth organisations, the social service, the police. Nobody of them can sign in."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.models import User
from backend.demonstration.country.drawing import HERE, key_at, run
from backend.demonstration.people import UNUSABLE_PASSWORD
from backend.territory.models import Municipality

KINDS = ("youth", "social", "police")
_SINCE = "timestamptz '2018-09-03 05:00+00'"
# Invented names of the country's own staff, borrowed: two people of one name are nothing unusual.
_PEOPLE = f"""
insert into accounts_user (id, password, last_login, is_superuser, username, first_name, last_name, sort_key, email, is_staff,
    is_active, date_joined, is_service)
select {key_at(_SINCE, "m.code || k.kind")}, '{UNUSABLE_PASSWORD}', null, false, 'staff.dc.' || k.kind || '.' || lower(m.code),
    n.first_name, n.last_name, n.sort_key, '', false, true, {_SINCE}, false
from (select distinct m.id, m.code from territory_municipality m join territory_institution i on i.municipality_id = m.id
      where i.id in {HERE} and i.kind = 'GENERAL') m
cross join (values {", ".join(f"('{kind}', {place})" for place, kind in enumerate(KINDS))}) as k (kind, place)
cross join lateral (select u.first_name, u.last_name, u.sort_key from accounts_user u where u.username like 'staff.dc-%'
                    order by uuid_hash_extended(u.id, 101 + k.place + hashtext(m.code)) limit 1) n
order by 1"""


def load() -> int:
    """Three people in each municipality that is a partner; how many."""
    return run(_PEOPLE)


def outsider(kind: str) -> dict[UUID, UUID]:
    """The person of that kind by the municipality's key."""
    users = dict(User.objects.filter(username__startswith=f"staff.dc.{kind}.").values_list("username", "id"))
    codes = {f"staff.dc.{kind}.{code.lower()}": key for code, key in Municipality.objects.values_list("code", "id")}
    return {codes[name]: user for name, user in users.items() if name in codes}
