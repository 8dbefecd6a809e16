"""Releases: protected, audited against earlier ones, frozen, and kept from who may not make them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from backend.accounts.scope import NOBODY, enter_scope, scoped
from backend.core.refusals import Code, Refusal
from backend.insight.disclosure.shapes import Table
from backend.insight.evaluation.reproducing import UnknownFigureError, reproduce
from backend.insight.evaluation.reproducing_releases import SQL, counted, release_names, statement_of
from backend.insight.statistics.models import Release, ReleaseEvidence, ReleaseProfile, ReleaseTable
from backend.insight.statistics.releases.catalogue import TABLES, exact_tables
from backend.insight.statistics.releases.publishing import publish_release
from backend.insight.statistics.releases.stored import earlier_of, hash_of
from backend.registry.models import RiskFactor
from backend.territory.models import Semester
from tests.factories.cast import Cast
from tests.factories.rows import (
    ClaimFactory,
    ConsultationFactory,
    EnrolmentFactory,
    MeasureFactory,
    RiskAssessmentFactory,
    SupportPlanFactory,
    whole_state,
)
from tests.insight.disclosure.attacker import intervals

SOME = ("plans-territory", "learners-territory", "plans-kind", "risks-period")


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Schools with enough plans that something can be shown: 14, 9, 7 and 3 more at four of them."""
    with whole_state():
        for code, number in (("maple", 14), ("linden", 9), ("birch", 7), ("oak", 3)):
            for place in range(number):
                plan = SupportPlanFactory(enrolment=EnrolmentFactory(institution=cast.schools[code]))
                factor = ("low_motivation", "violence")[place % 2]
                RiskAssessmentFactory(plan=plan, risk_factor=RiskFactor.objects.get(code=factor))
                MeasureFactory(plan=plan)
    return cast


def _publish(cast: Cast, person: str = "agency", **given: Any) -> Release:
    scope = cast.scope(person)
    with scoped(scope):
        return publish_release(scope=scope, **given)


def _handed_out(*releases: Release) -> list[tuple[Table, dict[Any, str | None]]]:
    found = []
    with whole_state():
        for table in ReleaseTable.objects.filter(release__in=releases).select_related("evidence"):
            kept = earlier_of(
                code=table.code, stored=table.cells, figures=table.evidence.figures, profile=table.evidence.profile
            ).table
            found.append((kept, dict(zip(kept.coordinates(), table.cells["values"], strict=True))))
    return found


def _hold(*releases: Release) -> int:
    """The attacker with all of these releases; the number of cells in doubt. Learners, who do not add up, are not theirs."""
    handed_out = [pair for pair in _handed_out(*releases) if not pair[0].code.startswith("learners")]
    values = {table.key(at): int(table.cell(at).value) for table, _published in handed_out for at in table.coordinates()}
    found = intervals(handed_out=handed_out)
    for key, (low, high) in found.items():
        assert high - low >= 5, key
        assert low < values[key] < high or (values[key] == low == 0 < high), key
    return len(found)


def test_a_release_is_protected_hashed_and_frozen(busy: Cast) -> None:
    release = _publish(busy, tables=SOME)
    assert (release.code, release.number, release.audience) == ("public-1", 1, "PUBLIC")
    tables = list(release.tables.all())
    assert [table.code for table in tables] == sorted(SOME)
    assert release.content_hash == hash_of([table.content_hash for table in tables])
    assert all(table.content_hash == hash_of(table.cells) for table in tables)
    assert _hold(release) > 10
    shown = [value for table in tables for value in table.cells["values"] if value not in (None, "0")]
    assert shown
    assert min(int(value) for value in shown) >= 5
    audit = release.protection["audit"]
    assert audit["sensitive"] > 0
    assert audit["cells"] == sum(len(table.cells["values"]) for table in tables)
    with whole_state(), pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        ReleaseEvidence.objects.filter(table=tables[0]).update(figures=[])


def test_every_figure_comes_out_of_the_raw_rows(busy: Cast) -> None:
    """Of every declared table, by SQL that knows neither facts nor cubes; by the divisions of two days."""
    with whole_state():
        for place in range(9):
            plan = SupportPlanFactory(enrolment=EnrolmentFactory(institution=busy.schools[("maple", "birch")[place % 2]]))
            ConsultationFactory(measure=MeasureFactory(plan=plan), held_on=dt.date(2023, 2, 6) + dt.timedelta(days=place))
            claim = ClaimFactory(measure=MeasureFactory(plan=plan, code="CATERING"))
            if place < 2:
                ClaimFactory(measure=claim.measure, amount=-claim.amount, reverses=claim)
        told = set()
        for day in (dt.date(2023, 10, 16), dt.date(2025, 7, 1)):
            for table in exact_tables(division_on=day):
                filled = [at for at in table.coordinates() if table.cell(at).value]
                for at in filled[:: max(1, len(filled) // 8)]:
                    assert counted(*statement_of(table, at, day)) == table.cell(at).value, (table.code, at)
                    told.add(table.measure.code)
    assert told == SQL.keys()


def test_a_released_figure_is_told_and_reckoned_again(busy: Cast) -> None:
    scope = busy.scope("agency")
    release = _publish(busy, tables=("plans-kind",))
    names = list(release_names(scope=scope))
    for name in names[:6]:
        enter_scope(NOBODY)
        notebook = reproduce(scope=scope, name=name)
        assert notebook.same, (name, notebook.told, notebook.again)
        assert "select count(*) from plans_supportplan" in notebook.steps[1]
    hidden = next(
        f"release:{release.code}:{table.code}:{','.join(at)}"
        for table, published in _handed_out(release)
        for at, value in published.items()
        if value is None
    )
    for who, name in ((scope, hidden), (busy.scope("coordinator of madona"), names[0]), (scope, "release:none:plans-kind:,")):
        with pytest.raises(UnknownFigureError):
            reproduce(scope=who, name=name)


def test_exact_figures_are_the_report_s(busy: Cast) -> None:
    from backend.insight.statistics.selectors import semester_report

    semester = Semester.objects.get(code="2022/2023-2")
    with whole_state():
        tables = {table.code: table for table in exact_tables(division_on=dt.date(2023, 10, 16))}
        report = semester_report(scope=busy.scope("agency"), semester=semester)
    assert report is not None
    assert tables.keys() == {declared.code for declared in TABLES}
    assert tables["plans-territory"].cell(("", semester.code)).value == report.plans
    assert tables["learners-territory"].cell(("", semester.code)).value == report.learners
    for group in report.risk_identifications:
        assert tables["risks-period"].cell((group.group.value, semester.code)).value == group.identifications
        assert tables["learners-risk"].cell((group.group.value, semester.code)).value == group.learners
    for row in report.consultations:
        assert tables["hours-period"].cell((row.role.value, semester.code)).value == row.hours
        assert tables["consulted-period"].cell((row.role.value, semester.code)).value == row.learners
    for total in report.reimbursements:
        assert tables["euro-period"].cell((total.kind, semester.code)).value == total.amount
    assert sum(row.planned for row in report.measures) == tables["measures-period"].cell(("", semester.code)).value


def test_the_next_release_looks_back(busy: Cast) -> None:
    """Further tables over the same plans: nothing of what was hidden opens to who keeps both releases."""
    first = _publish(busy, tables=("plans-territory",))
    second = _publish(busy, tables=("plans-territory", "plans-kind"), changes_lv="Jaunas tabulas.")
    assert second.number == 2
    assert _hold(first, second)
    again = second.tables.get(code="plans-territory")
    assert again.content_hash == first.tables.get().content_hash
    with pytest.raises(Refusal) as caught:  # a town with one school: its figure is out, the school's may not be worked out
        _publish(busy, tables=("plans-institution",), changes_lv="Pa iestādēm.")
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [(Code.UNMET_CONDITION, "tables")]


def test_what_changed_in_between_is_no_contradiction(busy: Cast) -> None:
    """One plan more: its cells are other figures than those of before, which still count."""
    first = _publish(busy, tables=("plans-territory",))
    with whole_state():
        SupportPlanFactory(enrolment=EnrolmentFactory(institution=busy.schools["birch"]))
    second = _publish(busy, tables=("plans-territory", "plans-institution"), changes_lv="Jauni plāni.")
    assert _hold(first)
    assert _hold(second)
    assert first.tables.get().content_hash != second.tables.get(code="plans-territory").content_hash


def test_partners_get_more_and_the_public_s_next_release_minds_it(busy: Cast) -> None:
    partners = _publish(busy, audience="PARTNER", tables=("plans-territory",))
    public = _publish(busy, tables=("plans-territory",))
    assert public.protection["audit"]["views"] == 3
    hidden = [[value is None for value in release.tables.get().cells["values"]] for release in (partners, public)]
    assert sum(hidden[0]) < sum(hidden[1])


def test_what_changed_is_told_from_the_second_release_on(busy: Cast) -> None:
    _publish(busy, tables=("plans-kind",))
    with pytest.raises(Refusal) as caught:
        _publish(busy, tables=("plans-kind",))
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [(Code.REQUIRED, "changes_lv")]


@pytest.mark.parametrize("person", ["coordinator of madona", "researcher", "author of maple", "editor"])
def test_only_the_agency_publishes(cast: Cast, person: str) -> None:
    with pytest.raises(Refusal) as caught:
        _publish(cast, person)
    assert caught.value.problems[0].code == Code.NOT_ALLOWED


@pytest.mark.parametrize(("given", "field"), [({"tables": ["nothing"]}, "tables"), ({"audience": "ALL"}, "audience")])
def test_what_is_not_declared_is_refused(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as caught:
        _publish(cast, **given)
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [(Code.INVALID, field)]


def test_without_a_profile_nothing_leaves(cast: Cast) -> None:
    with whole_state():
        ReleaseProfile.objects.filter(audience="PUBLIC").update(valid_to=dt.date(2020, 1, 1))
    with pytest.raises(Refusal) as caught:
        _publish(cast)
    assert caught.value.problems[0].code == Code.UNMET_CONDITION


@pytest.mark.parametrize("person", ["researcher", "author of maple", "coordinator of madona"])
def test_evidence_stays_with_the_agency(busy: Cast, person: str) -> None:
    _publish(busy, tables=("plans-kind",))
    with scoped(busy.scope(person)):
        assert not ReleaseEvidence.objects.exists()
    with scoped(busy.scope("agency")):
        assert ReleaseEvidence.objects.count() == 1


def test_the_command_publishes_once_when_asked_for_the_first(busy: Cast, capsys: Any) -> None:
    call_command("publish_release", "--table", "plans-kind", "--first")
    call_command("publish_release", "--table", "plans-kind", "--first")
    said = capsys.readouterr().out
    assert "public-1: 1 tables" in said
    assert "stands already" in said
    with pytest.raises(CommandError):
        call_command("publish_release", "--as", "nobody")
    with pytest.raises(CommandError):
        call_command("publish_release", "--table", "unknown")
