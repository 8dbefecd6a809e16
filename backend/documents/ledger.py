"""`/documents/ledger/<id>.csv`: the ledger of an institution, of a partner's agreement, or all of it, as CSV of any length."""

from __future__ import annotations

import datetime as dt
from tempfile import SpooledTemporaryFile
from typing import IO

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.reimbursements.ledger_file import ledger_csv
from backend.cases.reimbursements.selectors import ledger_entries
from backend.core.identifiers import key_of
from backend.core.refusals import Code, Problems
from backend.registry.models import CooperationAgreement
from backend.territory.models import Institution

_IN_MEMORY = 1024 * 1024
ALL = "all"
"""In place of an id: everything that the caller reaches."""


def entries_of(*, scope: Scope, public_id: str) -> Q | None:
    """Condition for the entries that an address names; None where it names nothing that the caller may read the ledger of."""
    if not scope.opens_anything(Area.MONEY):
        return None
    if public_id == ALL:
        return Q()
    institution = key_of(public_id, tag=Institution.tag)
    if institution is not None:
        inside = scope.reaches_whole_state(Area.MONEY) or institution in scope.institutions(Area.MONEY)
        known = inside and Institution.objects.filter(pk=institution).exists()
        return Q(institution_id=institution) if known else None
    agreement = key_of(public_id, tag=CooperationAgreement.tag)
    if agreement is None or not CooperationAgreement.objects.filter(pk=agreement).exists():
        return None
    return Q(agreement_id=agreement)


def booked_between(request: HttpRequest) -> Q:
    """Condition of `?from=2023-01-01&to=2023-06-30`, both days included. Raises Refusal INVALID for what is no day."""
    condition, problems = Q(), Problems()
    for name, lookup in (("from", "booked_on__gte"), ("to", "booked_on__lte")):
        given = request.GET.get(name)
        if given is None:
            continue
        try:
            condition &= Q(**{lookup: dt.date.fromisoformat(given)})
        except ValueError:
            problems.add(Code.INVALID, _("Write the day as year-month-day, such as 2023-10-16."), name)
    problems.refuse()
    return condition


def written(*, scope: Scope, condition: Q) -> IO[bytes]:
    """The lines in a file without a name, read line by line; whoever fetches it slowly holds no connection to the database, and a
    fault leaves nobody with half a ledger. Needs the transaction that `scope` was entered in.
    """
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (closed by who hands it over)
    file.writelines(line.encode() for line in ledger_csv(scope=scope, entries=ledger_entries(scope=scope).filter(condition)))
    file.seek(0)
    return file
