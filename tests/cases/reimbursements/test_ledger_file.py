"""The ledger as CSV, and cells that spreadsheets do not reckon."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from backend.accounts.scope import scoped
from backend.cases.reimbursements.ledger_file import HEADINGS, ledger_csv
from backend.cases.reimbursements.selectors import ledger_entries
from backend.core.spreadsheets import safe_cell
from backend.registry.models import CooperationAgreement
from tests.cases.reimbursements.till import Till
from tests.factories.cast import Cast
from tests.naughty import SOME_NAUGHTY


def _rows(till: Till, who: Any) -> list[list[str]]:
    scope = till.desk.scope(who)
    with scoped(scope):
        text = "".join(ledger_csv(scope=scope, entries=ledger_entries(scope=scope)))
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_line_for_each_posting(till: Till, cast: Cast) -> None:
    CooperationAgreement.objects.filter(pk=till.agreement.pk).update(number='=HYPERLINK("http://x","P6")')
    till.pay(till.batch(till.approved()))
    head, *rows = _rows(till, till.desk.author)
    assert head == list(HEADINGS)
    assert [(row[2], row[8], row[9], row[10], row[11]) for row in sorted(rows, key=lambda row: (row[2], row[7]))] == [
        ("CLAIM_APPROVED", "5100", "31.50", "0.00", ""),
        ("CLAIM_APPROVED", "2100", "0.00", "31.50", ""),
        ("PAYMENT", "2100", "31.50", "0.00", ""),
        ("PAYMENT", "1900", "0.00", "26.77", "ESF"),
        ("PAYMENT", "1900", "0.00", "4.73", "STATE"),
    ]
    assert {row[4] for row in rows} == {'\'=HYPERLINK("http://x","P6")'}
    assert sum(Decimal(row[9]) for row in rows) == sum(Decimal(row[10]) for row in rows)
    assert _rows(till, cast.staff["head of linden"]) == [head], "another school sees none of it"


def test_statements_do_not_grow_with_the_lines(till: Till, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        till.approved()
    scope = till.desk.scope(till.desk.author)
    with scoped(scope), django_assert_max_num_queries(3):
        assert len(list(ledger_csv(scope=scope, entries=ledger_entries(scope=scope)))) == 7


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff0b1", "\uff20x", "\ufeff=1", "\x00=1"]
)
def test_no_text_begins_like_a_formula(text: str) -> None:
    shown = safe_cell(text)
    assert isinstance(shown, str)
    assert shown.startswith("'")


def test_other_cells_stay_as_they_are() -> None:
    for value in ("Rēķins Nr. 5", "A=1", "", 5, Decimal("-5.00"), True):
        assert safe_cell(value) == value
    assert safe_cell(None) == ""


def test_hostile_texts_come_back_unharmed_or_marked() -> None:
    for text in SOME_NAUGHTY:
        written = io.StringIO()
        csv.writer(written).writerow([safe_cell(text)])
        ((back,),) = list(csv.reader(io.StringIO(written.getvalue(), newline=""))) or [("",)]
        assert back in {text, f"'{text}"} or "\x00" in text
        assert not back.lstrip("\t\r\n ").startswith(("=", "+", "@", "-"))
