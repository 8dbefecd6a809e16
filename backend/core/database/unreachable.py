"""What to tell a person whose command found no database."""

from __future__ import annotations

from django.db import OperationalError, connection


def what_to_do(problem: OperationalError) -> str | None:
    """Advice for a connection that could not be made; None when the failure is of another kind.

    The driver gives no code for a failed connection, only for statements that a server refused.
    """
    cause = problem.__cause__
    if getattr(cause, "sqlstate", None) is not None or connection.connection is not None:
        return None
    said = " ".join(str(problem).split())
    host = connection.settings_dict["HOST"]
    if host.startswith("/") and ("No such file" in said or "refused" in said):
        return "The database is not running: start it with `make demo` or `make db`."
    if "authentication failed" in said:
        return (
            f"The database at {host} does not accept this password. Run `make demo` or `make db` once to set the roles up again."
        )
    return f"The database at {host or 'the default socket'} cannot be reached: {said}"
