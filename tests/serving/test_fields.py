"""Fields that no foreign key leads to, filters across rows, and who reads what they show."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.scope import scoped
from backend.activities.initiatives.models import ProjectParticipant, ProjectScore, ProjectScorer
from backend.cases.learners.models import Enrolment
from backend.cases.plans.models import Measure, PlanRemark
from backend.core.trail.models import ReadEntry
from backend.insight.evaluation.models import LearnerIndicator
from backend.registry.models import StaffContract, Tariff
from backend.territory.models import Semester
from tests.factories.rows import STATE, UserFactory, whole_state
from tests.serving.telling import Tell, nodes


def test_an_assignment_shows_the_contract_of_its_time(tell: Tell, people: dict[str, str]) -> None:
    query = "{staffAssignments(first: 100){edges{node{role validFrom contract{startsOn position{code} institution{code}}}}}}"
    found = [row for row in nodes(tell(people["ikvd of"], query), "staffAssignments") if row["contract"]]
    contract = {"startsOn": "2019-09-01", "position": {"code": "pedagogs"}, "institution": {"code": "MAPLE"}}
    assert [(row["role"], row["contract"]) for row in found] == [("support_provider", contract)]
    for who in ("institution_head of LINDEN", "plan_author of BIRCH"):
        assert not any(row["contract"] for row in nodes(tell(people[who], query), "staffAssignments"))


def test_a_contract_that_ended_before_is_not_the_assignments(tell: Tell, people: dict[str, str]) -> None:
    query = "{staffAssignments(first: 100){edges{node{contract{id}}}}}"
    with whole_state():
        StaffContract.objects.update(ends_on=dt.date(2017, 3, 15), starts_on=dt.date(2017, 1, 1))
    assert not any(row["contract"] for row in nodes(tell(people["ikvd of"], query), "staffAssignments"))
    with whole_state():
        StaffContract.objects.update(ends_on=dt.date(2017, 3, 16))
    assert sum(bool(row["contract"]) for row in nodes(tell(people["ikvd of"], query), "staffAssignments")) == 1


def test_a_measure_shows_its_place_in_a_youth_project(tell: Tell, people: dict[str, str]) -> None:
    with whole_state():
        place = ProjectParticipant.objects.get()
        first, other = place.measure, Measure.objects.exclude(pk=place.measure_id).latest("created_at")
    both = f'nodes(ids: ["{first.public_id}", "{other.public_id}"])'
    query = f"{{{both}{{... on Measure{{projectParticipant{{startsOn project{{number}}}}}}}}}}"
    shown = {"startsOn": "2023-03-01", "project": {"number": "JIP-1"}}
    assert tell(people["ikvd of"], query)["nodes"] == [{"projectParticipant": shown}, {"projectParticipant": None}]
    schools = tell(people["plan_author of MAPLE"], query)["nodes"][0]["projectParticipant"]
    assert schools == {"startsOn": "2023-03-01", "project": None}, "the project is the municipality's"


def test_a_kind_of_measure_lists_the_tariffs_of_its_code(tell: Tell, people: dict[str, str]) -> None:
    query = "{measureKinds(first: 100){edges{node{code version tariffs(first: 9){totalCount edges{node{kindCode}}}}}}}"
    seen = {row["code"]: row["tariffs"] for row in nodes(tell(people["auditor of"], query), "measureKinds")}
    counts = Counter(Tariff.objects.values_list("kind_code", flat=True))
    assert {code: tariffs["totalCount"] for code, tariffs in seen.items()} == {code: counts[code] for code in seen}
    assert sum(counts.values()) >= 3
    assert all({edge["node"]["kindCode"] for edge in tariffs["edges"]} <= {code} for code, tariffs in seen.items())


@pytest.mark.parametrize(("semester", "teams"), [("2023/2024-1", 2), ("2022/2023-2", 0), ("1999/2000-1", 0)])
def test_teams_and_enrolments_of_a_semester(tell: Tell, people: dict[str, str], semester: str, teams: int) -> None:
    by_code = f'{{cooperationTeams(first: 9, filters: {{semesterCode: "{semester}"}}){{totalCount}}}}'
    assert tell(people["ikvd of"], by_code)["cooperationTeams"]["totalCount"] == teams
    known = Semester.objects.filter(code=semester).first()
    key = known.public_id if known else "sem_0"
    by_id = f'{{cooperationTeams(first: 9, filters: {{semesterId: "{key}"}}){{totalCount}}}}'
    assert tell(people["ikvd of"], by_id)["cooperationTeams"]["totalCount"] == teams
    with whole_state():
        mine = Enrolment.objects.filter(institution__code="MAPLE", ends_on=None).select_related("learner")
        enrolment = mine.earliest("starts_on")
    of_learner = f'{{learner(id: "{enrolment.learner.public_id}"){{enrolments(first: 9, filters: {{semesterCode: "{semester}"}})'
    found = tell(people["ikvd of"], f"{of_learner}{{totalCount}}}}}}")["learner"]["enrolments"]["totalCount"]
    assert found == int(known is not None and enrolment.starts_on <= known.ends_on)


def test_pairs_by_place_and_score_with_what_speaks_for_them_in_words(tell: Tell, people: dict[str, str]) -> None:
    def pairs(who: str, filters: str) -> Any:
        return tell(people[who], f"{{possibleDuplicates(first: 9{filters}){{edges{{node{{score explanations bases}}}}}}}}")

    everything = nodes(pairs("ikvd of", ""), "possibleDuplicates")
    here = nodes(pairs("ikvd of", ', filters: {institutionCode: "MAPLE"}'), "possibleDuplicates")
    assert here
    assert nodes(pairs("ikvd of", ', filters: {institutionCode: "TECHNICAL"}'), "possibleDuplicates") == []
    assert all(len(pair["explanations"]) == len(pair["bases"]) and pair["explanations"][0][-1] == "." for pair in everything)
    assert nodes(pairs("institution_head of LINDEN", ', filters: {institutionCode: "MAPLE"}'), "possibleDuplicates") == []
    least = max(float(pair["score"]) for pair in everything)
    assert nodes(pairs("ikvd of", f", filters: {{scoreFrom: {least}}}"), "possibleDuplicates")
    assert nodes(pairs("ikvd of", f", filters: {{scoreFrom: {least + 0.0001}}}"), "possibleDuplicates") == []
    told = nodes(pairs("auditor of", ""), "possibleDuplicates")
    assert {(pair["score"], pair["explanations"]) for pair in told} == {(None, None)}
    assert pairs("auditor of", ', filters: {institutionCode: "MAPLE"}') == ["FORBIDDEN"], "it would tell who they are"


def test_mean_points_are_the_organisers_once_all_have_scored(tell: Tell, people: dict[str, str]) -> None:
    query = "{initiativeProjects(first: 5){edges{node{meanPoints}}}}"
    organiser, agency = people["municipality_coordinator of LV-059"], people["ikvd of"]

    def seen(who: str) -> list[Any]:
        return [row["meanPoints"] for row in nodes(tell(who, query), "initiativeProjects")]

    assert [seen(who) for who in (organiser, agency, "scorer")] == [[None]] * 3, "nobody has finished"
    with whole_state():
        ProjectScorer.objects.update(finished_at=dt.datetime(2023, 2, 20, tzinfo=dt.UTC))
        first = ProjectScorer.objects.get()
        second = ProjectScorer.objects.create(
            project=first.project, municipality=first.municipality, scorer=UserFactory(), has_conflict=False
        )
    assert seen(organiser) == [None], "the second has not"
    with whole_state():
        score = ProjectScore.objects.get()
        names = ("project_id", "call_id", "municipality_id", "criterion_id", "max_points")
        same = {name: getattr(score, name) for name in names}
    with scoped(replace(STATE, principal_id=second.scorer_id)):  # points are written by who gives them
        ProjectScore.objects.create(scoring=second, scorer_id=second.scorer_id, points=5, **same)
        ProjectScorer.objects.filter(pk=second.pk).update(finished_at=dt.datetime(2023, 2, 21, tzinfo=dt.UTC))
    assert [seen(who) for who in (organiser, agency)] == [["6.50"]] * 2
    assert [seen("scorer"), seen("ngo.young")] == [[None], [None]]


def test_absences_are_read_by_who_reads_the_risk(tell: Tell, people: dict[str, str]) -> None:
    with whole_state():
        learner = LearnerIndicator.objects.get().learner
    fields = "lessonsUnexcused meanMark source semester{code}"
    query = f'{{learner(id: "{learner.public_id}"){{indicators(first: 5){{edges{{node{{{fields}}}}}}}}}}}'

    def seen(who: str) -> Any:
        found = tell(people[who], query)["learner"]
        return found and nodes(found, "indicators")

    semester = {"code": "2022/2023-2"}
    told = [{"lessonsUnexcused": 24, "meanMark": "5.20", "source": "JOURNAL", "semester": semester}]
    hidden = [{"lessonsUnexcused": None, "meanMark": None, "source": "JOURNAL", "semester": semester}]
    assert seen("plan_author of MAPLE") == seen("ikvd of") == told
    assert seen("support_provider of MAPLE") == seen("auditor of") == hidden
    assert seen("institution_head of LINDEN") is None
    there = query.replace("first: 5", 'first: 5, filters: {source: [REGISTER], semesterCode: "2022/2023-2"}')
    assert nodes(tell(people["ikvd of"], there)["learner"], "indicators") == []


def test_authors_and_remarks_of_a_plan(tell: Tell, people: dict[str, str]) -> None:
    with whole_state():
        remark = PlanRemark.objects.get()
        plan = remark.plan.public_id
        PlanRemark.objects.create(
            plan=remark.plan,
            institution=remark.institution,
            step=remark.step,
            position=1,
            subject_tag="msr",
            subject_key=uuid4(),
            text="Noņemts pasākums.",
        )
    remarks = "steps(first: 9){edges{node{remarks(first: 3){edges{node{subjectId text}}}}}}"
    query = f'{{supportPlan(id: "{plan}"){{coAuthors(first: 3){{edges{{node{{account{{id}}}}}}}} {remarks}}}}}'
    found = tell(people["plan_author of MAPLE"], query)["supportPlan"]
    assert len(found["coAuthors"]["edges"]) == 1
    [said] = [rows for step in nodes(found, "steps") if (rows := nodes(step, "remarks"))]
    assert [row["text"] for row in said] == ["Par daudz stundu.", "Noņemts pasākums."]
    assert (said[0]["subjectId"], said[1]["subjectId"][:4]) == (None, "msr_")
    gone = tell(people["plan_author of MAPLE"], f'{{node(id: "{said[1]["subjectId"]}"){{id}}}}')
    assert gone == {"node": None}
    kept = tell(people["support_provider of MAPLE"], query)["supportPlan"]
    [hidden] = [rows for step in nodes(kept, "steps") if (rows := nodes(step, "remarks"))]
    assert [row["text"] for row in hidden] == [None, None]


@pytest.mark.parametrize("roots", ["few: {few} many: {many}", "many: {many} few: {few}"])
def test_what_several_root_fields_show_of_a_learner_is_logged_together(tell: Tell, people: dict[str, str], roots: str) -> None:
    few = "learners(first: 3){edges{node{id}}}"
    query = "{" + roots.format(few=few, many=few.replace("id", "id givenName")) + "}"
    assert len(tell(people["ikvd of"], query)["few"]["edges"]) == 3
    with whole_state():
        assert [entry.classes for entry in ReadEntry.objects.order_by("-id")[:3]] == [["personal"]] * 3
