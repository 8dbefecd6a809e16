"""What closing a semester signs: it stands once it is sealed, and whatever is changed afterwards is found, wherever it is."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from backend.accounts.scope import scoped
from backend.core.database.roles import acting_as
from backend.core.trail.sealing import seal_all
from backend.insight.statistics.closing import close_semester
from backend.insight.statistics.installation import installation
from backend.insight.statistics.report import hash_of_figures
from backend.insight.statistics.signatures import signatures
from backend.insight.statistics.tasks import check
from backend.territory.models import Semester
from tests.factories.cast import Cast
from tests.trail.conftest import committed, trail_files  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
_TABLES = ("statistics_reportsnapshot", "statistics_semesterclosure")
_FIGURES = {"plans": 1, "semester": "2022/2023-2"}
_FORGED = {"figures": json.dumps(_FIGURES), "hash": hash_of_figures(_FIGURES)}
"""Figures and a hash that fit each other."""
_SNAPSHOT = "update statistics_reportsnapshot set figures = %(figures)s, content_hash = %(hash)s"
_CLOSING = "update statistics_semesterclosure set content_hash = %(hash)s"
_ENTRY = "update trail.statistics_reportsnapshot set figures = %(figures)s, content_hash = %(hash)s"


@pytest.fixture
def closed(committed: Cast) -> Cast:  # noqa: F811
    scope = committed.scope("agency")
    with scoped(scope):
        close_semester(scope=scope, semester_id=Semester.objects.get(code="2022/2023-2").pk)
    return committed


def _verify() -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_snapshots", stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_closing_waits_for_its_seal_and_then_stands(closed: Cast) -> None:
    code, out, _err = _verify()
    assert code == 0
    assert "waits for its seal" in out
    blocks = list(seal_all())
    code, out, err = _verify()
    assert (code, err) == (0, "")
    assert f"as signed, block {blocks[-1].number}, head {blocks[-1].head}" in out
    assert "1 sealed reports, 1 as signed." in out
    with scoped(installation()):
        (found,) = signatures()
    assert found.stands, "whoever reaches the whole state proves it too, not the loader alone"


TAMPERED: dict[str, str] = {
    "its figures do not give its hash": "update statistics_reportsnapshot set figures = jsonb_set(figures, '{plans}', '7')",
    "the row is not what its last entry says": _SNAPSHOT,
    "its entry is not what block": f"with s as ({_SNAPSHOT}), c as ({_CLOSING}) {_ENTRY}",
    "the closing names another hash": _CLOSING,
    "the closing: the row is not what": "update statistics_semesterclosure set closed_at = closed_at - interval '1 day'",
    "does not give its own head": "update trail.block set head = sha256('other')",
    "do not give its root": "update trail.block set leaves = sha256('other') || substr(leaves, 33)",
    "the trail has no entry of it": "delete from trail.statistics_reportsnapshot",
}
"""What is told -> what the owner of the tables did, who can do anything in the database."""


def _tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(statement, _FORGED if "%(" in statement else None)
        assert cursor.rowcount > 0
        for table in _TABLES:
            cursor.execute(f"alter table {table} enable trigger user")


def test_whatever_is_changed_afterwards_is_found(closed: Cast) -> None:
    list(seal_all())
    with acting_as("owner"):
        for finds, statement in TAMPERED.items():
            with transaction.atomic():
                _tamper(statement)
                (found,) = signatures()
                assert finds in "; ".join(found.problems), finds
                assert not found.stands
                transaction.set_rollback(True)
        with transaction.atomic():
            (found,) = signatures()
            assert found.stands
        _tamper(_CLOSING)
    code, _out, err = _verify()
    assert code == 1
    assert "the closing names another hash" in err
    assert "1 of 1 sealed reports are not what was signed." in err
    assert len(check.call()["signatures"]) == 1, "the nightly check finds it too"


def test_a_block_that_was_rewritten_whole_differs_from_its_anchor(closed: Cast, trail_files: Path) -> None:  # noqa: F811
    list(seal_all())
    anchors = trail_files / "anchors.log"
    lines = [json.loads(line) for line in anchors.read_text().splitlines()]
    anchors.write_text("".join(json.dumps({**line, "head": "00" * 32}) + "\n" for line in lines))
    code, _out, err = _verify()
    assert code == 1
    assert "has another head than its anchor" in err
    anchors.unlink()
    assert "has no anchor" in _verify()[2]
