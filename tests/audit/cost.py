"""`make bench-pages`: processor time of every template against the standing demonstration (`tests.audit.page_cost`).

Processor time of one process, so other programs disturb it less than they would a clock; still, a quiet machine says more.
Writes `var/audit/page-cost.json`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.page_cost import Cost, is_made_for_one, table
from tests.standing import ROOT, Standing

FILE = ROOT / "var" / "audit" / "page-cost.json"
ANEW, KEPT = 15.0, 2.0
"""Milliseconds (issue 6)."""


@pytest.mark.usefixtures("db")
def test_every_template(standing: Standing) -> None:
    chosen = [path for path in os.environ.get("AUDIT", "").split(",") if path]
    command = [sys.executable, "-m", "tests.audit.page_cost", "--json", *chosen]
    done = subprocess.run(command, cwd=ROOT, env=standing.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    costs = [Cost(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    FILE.parent.mkdir(parents=True, exist_ok=True)
    Path(FILE).write_text(json.dumps(json.loads(done.stdout.splitlines()[-1]), indent=1) + "\n")
    print("\n" + table(costs))
    dear = [f"{cost.path}: {cost.anew:.1f} ms anew" for cost in costs if cost.anew > ANEW]
    kept = [cost for cost in costs if not is_made_for_one(cost.path)]
    assert dear + [f"{cost.path}: {cost.kept:.1f} ms kept" for cost in kept if cost.kept > KEPT] == []
