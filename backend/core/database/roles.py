"""Act as another database role for a while: `owner` to migrate, `loader` to bulk-load and back up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django.conf import settings
from django.db import connection

Role = Literal["owner", "app", "loader"]


@contextmanager
def acting_as(role: Role) -> Iterator[None]:
    """Reconnect the one database alias as `role`; back to the role before at the end.

    One alias instead of three: Wagtail's migrations write without naming an alias (docs/decisions/0004). For commands
    and tests only, because the threads of a process share the alias's settings. Raises RuntimeError inside a
    transaction, which closing the connection would end.
    """
    if connection.in_atomic_block:
        raise RuntimeError("acting_as() cannot change the role inside a transaction.")
    credentials = {key: settings.DATABASE_ROLES[role][key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    before = {key: connection.settings_dict[key] for key in credentials}
    connection.close()
    connection.settings_dict.update(credentials)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
