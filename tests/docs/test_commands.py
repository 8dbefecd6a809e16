"""The README's commands do what it says, pasted as they stand against a running platform."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.standing import Standing

ROOT = Path(__file__).resolve().parents[2]
INTEGRATOR = sorted((ROOT / "docs" / "integrator").glob("*.md"))


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def _paste(script: str, standing: Standing) -> str:
    """What a shell prints for `script`, at the standing platform's port instead of the usual one."""
    environment = {**os.environ, "VAR_ROOT": str(standing.var)}
    done = subprocess.run(
        ["sh", "-eu"], input=script.replace("http://127.0.0.1:8000", standing.base_url), cwd=ROOT, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readmes_query_gives_the_true_figures(standing: Standing) -> None:
    script = next(block for block in _blocks(ROOT / "README.md", "sh") if "graphql" in block)
    answer = json.loads(_paste(script, standing))
    report = answer["data"]["semesterReport"]
    paid = {row["kind"]: row for row in report["reimbursements"]}
    assert report["plans"] == 157
    assert paid["CATERING"] == {"kind": "CATERING", "learners": 151, "amount": "31732.17"}
    assert paid["ACCOMMODATION"]["learners"] == 47
    assert paid["PUBLIC_TRANSPORT"]["learners"] == 20
    assert "errors" not in answer


def test_there_is_one_command_to_start_and_one_to_test() -> None:
    blocks = [block.strip() for block in _blocks(ROOT / "README.md", "sh")]
    assert blocks[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("sheet", INTEGRATOR, ids=lambda sheet: sheet.name)
def test_the_integrators_commands_run(sheet: Path, standing: Standing) -> None:
    """Shell blocks of a page share their variables, as they would in a reader's terminal."""
    blocks = _blocks(sheet, "sh")
    if blocks:
        printed = _paste("\n".join(blocks), standing)
        assert '"errors"' not in printed.replace('"errors":[]', ""), "neither refused nor refused by a command"


def test_the_integrators_pages_show_commands() -> None:
    assert sum(len(_blocks(page, "sh")) for page in INTEGRATOR) >= 3
