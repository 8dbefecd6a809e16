"""The first thing a stranger may lack is a Python that is new enough."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def stand_in(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", "deploy/local/with-python", "-c", "print('ran')"]
    return subprocess.run(command, cwd=ROOT, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def test_an_old_python_is_named_with_the_remedy(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", "echo 3.9")
    done = run(tmp_path)
    assert done.returncode == 1
    assert "Python is too old: found 3.9, this platform needs 3.11 or newer." in done.stderr
    assert "apt-get install python3.11" in done.stderr


def test_no_python_at_all(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 1
    assert "Python was not found" in done.stderr


@pytest.mark.parametrize("broken", ["exit 127", "echo 3.8"])
def test_a_name_that_does_not_work_is_passed_over(tmp_path: Path, broken: str) -> None:
    stand_in(tmp_path, "python3.11", broken)
    stand_in(tmp_path, "python3", f'exec {sys.executable} "$@"')
    done = run(tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "ran")
