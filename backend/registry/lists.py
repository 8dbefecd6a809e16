"""What a value of each reference list says besides its name: the properties, their columns, and what must hold of them.

A value is named by its code, the same in all its versions. Where a list's rows have no code column, the code is made of
what tells them apart: `GENERAL` (target groups), `PLAN:5000.00` (approval tiers), `institution_head:plan_author` (roles).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Choices, Model
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.core.refusals import Code, Problems
from backend.core.text import has_unseen_signs, nfc
from backend.registry.models import (
    Anchor,
    ApprovalSubject,
    ApprovalTier,
    Deadline,
    FactClass,
    IncompatibilityReach,
    IncompatibleRoles,
    InterruptionGround,
    MeasureCategory,
    MeasureKind,
    OutcomeTheme,
    Position,
    ReferenceList,
    ReimbursementKind,
    RiskFactor,
    RiskGroup,
    SpecialistRole,
    Step,
)
from backend.registry.models.reference import SPECIAL_GROUPS, YOUTH_PROJECT_CODE
from backend.territory.models import ProgrammeKind, TargetGroup

NEEDED: Any = object()
"""Default of a property that a new value must state."""
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
_AMOUNT = re.compile(r"[0-9]{1,7}\.[0-9]{2}")
Columns = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property: its name in the API, its column, how it is read from text, and what a new value says where it is left out."""

    name: str
    column: str
    read: Callable[[str], Any]
    """Raises ValueError for a text that is none of its values."""
    default: Any = NEEDED


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """One list."""

    model: type[Model]
    columns: Callable[[str], Columns | None]
    """From a code to the columns that tell the value's versions from others'; None for what is no code of the list."""
    properties: tuple[Property, ...] = ()
    named: bool = True
    """Whether its values have names and places of their own."""
    of_programme: bool = False
    """Whether each programme has its own."""
    check: Callable[[Problems, Columns], None] = lambda problems, columns: None
    """Notes what does not fit together among the columns of a version."""
    label: Callable[[str], str] = str
    """The words for a value without a name, from its code, in the language in force."""


# -- how properties are read -----------------------------------------------------------------------------------------------
def _one_of(choices: type[Choices]) -> Callable[[str], Any]:
    return lambda text: choices(text).value


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = int(text) if re.fullmatch(r"-?[0-9]{1,4}", text) else least - 1
        if not least <= found <= most:
            raise ValueError(text)
        return found

    return read


def _line(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = nfc(text).strip()
        if len(found) > longest or has_unseen_signs(found):
            raise ValueError(text)
        return found

    return read


def _yes_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _roles(text: str) -> list[str]:
    return [Role(role).value for role in text.split()]


def as_text(value: Any) -> str:
    """A property as the API writes it: numbers with a point, yes or no as true or false, several values with spaces."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


# -- codes -----------------------------------------------------------------------------------------------------------------
def _plain_code(code: str) -> Columns | None:
    return {"code": code} if _CODE.fullmatch(code) else None


def _choice(column: str, choices: type[Choices]) -> Callable[[str], Columns | None]:
    return lambda code: {column: code} if code in choices.values else None


def _tier(code: str) -> Columns | None:
    subject, _colon, amount = code.partition(":")
    if subject not in ApprovalSubject.values or not _AMOUNT.fullmatch(amount):
        return None
    return {"subject": subject, "amount_from": Decimal(amount)}


def _pair(code: str) -> Columns | None:
    first, _colon, second = code.partition(":")
    if first not in Role.values or second not in Role.values or first >= second:
        return None
    return {"first_role": first, "second_role": second}


def _pair_label(code: str) -> str:
    return " + ".join(str(Role(role).label) for role in code.split(":"))


def _tier_label(code: str) -> str:
    subject, _colon, amount = code.partition(":")
    return f"{ApprovalSubject(subject).label}, {amount} EUR"


# -- what must fit together ------------------------------------------------------------------------------------------------
def _check_factor(problems: Problems, columns: Columns) -> None:
    if columns["group"] in SPECIAL_GROUPS and columns["fact_class"] != FactClass.SPECIAL:
        message = _("A fact about family, social environment or health is always special.")
        problems.add(Code.INVALID, message, "properties")


def _check_kind(problems: Problems, columns: Columns) -> None:
    codes: Mapping[str, list[str]] = {
        MeasureCategory.CONSULTATION: SpecialistRole.values,
        MeasureCategory.REIMBURSEMENT: ReimbursementKind.values,
        MeasureCategory.YOUTH_PROJECT: [YOUTH_PROJECT_CODE],
    }
    if columns["code"] not in codes[columns["category"]]:
        message = _("The code is none of this category: a specialist's role, a kind of reimbursement, or YOUTH_PROJECT.")
        problems.add(Code.INVALID, message, "code")


def _check_stages(problems: Problems, columns: Columns) -> None:
    most = 12 if columns["programme_kind"] == ProgrammeKind.GENERAL else 4
    if not columns["first_stage"] <= columns["last_stage"] <= most:
        problems.add(Code.INVALID, _("Grades are 1 to 12 and courses 1 to 4, the first before the last."), "properties")


_UNCHANGED = _("One position stands on timesheets by default, and stays it.")


def _check_default(problems: Problems, columns: Columns) -> None:
    before = Position.objects.filter(code=columns["code"]).order_by("-valid_from").first()
    if columns["is_default"] != (before is not None and before.is_default):
        problems.add(Code.INVALID, _UNCHANGED, "properties")


LISTS: dict[ReferenceList, ListSpec] = {
    ReferenceList.RISK_FACTORS: ListSpec(
        model=RiskFactor,
        columns=_plain_code,
        properties=(
            Property(name="group", column="group", read=_one_of(RiskGroup)),
            Property(name="factClass", column="fact_class", read=_one_of(FactClass)),
        ),
        check=_check_factor,
    ),
    ReferenceList.MEASURE_KINDS: ListSpec(
        model=MeasureKind,
        columns=_plain_code,
        properties=(
            Property(name="category", column="category", read=_one_of(MeasureCategory)),
            Property(name="unit", column="unit", read=_line(120), default=""),
            Property(name="limitText", column="limit_text", read=_line(300), default=""),
            Property(name="note", column="note", read=_line(500), default=""),
            Property(name="groupSizeMax", column="group_size_max", read=_number(1, 100), default=1),
        ),
        check=_check_kind,
    ),
    ReferenceList.POSITIONS: ListSpec(
        model=Position,
        columns=_plain_code,
        properties=(
            Property(name="specialistRole", column="specialist_role", read=_one_of(SpecialistRole)),
            Property(name="isDefault", column="is_default", read=_yes_no, default=False),
        ),
        check=_check_default,
    ),
    ReferenceList.OUTCOME_THEMES: ListSpec(model=OutcomeTheme, columns=_plain_code),
    ReferenceList.INTERRUPTION_GROUNDS: ListSpec(model=InterruptionGround, columns=_plain_code),
    ReferenceList.TARGET_GROUPS: ListSpec(
        model=TargetGroup,
        columns=_choice("programme_kind", ProgrammeKind),
        properties=(
            Property(name="firstStage", column="first_stage", read=_number(1, 12)),
            Property(name="lastStage", column="last_stage", read=_number(1, 12)),
        ),
        named=False,
        of_programme=True,
        check=_check_stages,
        label=lambda code: str(ProgrammeKind(code).label),
    ),
    ReferenceList.INCOMPATIBLE_ROLES: ListSpec(
        model=IncompatibleRoles,
        columns=_pair,
        properties=(Property(name="reach", column="reach", read=_one_of(IncompatibilityReach)),),
        named=False,
        label=_pair_label,
    ),
    ReferenceList.APPROVAL_TIERS: ListSpec(
        model=ApprovalTier,
        columns=_tier,
        properties=(
            Property(name="approvals", column="approvals", read=_number(1, 3)),
            Property(name="secondRoles", column="second_roles", read=_roles, default=[]),
        ),
        named=False,
        of_programme=True,
        label=_tier_label,
    ),
    ReferenceList.DEADLINES: ListSpec(
        model=Deadline,
        columns=_choice("step", Step),
        properties=(
            Property(name="anchor", column="anchor", read=_one_of(Anchor)),
            Property(name="days", column="days", read=_number(-365, 365)),
        ),
        named=False,
        label=lambda code: str(Step(code).label),
    ),
}


def name_of(row: Any, language: str) -> str:
    """Name of a `ReferenceValue` in a language (lv, en): its own, or words for its code; empty where there is none."""
    spec = LISTS[ReferenceList(row.list)]
    if spec.named:
        return str(row.name_lv if language == "lv" else row.name_en)
    with translation.override(language):
        return spec.label(row.code)
