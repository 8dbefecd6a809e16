"""Lists over the whole model: what each caller sees of them, by both engines, in how many statements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.cases.delivery.models import Consultation
from backend.cases.plans.models import Measure
from graphql_schema.cases.schema import case_schema
from tests.factories.case_rows import TimesheetFactory
from tests.factories.rows import ClaimFactory, ConsultationFactory, MeasureFactory, UserFactory, whole_state
from tests.serving.telling import Tell, nodes

LISTS = [declared.plural for declared in case_schema().declarations.types.values() if declared.plural]


@pytest.mark.parametrize("root", LISTS)
def test_each_list_has_rows_and_takes_few_statements(tell: Tell, people: dict[str, str], root: str) -> None:
    """Rows, their number, and the read log: with caller, bucket and scope before them six in all at most."""
    declared = next(item for item in case_schema().declarations.types.values() if item.plural == root)
    query = f"{{{root}(first: 100){{totalCount edges{{cursor node{{id}}}} pageInfo{{hasNextPage}}}}}}"
    tell(people["ikvd of"], query)
    with CaptureQueriesContext(connection) as queries:
        answer = tell(people["ikvd of"], query)
    assert answer[root]["totalCount"] >= 1
    table = f'FROM "{declared.model._meta.db_table}"'  # type: ignore[union-attr]
    own = sum(table in entry["sql"] for entry in queries)
    assert 1 <= own - (root == "staffAssignments") <= 2, "the scope itself is made of assignments"


def test_the_side_that_asks_for_a_learner_does_not_learn_whom_it_asks(tell: Tell, people: dict[str, str]) -> None:
    fields = "{edges{node{status institution{code} toInstitution{code} proposedBy{displayName} learner{id}}}}"
    asking = 'transfers(first: 5, filters: {proposedFrom: [RECEIVING], municipalityCode: "LV-042"})'
    [seen] = nodes(tell(people["plan_author of BIRCH"], f"{{{asking}{fields}}}"), "transfers")
    assert seen["institution"] is None
    assert seen["learner"] is None
    assert seen["proposedBy"] is not None
    [given] = nodes(tell(people["institution_head of LINDEN"], f"{{transfers(first: 5){fields}}}"), "transfers")
    assert given["institution"] == {"code": "LINDEN"}
    assert given["learner"] is not None
    assert given["proposedBy"] is None
    guess = 'transfers(first: 5, filters: {institutionCode: "LINDEN"})'
    assert nodes(tell(people["plan_author of BIRCH"], f"{{{guess}{fields}}}"), "transfers") == [], "nor by guessing"
    assert len(nodes(tell(people["institution_head of LINDEN"], f"{{{guess}{fields}}}"), "transfers")) == 1


def test_who_is_in_a_team_sees_that_it_meets_and_not_what_was_said(tell: Tell, people: dict[str, str]) -> None:
    query = "{meetings(first: 5){edges{node{status minutesText learner{id} decisions(first: 5){edges{node{text}}}}}}}"
    [seen] = nodes(tell("police", query), "meetings")
    assert (seen["status"], seen["minutesText"], seen["learner"]) == ("HELD", None, None)
    assert seen["decisions"]["edges"] == [{"node": {"text": None}}]
    [read] = nodes(tell(people["plan_author of MAPLE"], query), "meetings")
    assert read["minutesText"] == "Par kavējumiem."
    [without] = nodes(
        tell(people["auditor of"], "{meetings(first: 1, filters:{status:[HELD]}){edges{node{minutesText}}}}"), "meetings"
    )
    assert without["minutesText"] is None


def test_a_filter_by_learner_finds_only_what_the_caller_reads(tell: Tell, people: dict[str, str]) -> None:
    [team] = nodes(
        tell(people["plan_author of MAPLE"], "{cooperationTeams(first: 5){edges{node{learner{id}}}}}"), "cooperationTeams"
    )
    query = f'{{cooperationTeams(first: 5, filters: {{learnerId: "{team["learner"]["id"]}"}}){{totalCount}}}}'
    assert tell(people["plan_author of MAPLE"], query)["cooperationTeams"]["totalCount"] == 1
    assert tell("police", query)["cooperationTeams"]["totalCount"] == 0
    assert tell("police", "{cooperationTeams(first: 5){totalCount}}")["cooperationTeams"]["totalCount"] == 1


def test_staff_of_other_schools_stay_unseen(tell: Tell, people: dict[str, str]) -> None:
    query = "{staffAssignments(first: 100){edges{node{role level institution{code} account{displayName}}}}}"
    seen = nodes(tell(people["plan_author of MAPLE"], query), "staffAssignments")
    assert {row["institution"]["code"] for row in seen if row["institution"]} == {"MAPLE"}
    assert {row["level"] for row in seen} == {"INSTITUTION", "MUNICIPALITY", "REGION"}
    assert all(row["account"] for row in seen)
    everybody = tell(people["ikvd of"], "{staffAssignments(first: 1){totalCount}}")["staffAssignments"]["totalCount"]
    assert everybody > len(seen)
    roles = '{staffAssignments(first: 100, filters: {role: ["regional_coordinator", "nobody"]}){edges{node{role}}}}'
    assert nodes(tell(people["ikvd of"], roles), "staffAssignments") == [{"role": "regional_coordinator"}]
    region = '{staffAssignments(first: 100, filters: {regionCode: "Vidzeme"}){edges{node{level}}}}'
    levels = {row["level"] for row in nodes(tell(people["ikvd of"], region), "staffAssignments")}
    assert levels == {"INSTITUTION", "MUNICIPALITY", "REGION"}, "a region's, and those of what lies in it"


def test_a_project_is_seen_by_the_organiser_the_applicant_and_the_scorers(tell: Tell, people: dict[str, str]) -> None:
    query = "{initiativeProjects(first: 5){edges{node{number scorers(first: 5){totalCount} participants(first: 5){totalCount}}}}}"
    counts = {
        who: [
            (row["scorers"]["totalCount"], row["participants"]["totalCount"])
            for row in nodes(tell(who, query), "initiativeProjects")
        ]
        for who in (
            people["municipality_coordinator of LV-059"],
            people["municipality_coordinator of LV-042"],
            "ngo.young",
            "ngo.other",
        )
    }
    assert list(counts.values()) == [[(1, 1)], [], [(0, 0)], []]
    assert [
        len(nodes(tell("scorer", query), "initiativeProjects")),
        len(nodes(tell(people["plan_author of MAPLE"], query), "initiativeProjects")),
    ] == [1, 0]


@pytest.mark.parametrize(
    ("root", "search"),
    [
        ("trainingEvents", "SUPERVIZIJA"),
        ("initiativeProjects", "varam kopa"),
        ("initiativeProjects", "zalais"),
        ("initiativeCalls", "Iniciativu"),
        ("riskFactors", "kavejumi"),
        ("measureKinds", "ēdināšana"),
    ],
)
def test_search_forgives_case_and_diacritics(tell: Tell, people: dict[str, str], root: str, search: str) -> None:
    def count(text: str) -> int:
        return int(tell(people["ikvd of"], f'{{{root}(first: 1, search: "{text}"){{totalCount}}}}')[root]["totalCount"])

    assert count(search) >= 1
    assert count(f"{search} nekas") == 0


def test_struck_hours_are_left_out_unless_asked_for(tell: Tell, people: dict[str, str]) -> None:
    def count(filters: str) -> int:
        return int(
            tell(people["plan_author of MAPLE"], f"{{consultations(first: 1{filters}){{totalCount}}}}")["consultations"][
                "totalCount"
            ]
        )

    held, everything = count(""), count(", filters: {withVoided: true}")
    assert everything == held + 1
    assert count(", filters: {withVoided: false}") == count(", filters: {}") == held
    assert count(", filters: {confirmed: true}") + count(", filters: {confirmed: false}") == held


def test_filters_across_rows(tell: Tell, people: dict[str, str]) -> None:
    agency = people["ikvd of"]
    codes = 'filters: {accountCode: ["2100"], fundingSourceCode: ["ESF", "STATE"]}'
    query = (
        f"{{ledger(first: 5, {codes}){{edges{{node{{postings(first: 9){{edges{{node{{debit credit account{{code}}}}}}}}}}}}}}}}"
    )
    [entry] = nodes(tell(agency, query), "ledger")
    sides = [edge["node"] for edge in entry["postings"]["edges"]]
    assert [(side["debit"], side["credit"]) for side in sides] == [("26.77", "0.00"), ("4.73", "0.00"), ("0.00", "31.50")]
    none = '{ledger(first: 5, filters: {accountCode: ["9999"]}){totalCount}}'
    assert tell(agency, none)["ledger"]["totalCount"] == 0
    parts = "items(first: 3){edges{node{units}}} payments(first: 3){edges{node{batch{id}}}}"
    paid = f"{{reimbursementClaims(first: 100){{edges{{node{{amount {parts}}}}}}}}}"
    claims = nodes(tell(agency, paid), "reimbursementClaims")
    [batch] = [edge["node"]["batch"]["id"] for claim in claims for edge in claim["payments"]["edges"]]
    assert ["1.000"] in [[edge["node"]["units"] for edge in claim["items"]["edges"]] for claim in claims]
    found = f'{{reimbursementClaims(first: 9, filters: {{paymentBatchId: "{batch}"}}){{totalCount}}}}'
    assert tell(agency, found)["reimbursementClaims"]["totalCount"] == 1
    assert tell(people["institution_head of LINDEN"], found)["reimbursementClaims"]["totalCount"] == 0


def test_tariffs_hold_in_a_period(tell: Tell, people: dict[str, str]) -> None:
    def valid(day: str) -> int:
        query = f'{{tariffs(first: 100, filters: {{kindCode: "CATERING", validOn: "{day}"}}){{totalCount}}}}'
        return int(tell(people["auditor of"], query)["tariffs"]["totalCount"])

    assert valid("2023-02-01") == 1
    assert valid("1999-01-01") == 0


def test_a_timesheet_by_its_id(tell: Tell, people: dict[str, str]) -> None:
    [sheet] = nodes(tell(people["ikvd of"], "{timesheets(first: 5){edges{node{id}}}}"), "timesheets")
    query = f'{{timesheet(id: "{sheet["id"]}"){{hours lines(first: 5){{edges{{node{{hours hoursByDay}}}}}}}}}}'
    found = (
        tell(people["plan_author of MAPLE"], query)["timesheet"] or tell(people["support_provider of MAPLE"], query)["timesheet"]
    )
    assert found["hours"] == sum(found["lines"]["edges"][0]["node"]["hoursByDay"]) == 2
    assert tell(people["institution_head of LINDEN"], query)["timesheet"] is None


def test_counts_and_sums_of_what_hangs_on_a_row(tell: Tell, people: dict[str, str]) -> None:
    """Hours under a measure, money under a measure, learners in an hour, entries that wait, places left, participants."""
    with whole_state():
        measure = Measure.objects.filter(institution__code="MAPLE", kind_code="TEACHER").latest("created_at")
        plan = measure.plan
        other = Measure.objects.filter(institution__code="MAPLE", kind_code="TEACHER").exclude(plan=plan).latest("created_at")
        provider = UserFactory()
        shared = {"group_key": uuid4(), "provider": provider, "held_on": dt.date(2023, 4, 3), "learner_confirmed_at": None}
        for each in (measure, other):
            ConsultationFactory(measure=each, **shared)
        sheet = TimesheetFactory(provider=provider, institution=measure.institution, month=dt.date(2023, 4, 1))
        claim = ClaimFactory(measure=MeasureFactory(plan=plan, code="ACCOMMODATION"), amount=Decimal("40.00"))
        ClaimFactory(measure=claim.measure, amount=Decimal("-15.25"), reverses=claim)
        ClaimFactory(measure=claim.measure, amount=Decimal("9.00"), status="CLAIMED", period=dt.date(2023, 3, 1))
    author, provider_of_maple = people["plan_author of MAPLE"], people["support_provider of MAPLE"]
    fields = "{ ... on Measure { kindCode recordedHours confirmedHours approvedAmount } }"
    hours, money = f'node(id: "{measure.public_id}") {fields}', f'node(id: "{claim.measure.public_id}") {fields}'
    recorded = tell(author, f"{{ {hours} }}")["node"]
    with whole_state():
        held = Consultation.objects.filter(measure=measure, voided_at=None)
        both = held.filter(provider_confirmed_at__isnull=False, learner_confirmed_at__isnull=False).count()
        assert recorded == {
            "kindCode": "TEACHER",
            "recordedHours": held.count(),
            "confirmedHours": both,
            "approvedAmount": None,
        }
    assert recorded["recordedHours"] == recorded["confirmedHours"] + 1 >= 1
    assert tell(author, f"{{ {money} }}")["node"] == {
        "kindCode": "ACCOMMODATION",
        "recordedHours": None,
        "confirmedHours": None,
        "approvedAmount": "24.75",
    }
    assert tell(provider_of_maple, f"{{ {money} }}")["node"]["approvedAmount"] is None, "who reads no money is not told 0.00"
    listed = '{consultations(first: 9, filters: {heldFrom: "2023-04-03", heldTo: "2023-04-03"}){edges{node{groupSize}}}}'
    assert nodes(tell(author, listed), "consultations") == [{"groupSize": 2}, {"groupSize": 2}]
    alone = '{consultations(first: 1, filters: {heldTo: "2023-03-31"}){edges{node{groupSize}}}}'
    assert nodes(tell(author, alone), "consultations") == [{"groupSize": 1}]
    waiting = f'{{ timesheet(id: "{sheet.public_id}") {{ unconfirmedEntries }} }}'
    assert tell(author, waiting)["timesheet"] == {"unconfirmedEntries": 2}


def test_places_and_participants_are_counted_beyond_what_one_sees(tell: Tell, people: dict[str, str]) -> None:
    event = "{trainingEvents(first: 1){edges{node{capacity placesLeft registrations(first: 1){totalCount}}}}}"
    for who, seen in ((people["plan_author of MAPLE"], 1), (people["institution_head of LINDEN"], 0)):
        [row] = nodes(tell(who, event), "trainingEvents")
        assert row == {"capacity": 10, "placesLeft": 9, "registrations": {"totalCount": seen}}
    project = "{initiativeProjects(first: 1){edges{node{participantCount participants(first: 1){totalCount}}}}}"
    [row] = nodes(tell("ngo.young", project), "initiativeProjects")
    assert row == {"participantCount": 1, "participants": {"totalCount": 0}}


def test_what_a_programme_rests_on(tell: Tell, people: dict[str, str]) -> None:
    parts = (
        "targetGroups(first: 9){edges{node{programmeKind firstStage lastStage}}} fundingSources(first: 9){totalCount}"
        " eligibleKinds(first: 9){totalCount} fundingRules(first: 9){edges{node{share roundedSource{code} restSource{code}}}}"
        " budgetRevisions(first: 9){edges{node{total shares(first: 9){edges{node{amount fundingSource{code}}}}}}}"
    )
    [programme] = nodes(
        tell(people["plan_author of MAPLE"], f"{{programmes(first: 9){{edges{{node{{{parts}}}}}}}}}"), "programmes"
    )
    stages = {(row["firstStage"], row["lastStage"]) for row in nodes(programme, "targetGroups")}
    assert {(5, 12), (1, 12)} <= stages
    assert {row["total"] for row in nodes(programme, "budgetRevisions")} >= {"39812376.00", "37046337.41"}
    [rule] = nodes(programme, "fundingRules")
    assert (rule["roundedSource"]["code"], rule["restSource"]["code"], rule["share"]) == ("ESF", "STATE", "0.850000")
    assert programme["eligibleKinds"]["totalCount"] >= 3
