"""Values of reference lists as versions: what each list takes, who may, and who is affected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from backend.accounts.models import Assignment
from backend.accounts.scope import scoped
from backend.cases.plans.models import PlanOutcome, RiskAssessment, SupportPlan
from backend.cases.reimbursements.previews import ChangePreview
from backend.cases.reimbursements.reference_previews import Change, reference_preview
from backend.core.clock import now
from backend.core.refusals import Code
from backend.registry import reference as registry
from backend.registry.lists import LISTS, as_text, name_of
from backend.registry.models import Deadline, OutcomeTheme, ReferenceList, ReferenceValue, RiskFactor
from backend.registry.services.reference_values import PropertyGiven, set_reference_value
from backend.territory.models import Semester, TargetGroup
from tests.cases.desk import Desk, make_desk, problems
from tests.factories.case_rows import StaffContractFactory
from tests.factories.cast import Cast
from tests.factories.rows import ClaimFactory, RiskAssessmentFactory, whole_state
from tests.registry.test_services import Doing, allowed, doing

NOVEMBER = dt.date(2023, 11, 1)


def given(**properties: str) -> list[PropertyGiven]:
    return [PropertyGiven(name, value) for name, value in properties.items()]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


@pytest.fixture
def put(cast: Cast) -> Doing:
    standard = {"which": "RISK_FACTORS", "code": "low_motivation", "name": "Trūkst motivācijas", "valid_from": NOVEMBER}
    return doing(set_reference_value, standard, cast.scope("agency"))


# -- reading -----------------------------------------------------------------------------------------------------------------
def test_the_lists_are_one_list_that_says_what_each_row_says(cast: Cast) -> None:
    assert set(LISTS) == set(ReferenceList)
    for which, spec in LISTS.items():
        seen = {row.pk: row for row in ReferenceValue.objects.filter(list=which)}
        rows = list(spec.model._default_manager.all())
        assert seen.keys() == {row.pk for row in rows}
        assert rows
        for row in rows:
            value = seen[row.pk]
            assert spec.columns(value.code) == {name: getattr(row, name) for name in spec.columns(value.code) or ()}
            stored = {item.name: getattr(row, item.column) for item in spec.properties}
            assert value.properties == stored
            assert all(item.read(as_text(stored[item.name])) == stored[item.name] for item in spec.properties)
            assert (value.valid_from, value.valid_to, value.version) == (row.valid_from, row.valid_to, row.version)
            assert name_of(value, "lv")
    both = ReferenceValue.objects.filter(list="DEADLINES").first()
    assert name_of(both, "lv") != name_of(both, "en") != ""


# -- writing -----------------------------------------------------------------------------------------------------------------
def test_a_version_begins_where_the_old_one_ends_and_keeps_what_is_left_out(put: Doing) -> None:
    old = RiskFactor.objects.get(code="low_motivation", valid_to=None)
    value = put(expected_version=old.version, source="Rīkojums 1")
    new = RiskFactor.objects.get(pk=value.pk)
    old.refresh_from_db()
    assert (old.valid_to, old.version) == (dt.date(2023, 10, 31), 2)
    assert (new.name_lv, new.name_en, new.group, new.fact_class, new.position, new.valid_from, new.valid_to) == (
        "Trūkst motivācijas",
        old.name_en,
        old.group,
        old.fact_class,
        old.position,
        NOVEMBER,
        None,
    )
    assert (value.list, value.code, value.source, value.source_status) == (
        "RISK_FACTORS",
        "low_motivation",
        "Rīkojums 1",
        "ASSUMED",
    )
    assert problems(put) == {"valid_from": Code.CONFLICT}
    assert problems(partial(put, valid_from=dt.date(2023, 12, 1), expected_version=9)) == {"expected_version": Code.CONFLICT}


def test_a_new_value_states_what_its_list_needs(put: Doing) -> None:
    new = {"code": "bullying", "name": "Vienaudžu vardarbība"}
    assert problems(partial(put, **new)) == {"properties": Code.REQUIRED}
    wrong = given(group="SOCIAL_HEALTH", factClass="PERSONAL")
    assert problems(partial(put, **new, properties=wrong)) == {"properties": Code.INVALID}
    value = put(**new, properties=given(group="SOCIAL_HEALTH", factClass="SPECIAL"), name_en="Bullying")
    last = RiskFactor.objects.exclude(pk=value.pk).order_by("-position").values_list("position", flat=True)[0]
    assert (value.name_en, value.position, value.valid_to) == ("Bullying", last + 1, None)


@pytest.mark.parametrize(
    ("which", "code", "more", "expected"),
    [
        ("RISK_FACTORS", "nav koda", {}, {"code": Code.INVALID}),
        ("RISK_FACTORS", "low_motivation", {"name": " "}, {"name": Code.REQUIRED}),
        ("RISK_FACTORS", "low_motivation", {"properties": given(colour="red")}, {"properties.0.name": Code.NOT_FOUND}),
        ("RISK_FACTORS", "low_motivation", {"properties": given(group="GOLD")}, {"properties.0.value": Code.INVALID}),
        ("RISK_FACTORS", "low_motivation", {"properties": given(group="FAMILY") * 2}, {"properties.1.name": Code.DUPLICATE}),
        ("RISK_FACTORS", "low_motivation", {"position": -1}, {"position": Code.INVALID}),
        ("RISK_FACTORS", "low_motivation", {"source_status": "SURE"}, {"source_status": Code.INVALID}),
        ("RISK_FACTORS", "low_motivation", {"valid_to": dt.date(2023, 10, 1)}, {"valid_to": Code.INVALID}),
        ("MEASURE_KINDS", "TEACHER", {"properties": given(category="REIMBURSEMENT")}, {"code": Code.INVALID}),
        ("MEASURE_KINDS", "TEACHER", {"properties": given(groupSizeMax="0")}, {"properties.0.value": Code.INVALID}),
        ("POSITIONS", "pedagogs", {"properties": given(isDefault="false")}, {"properties": Code.INVALID}),
        ("POSITIONS", "pedagogs", {"properties": given(isDefault="maybe")}, {"properties.0.value": Code.INVALID}),
        ("DEADLINES", "PLAN_SUBMIT", {"name": "Iesniegt"}, {"name": Code.INVALID}),
        ("DEADLINES", "SOME_DAY", {"name": ""}, {"code": Code.INVALID}),
        ("TARGET_GROUPS", "VOCATIONAL", {"name": "", "properties": given(lastStage="5")}, {"properties": Code.INVALID}),
        ("INCOMPATIBLE_ROLES", "plan_author:institution_head", {"name": ""}, {"code": Code.INVALID}),
        ("APPROVAL_TIERS", "PLAN:9", {"name": ""}, {"code": Code.INVALID}),
        ("APPROVAL_TIERS", "PLAN:900.00", {"name": "", "properties": given(approvals="4")}, {"properties.0.value": Code.INVALID}),
    ],
)
def test_what_is_wrong_with_a_value(put: Doing, which: str, code: str, more: Mapping[str, Any], expected: Any) -> None:
    with transaction.atomic():
        found = problems(partial(put, which=which, code=code, **more))
    assert found == expected


def test_lists_without_names_are_changed_by_their_codes(put: Doing) -> None:
    value = put(which="DEADLINES", code="PLAN_SUBMIT", name="", properties=given(days="30"))
    assert [(row.days, row.valid_to) for row in Deadline.objects.filter(step="PLAN_SUBMIT").order_by("valid_from")][1:] == [
        (30, None)
    ]
    with translation.override("lv"):
        assert name_of(value, "lv") != "PLAN_SUBMIT"
    put(which="TARGET_GROUPS", code="GENERAL", name="", properties=given(firstStage="2"))
    assert TargetGroup.objects.filter(programme_kind="GENERAL").latest("valid_from").first_stage == 2
    pair = put(which="INCOMPATIBLE_ROLES", code="expert:ngo", name="", properties=given(reach="ANYWHERE"))
    assert (pair.code, name_of(pair, "en")) == ("expert:ngo", "expert + youth organisation")
    tier = put(
        which="APPROVAL_TIERS",
        code="PLAN:2500.00",
        name="",
        properties=given(approvals="3", secondRoles="institution_head institution_coordinator"),
    )
    assert tier.properties == {"approvals": 3, "secondRoles": ["institution_head", "institution_coordinator"]}


def test_a_closed_semester_is_not_reached_into(put: Doing) -> None:
    Semester.objects.filter(code="2023/2024-2").update(closed_at=now())
    assert problems(put) == {"valid_from": Code.LOCKED}


def test_only_the_agency_edits_lists(put: Doing, cast: Cast) -> None:
    assert allowed(cast, lambda scope: put(scope=scope)) == {"agency"}


def test_loading_the_lists_again_leaves_what_people_ended(put: Doing) -> None:
    put()
    registry.load()
    assert RiskFactor.objects.get(pk=registry.risk_factor_id("low_motivation")).valid_to == dt.date(2023, 10, 31)


# -- who is affected ---------------------------------------------------------------------------------------------------------
Counted = tuple[int, int, int, int]


@pytest.fixture
def touched(cast: Cast, desk: Desk) -> Any:
    """`touched(which, code, **properties)`: institutions, plans, measures and claims that a change touches."""

    def counting(which: str, code: str, person: str = "agency", **properties: str) -> Counted | None:
        scope = cast.scope(person)
        change = Change(code=code, properties=properties, valid_from=NOVEMBER, valid_to=None)
        with scoped(scope):
            found = reference_preview(scope=scope, which=ReferenceList(which), change=change)
        assert found is None or isinstance(found, ChangePreview)
        return found and (found.institutions, found.plans, found.measures, found.claims)

    return counting


def test_a_preview_writes_nothing_and_counts_the_same_afterwards(put: Doing, touched: Any, desk: Desk) -> None:
    count = RiskFactor.objects.count()
    plan = desk.running_plan()
    with whole_state():
        risk = RiskAssessmentFactory(plan=plan, risk_factor=RiskFactor.objects.get(code="low_motivation"))
    before = touched("RISK_FACTORS", "low_motivation")
    desk.measure(plan, risk=risk)
    assert touched("RISK_FACTORS", "low_motivation") == (before[0], before[1], before[2] + 1, before[3])
    with whole_state():
        judged = RiskAssessment.objects.filter(risk_factor__code="low_motivation", plan__period_to__gte=NOVEMBER)
        reached = set(judged.values_list("plan", flat=True))
    assert before[1] == len(reached) >= 1
    assert put(preview_only=True) is None
    assert RiskFactor.objects.count() == count
    put()
    assert touched("RISK_FACTORS", "low_motivation") == (before[0], before[1], before[2] + 1, before[3])
    assert touched("RISK_FACTORS", "low_motivation", "coordinator of madona") is None, "a part would pass for the whole"


def test_each_list_counts_what_looks_at_it(touched: Any, desk: Desk, cast: Cast) -> None:
    kinds = touched("MEASURE_KINDS", "CATERING")
    plan = desk.running_plan()
    measure = desk.measure(plan, code="CATERING")
    with whole_state():
        ClaimFactory(measure=measure, period=NOVEMBER, status="CLAIMED", amount="90.00")
    own = int(not _has_running(desk, "CATERING", without=plan))
    assert touched("MEASURE_KINDS", "CATERING") == (kinds[0] + own, kinds[1] + 1, kinds[2] + 1, kinds[3] + 1)

    grounds = touched("INTERRUPTION_GROUNDS", "moved")
    assert grounds == (0, 0, 0, 0)

    themes = touched("OUTCOME_THEMES", "fewer_absences")
    with whole_state():
        PlanOutcome.objects.create(
            plan=plan, institution_id=plan.institution_id, theme=OutcomeTheme.objects.get(code="fewer_absences")
        )
    assert touched("OUTCOME_THEMES", "fewer_absences")[1] == themes[1] + 1

    assert touched("POSITIONS", "pedagogs")[1:] == (0, 0, 0)
    places = touched("POSITIONS", "pedagogs")[0]
    with whole_state():
        StaffContractFactory(user=desk.provider, institution=cast.schools["linden"])
    assert touched("POSITIONS", "pedagogs")[0] == places + 1

    assert touched("TARGET_GROUPS", "GENERAL")[1] == 0, "what is covered stays covered"
    stage = plan.enrolment.stage
    dropped = touched("TARGET_GROUPS", "GENERAL", firstStage=str(stage + 1))
    assert dropped[1] >= 1
    assert touched("TARGET_GROUPS", "GENERAL", lastStage=str(stage - 1))[1] >= 1

    waiting = touched("DEADLINES", "PLAN_EVALUATE")[1]
    with whole_state():
        assert waiting == SupportPlan.objects.filter(status="ACTIVE", period_to__gte=NOVEMBER).count() >= 1
    assert touched("DEADLINES", "CLAIM_APPROVE")[3] == 1
    assert touched("DEADLINES", "MONTH_SUBMIT")[0] >= 1

    assert touched("APPROVAL_TIERS", "CLAIM:90.00")[3] == 1
    assert touched("APPROVAL_TIERS", "CLAIM:90.01")[3] == 0
    assert touched("APPROVAL_TIERS", "PLAN:9000.00")[1] == 0

    joined = touched("INCOMPATIBLE_ROLES", "plan_author:support_provider")[0]
    Assignment.objects.create(
        user=desk.author, role="support_provider", level="INSTITUTION", institution=desk.school, valid_from=dt.date(2023, 9, 1)
    )
    assert touched("INCOMPATIBLE_ROLES", "plan_author:support_provider")[0] == joined + 1


def _has_running(desk: Desk, code: str, *, without: SupportPlan) -> bool:
    with whole_state():
        plans = SupportPlan.objects.filter(institution=desk.school, period_to__gte=NOVEMBER, measures__kind_code=code)
        return plans.exclude(pk=without.pk).exclude(status__in=["CLOSED", "INTERRUPTED"]).exists()
