"""The two clocks of the platform (contract, "Two clocks").

Business dates (plan periods, due dates, divisions in force) ask `business_today()`, which the demonstration sets back
to `DEMO_TODAY`. Tokens, sessions, sealing and editors' publishing use real time, `now()`.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone


def business_today() -> dt.date:
    """Today as the case work sees it: `DEMO_TODAY` where set, else the date in Latvia."""
    fixed: dt.date | None = settings.DEMO_TODAY
    return fixed or timezone.localdate()


def now() -> dt.datetime:
    """The real moment, aware."""
    return timezone.now()
