"""The tables of the trail, as sealing, verifying and erasing see them: each has kept columns and columns that can be blanked.

An entry's commitment (its leaf) is made of two parts, so that an erasure can blank one of them and the other stays
provable: leaf = sha256(00 || sha256(kept) || blankable), where blankable = sha256(salt || blankable columns) while they stand
and the stored `trail_erased` afterwards (docs/decisions/0031-sealed-commitments.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.trail.declarations import Audited, audited_tables

SCHEMA = "trail"
META_BLANKS = {"trail_reason": "null"}
"""A reason is free text: it goes with the learner's texts."""


@dataclass(frozen=True)
class TrailTable:
    """`blanks`: column -> SQL of its blank value. `learner`: condition with `{learner}`, empty where there is none."""

    name: str
    blanks: dict[str, str]
    learner: str = ""

    @property
    def quoted(self) -> str:
        return f'{SCHEMA}."{self.name}"'

    def rows_of(self, learner: str) -> str:
        """Condition for one learner's entries."""
        return self.learner.replace("{learner}", learner)

    def blankable(self, row: str) -> str:
        """SQL: the hash of what an erasure takes away, salted."""
        pairs = ", ".join(f"'{column}', {row}.\"{column}\"" for column in sorted(self.blanks))
        content = f"jsonb_strip_nulls(jsonb_build_object({pairs}))::text"
        return f"sha256(uuid_send({row}.trail_salt) || convert_to({content}, 'UTF8'))"

    def leaf(self, row: str) -> str:
        """SQL: the commitment of one entry. Needs `PINNED` settings, which decide how values are spelt."""
        outside = ["trail_salt", "trail_erased", *sorted(self.blanks)]
        listed = ", ".join(f"'{column}'" for column in outside)
        kept = f"jsonb_strip_nulls(to_jsonb({row}) - array[{listed}])::text"
        return (
            f"sha256('\\x00'::bytea || sha256(convert_to('{self.name} ' || {kept}, 'UTF8')) "
            f"|| coalesce({row}.trail_erased, {self.blankable(row)}))"
        )


PINNED = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""Settings under which an entry is spelt out, wherever that happens."""

READS = TrailTable("read_entry", {"purpose": "null"}, "learner_id = {learner}")
ERASURES = TrailTable("erasure", {})


def history_table(declared: Audited) -> TrailTable:
    """The history of one audited table."""
    blanks = {**declared.blanks, **META_BLANKS} if declared.learner else {}
    return TrailTable(declared.table, blanks, declared.learner)


RETIRED = (TrailTable("workspace_workitem", META_BLANKS, "learner_id = {learner}"),)
"""Histories of tables that are gone: nothing is written any more, and what was sealed stays provable."""


def trail_tables() -> list[TrailTable]:
    """Every table into which entries are written."""
    return [*(history_table(declared) for declared in audited_tables()), READS, ERASURES]


def sealed_tables() -> list[TrailTable]:
    """Every table that may hold sealed entries; of those that are retired a younger database has none."""
    return [*trail_tables(), *RETIRED]
