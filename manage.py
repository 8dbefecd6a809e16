#!/usr/bin/env python
"""Django's command line. Connects as the serving role `app`; commands that need more say so themselves."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from backend.config.env import SettingsError
    from backend.core.database.unreachable import what_to_do

    try:
        execute_from_command_line(sys.argv)
    except SettingsError as problem:
        sys.exit(str(problem))
    except OperationalError as problem:
        advice = what_to_do(problem)
        if advice is None or "--traceback" in sys.argv:
            raise
        sys.exit(advice)


if __name__ == "__main__":
    main()
