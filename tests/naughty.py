"""The Big List of Naughty Strings (`tests/data/README.md`): texts that break what takes them for something else."""

from __future__ import annotations

import json
from pathlib import Path

NAUGHTY: list[str] = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))
SOME_NAUGHTY: list[str] = NAUGHTY[1::3]
"""A third of each kind, where every text is dear to try: the list stands in order of kinds."""
