"""Maple's month over the services: hours, approvals, costs, the submission; what its documents are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from backend.cases.delivery.models import MonthSubmission
from tests.cases.delivery.month import SEPTEMBER, Month
from tests.mutations.office import Office


def month_of(office: Office) -> Month:
    """The people of the office's months."""
    people = {
        "provider": office.desk.provider,
        "institution": office.desk.coordinator,
        "author": office.desk.author,
        "head": office.till.head,
        "coordinator": office.cast.staff["coordinator of madona"],
        "region": office.cast.staff["coordinator of vidzeme"],
    }
    return Month(office.desk, office.cast, people)


def submitted(office: Office, *, claims: int = 1) -> MonthSubmission:
    """September: two hours of a teacher, approved by both, and costs, submitted."""
    month = month_of(office)
    month.counted(office.desk.measure(), dt.date(2023, 9, 11), dt.date(2023, 9, 13))
    for _ in range(claims):
        office.till.claim()
    sheet = month.sheet(month=SEPTEMBER)
    month.approve("head", sheet)
    month.approve("coordinator", sheet)
    return month.submit(month=SEPTEMBER)


def fetch(office: Office, app: str, path: str, **headers: str) -> Any:
    """A document as an app."""
    return Client().get(path, headers={"authorization": f"Bearer {office.token(app)}"} | headers)
