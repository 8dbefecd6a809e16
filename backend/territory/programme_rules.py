"""Loads what rules compute with, from the same list of terms that the programme's page shows: one statement, one source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from backend.core.identifiers import uuid_for
from backend.core.models import SourceStatus
from backend.core.reference import EDITED, load_rows
from backend.territory.models import (
    BudgetRevision,
    BudgetShare,
    EligibleKind,
    FundingRule,
    FundingSource,
    InstitutionKind,
    ProgrammeKind,
    TargetGroup,
)

_GROUPS = {"grades_covered": ProgrammeKind.GENERAL, "courses_covered": ProgrammeKind.VOCATIONAL}
_SHARES = {"budget_esf": "ESF", "budget_state": "STATE"}
_REVISIONS = ("plan", "esfondi.lv")
"""In the order of time (domain.md 0: the second is later; neither day was found)."""
_SINCE, _AMENDED = dt.date(2017, 3, 16), dt.date(2019, 1, 1)
_AGREEMENTS = "IKVD, page on the project: municipalities and state vocational institutions are partners"
_AMENDMENT = "https://www.izm.gov.lv/lv/fondi/es-strukturfondi/2014-2020/aktualitates/3679-iespeja-vel-vairak-izglitibas-iestadem-iesaistities-projekta-pumpurs"
_KINDS = [
    (InstitutionKind.GENERAL, _SINCE, _AGREEMENTS, SourceStatus.FOUND, ""),
    (InstitutionKind.STATE_VOCATIONAL, _SINCE, _AGREEMENTS, SourceStatus.FOUND, ""),
    (
        InstitutionKind.MUNICIPAL_VOCATIONAL,
        _SINCE,
        _AGREEMENTS,
        SourceStatus.INFERRED,
        "a municipality's institution takes part under the municipality's agreement",
    ),
    (InstitutionKind.STATE_GENERAL, _AMENDED, _AMENDMENT, SourceStatus.PARTLY_INFERRED, "the year is known; not the day"),
    (InstitutionKind.COLLEGE, _AMENDED, _AMENDMENT, SourceStatus.PARTLY_INFERRED, "the year is known; not the day"),
]


def load_programme_rules(*, programme: str, programme_id: UUID, terms: list[dict[str, str]]) -> dict[str, int]:
    """Load target groups, eligible kinds, funding sources and their split, and the budget's revisions.

    `terms`: rows of `programme_terms.csv`. Returns the number of rows by list. Needs a transaction of the caller's.
    """

    def key(kind: str, code: str) -> UUID:
        return uuid_for(kind=kind, code=f"{programme}:{code}")

    groups = [row for row in terms if row["code"] in _GROUPS]
    sources = [
        FundingSource(
            id=key(FundingSource.tag, code),
            programme_id=programme_id,
            code=code,
            name_lv=lv,
            name_en=en,
            position=position,
            source="Ministry of Finance, page on Klase (esfondi.lv)",
            source_status=SourceStatus.FOUND,
        )
        for position, (code, lv, en) in enumerate(
            [("ESF", "Eiropas Sociālais fonds", "European Social Fund"), ("STATE", "Valsts budžets", "State budget")], start=1
        )
    ]
    return {
        "target groups": load_rows(
            TargetGroup,
            [_target_group(row, key(TargetGroup.tag, f"{row['code']}:{row['revision']}"), programme_id) for row in groups],
            keep=EDITED,
        ),
        "eligible kinds": load_rows(
            EligibleKind,
            [
                EligibleKind(
                    id=key(EligibleKind.tag, kind),
                    programme_id=programme_id,
                    kind=kind,
                    valid_from=since,
                    source=source,
                    source_status=status,
                    source_note=note,
                )
                for kind, since, source, status, note in _KINDS
            ],
        ),
        "funding sources": load_rows(FundingSource, sources),
        "funding rules": load_rows(
            FundingRule,
            [
                FundingRule(
                    id=key(FundingRule.tag, "2017"),
                    programme_id=programme_id,
                    rounded_source=sources[0],
                    share=Decimal("0.85"),
                    rest_source=sources[1],
                    valid_from=_SINCE,
                    source="both published divisions of the programme's money",
                    source_status=SourceStatus.PARTLY_INFERRED,
                    source_note="85/15 is stated; rounding down is inferred, and gives both divisions exactly",
                )
            ],
        ),
        **_budgets(terms, key, programme_id),
    }


def _target_group(row: dict[str, str], key: UUID, programme_id: UUID) -> TargetGroup:
    first, _dash, last = row["value_text"].partition("-")
    return TargetGroup(
        id=key,
        programme_id=programme_id,
        programme_kind=_GROUPS[row["code"]],
        first_stage=int(first),
        last_stage=int(last),
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        **_provenance(row),
    )


def _budgets(terms: list[dict[str, str]], key: Callable[[str, str], UUID], programme_id: UUID) -> dict[str, int]:
    of = {(row["code"], row["revision"]): row for row in terms}
    revisions = [
        BudgetRevision(
            id=key(BudgetRevision.tag, revision),
            programme_id=programme_id,
            code=revision,
            position=position,
            total=Decimal(of["budget_total", revision]["value_number"]),
            **_provenance(of["budget_total", revision]),
        )
        for position, revision in enumerate(_REVISIONS, start=1)
    ]
    shares = [
        BudgetShare(
            id=key(BudgetShare.tag, f"{revision}:{source}"),
            revision_id=key(BudgetRevision.tag, revision),
            source_of_funds_id=key(FundingSource.tag, source),
            amount=Decimal(of[term, revision]["value_number"]),
            **_provenance(of[term, revision]),
        )
        for revision in _REVISIONS
        for term, source in _SHARES.items()
    ]
    return {"budget revisions": load_rows(BudgetRevision, revisions), "budget shares": load_rows(BudgetShare, shares)}


def _provenance(row: dict[str, str]) -> dict[str, str]:
    return {"source": row["source"], "source_status": row["status"], "source_note": row["note"]}
