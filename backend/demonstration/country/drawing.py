"""Chance and keys inside SQL: drawn from the keys of the rows that a new row hangs on, so the seed decides them too.

Tables that follow from others (an application from its plan, a timesheet from the hours) are written set-wise by the server.
"""

from __future__ import annotations

from django.db import connection

from backend.demonstration.country.places import PREFIX
from backend.demonstration.country.resetting import GENERATION

HERE = f"(select id from territory_institution where code like '{PREFIX}%')"
"""The country's institutions: nothing is drawn for the seed school and the examples."""
TZ = "'Europe/Riga'"

_GENERATION = f"(select coalesce(max(rows), 0)::text from demonstration_countryroom where name = '{GENERATION}')"


def share(key: str, number: int) -> str:
    """SQL of a number from 0 to below 1, drawn from the uuid expression `key`; another `number`, another draw."""
    return f"((uuid_hash_extended({key}, {number}) & 2147483647)::float8 / 2147483648)"


def among(key: str, number: int, count: str) -> str:
    """SQL of an integer from 0 to below `count` (an SQL expression)."""
    return f"(floor({share(key, number)} * {count})::integer)"


def key_after(parent: str, name: str) -> str:
    """SQL of the key of a row that hangs on `parent` (a time-ordered uuid): of the same time, its rest drawn.

    `name` is SQL text and tells the rows of one parent apart.
    """
    return f"(substr({parent}::text, 1, 20) || substr(md5({parent}::text || {name}), 1, 15))::uuid"


def key_at(moment: str, name: str) -> str:
    """SQL of a time-ordered key for a row of that moment that hangs on several; `name` (SQL text) tells which.

    Countries that stood here before had other keys: the deletion of a row is the last that history says of its key.
    """
    name = f"{name} || {_GENERATION}"
    milliseconds = f"lpad(to_hex((extract(epoch from {moment}) * 1000)::bigint), 12, '0')"
    return f"({milliseconds} || '7' || substr(md5({name}), 1, 3) || '8' || substr(md5({name}), 4, 15))::uuid"


def run(statement: str) -> int:
    """Run one statement of ours; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def count(statement: str) -> int:
    """Run one statement of ours that writes and answers how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
