"""Who may see and change what, judged from the facts alone.

Written from domain.md 4 and 10 and the decisions 0040 and 0043, and importing nothing of the platform: its own reading of
roles, periods, mergers and transfers. When this and the platform differ, one of them is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tests.isolation.facts import SCHOOLS, Person, Post, World

EVERY_SCHOOL = frozenset(range(SCHOOLS))

# L learners, P plans, D delivery, M money, S statistics.
READS = {
    "plan_author": "LPDMS",
    "support_provider": "LPDS",
    "institution_coordinator": "LPDMS",
    "institution_head": "LPDMS",
    "municipality_coordinator": "LPDMS",
    "vocational_coordinator": "LPDMS",
    "regional_coordinator": "LPDMS",
    "ikvd": "LPDMS",
    "auditor": "LPDMS",
    "researcher": "S",
}
WRITES = {
    "plan_author": "LPM",
    "support_provider": "D",
    "institution_coordinator": "LPDM",
    "institution_head": "PDM",
    "municipality_coordinator": "PDM",
    "vocational_coordinator": "PDM",
    "regional_coordinator": "D",
    "ikvd": "PDM",
}
ROOM = {
    "Learner": "L",
    "Enrolment": "L",
    "SupportPlan": "P",
    "PlanStep": "P",
    "RiskAssessment": "P",
    "Measure": "P",
    "Consultation": "D",
    "ReimbursementClaim": "M",
}

# What a role reads of a person (p: personal, s: special too, -: neither), by model; on enrolments and claims all read
# what is personal, the auditor as well.
_FIELDS = {
    "plan_author": ("p", "s", "s"),
    "institution_coordinator": ("p", "s", "s"),
    "institution_head": ("p", "s", "s"),
    "municipality_coordinator": ("p", "s", "p"),
    "vocational_coordinator": ("p", "s", "p"),
    "ikvd": ("p", "s", "p"),
    "support_provider": ("p", "p", "s"),
    "regional_coordinator": ("p", "p", "p"),
    "auditor": ("-", "p", "p"),
}
# Who reads the personal code (decision 0056).
_CODE = frozenset(
    {
        "plan_author",
        "institution_coordinator",
        "institution_head",
        "municipality_coordinator",
        "vocational_coordinator",
        "ikvd",
    }
)
# Fields of each class, written down by hand.
PERSONAL = {
    "Learner": "given_name family_name sort_key search_key birth_date merged_into",
    "Enrolment": "learner institution structural_unit programme_kind stage education_programme starts_on ends_on end_reason",
    "SupportPlan": "learner enrolment author application continue_next carried_from interrupted_on interruption_ground",
    "PlanStep": "actor",
    "RiskAssessment": "assessed_by",
    "Measure": "learner kind category kind_code subject planned_hours planned_amount months",
    "Consultation": "learner specialist_role provider held_on starts_at void_reason",
    "ReimbursementClaim": "learner kind amount claimed_by",
}
SPECIAL = {
    "Learner": "",
    "Enrolment": "",
    "SupportPlan": "result_text",
    "PlanStep": "comment",
    "RiskAssessment": "risk_factor level note",
    "Measure": "risk note",
    "Consultation": "topic",
    "ReimbursementClaim": "",
}


def in_force(world: World, posts: Iterable[Post]) -> list[Post]:
    """Posts held on the world's day."""
    return [post for post in posts if post.first <= world.day and (post.last is None or world.day <= post.last)]


def schools_of(world: World, post: Post) -> frozenset[int]:
    """Schools under the post's unit, by the division of the day: a merged municipality's belong to whom it went to."""
    if post.level == "STATE":
        return EVERY_SCHOOL
    if post.level == "INSTITUTION":
        return frozenset({post.unit})
    found = set()
    for school, municipality in enumerate(world.schools):
        here = municipality
        while True:
            place = world.municipalities[here]
            if place.until is None or place.until >= world.day or place.successor is None:
                break
            here = place.successor
        if post.level == "MUNICIPALITY" and here == post.unit:
            found.add(school)
        if post.level == "REGION" and world.municipalities[here].region == post.unit:
            found.add(school)
    return frozenset(found)


def reads(world: World, posts: Iterable[Post], room: str) -> frozenset[int]:
    """Schools whose rows of a room may be read."""
    return frozenset().union(*(schools_of(world, post) for post in in_force(world, posts) if room in READS.get(post.role, "")))


def writes(world: World, posts: Iterable[Post], room: str) -> frozenset[int]:
    """Schools whose rows of a room may be written."""
    return frozenset().union(*(schools_of(world, post) for post in in_force(world, posts) if room in WRITES.get(post.role, "")))


def sees_learner(person: Person, schools: frozenset[int]) -> bool:
    """Where the learner is, was, or will be enrolled; and where it was registered."""
    return person.registered_by in schools or any(stay.school in schools for stay in person.stays)


def changes_learner(world: World, person: Person, schools: frozenset[int]) -> bool:
    """Where the learner is or will be enrolled; before any enrolment, where it was registered."""
    if not person.stays:
        return person.registered_by in schools
    return any(stay.school in schools and (stay.last is None or stay.last >= world.day) for stay in person.stays)


def reads_field(world: World, posts: Iterable[Post], model: str, name: str) -> frozenset[int]:
    """Schools in whose rows the field may be read."""
    readers = [post for post in in_force(world, posts) if ROOM[model] in READS.get(post.role, "")]
    return frozenset().union(*(schools_of(world, post) for post in readers if _may_know(post.role, model, name)))


def may_compare(world: World, posts: tuple[Post, ...], model: str, name: str) -> bool:
    """Whether the field may be filtered and ordered by: it can be read wherever the rows can."""
    opening = [post for post in in_force(world, posts) if ROOM[model] in READS.get(post.role, "")]
    knowing = [post for post in opening if _may_know(post.role, model, name)]
    return _as_wide(world, posts, ROOM[model], knowing) and (
        reads(world, posts, ROOM[model]) <= reads_field(world, posts, model, name)
    )


def _as_wide(world: World, posts: tuple[Post, ...], room: str, knowing: Iterable[Post]) -> bool:
    """Where a room is open in the whole state, posts at schools and regions are less, though they name each school of today."""
    opening = [post for post in in_force(world, posts) if room in READS.get(post.role, "")]
    if all(post.level != "STATE" for post in opening):
        return True
    return any(post.level == "STATE" and post in opening for post in knowing)


def _may_know(role: str, model: str, name: str) -> bool:
    person, plan, delivery = _FIELDS[role]
    knows = {"L": person, "P": plan, "D": delivery, "M": "p"}[ROOM[model]]
    if model == "Enrolment":
        knows = "p"
    if name in SPECIAL[model].split():
        return knows == "s"
    if name in PERSONAL[model].split():
        return knows in "ps"
    return True


def reads_code(world: World, posts: Iterable[Post]) -> frozenset[int]:
    """Schools whose learners' personal codes may be read."""
    readers = [post for post in in_force(world, posts) if post.role in _CODE]
    return frozenset().union(*(schools_of(world, post) for post in readers))


def may_find_by_code(world: World, posts: tuple[Post, ...]) -> bool:
    """Whether learners may be looked for by their code."""
    knowing = [post for post in in_force(world, posts) if post.role in _CODE]
    return _as_wide(world, posts, "L", knowing) and reads(world, posts, "L") <= reads_code(world, posts)


def as_whom(world: World, posts: Iterable[Post], room: str, school: int) -> set[tuple[str, str]]:
    """Roles and levels that open a room at a school: one of them is the reason of a read there."""
    held = in_force(world, posts)
    return {(post.role, post.level) for post in held if room in READS.get(post.role, "") and school in schools_of(world, post)}


# -- commands --------------------------------------------------------------------------------------------------------------
Told = tuple[str, str]
"""A path in a command's input, and the code of what stands against it there."""

# Who takes which step (domain.md 1.1 and 4): authors enrol and plan, providers give hours, the coordinator enters for them.
ACTS = {
    "registerLearner": {"plan_author", "institution_coordinator"},
    "enrolLearner": {"plan_author", "institution_coordinator"},
    "draftSupportPlan": {"plan_author"},
    "planMeasure": {"plan_author"},
    "recordConsultations": {"support_provider", "institution_coordinator"},
}


def acts(world: World, posts: Iterable[Post], step: str, school: int) -> bool:
    """Whether a step may be taken at a school."""
    return any(post.role in ACTS[step] and school in schools_of(world, post) for post in in_force(world, posts))


def attached(posts: Iterable[Post], school: int, day: dt.date) -> bool:
    """Whether somebody gives hours at the school itself on a day."""
    return any(
        (post.role, post.level, post.unit) == ("support_provider", "INSTITUTION", school)
        and post.first <= day
        and (post.last is None or day <= post.last)
        for post in posts
    )


def registering(world: World, posts: tuple[Post, ...], school: int) -> list[Told]:
    """What stands against registering a learner at a school."""
    return [] if acts(world, posts, "registerLearner", school) else [("institutionId", "NOT_ALLOWED")]


def enrolling(world: World, posts: tuple[Post, ...], person: Person, school: int, first: dt.date) -> list[Told]:
    """What stands against enrolling from a day on: who is not seen is not found, and nobody is at two schools at once."""
    if not sees_learner(person, reads(world, posts, "L")):
        return [("learnerId", "NOT_FOUND")]
    if not acts(world, posts, "enrolLearner", school):
        return [("institutionId", "NOT_ALLOWED")]
    elsewhere = any(stay.last is None or stay.last >= first for stay in person.stays)
    return [("startsOn", "CONFLICT")] if elsewhere else []


def drafting(world: World, posts: tuple[Post, ...], person: Person, school: int, *, first: dt.date, last: dt.date) -> list[Told]:
    """What stands against a plan at a school for a semester, which has one at most and needs the learner there."""
    if not sees_learner(person, reads(world, posts, "L")):
        return [("learnerId", "NOT_FOUND")]
    if not acts(world, posts, "draftSupportPlan", school):
        return [("institutionId", "NOT_ALLOWED")]
    here = [stay for stay in person.stays if stay.school == school]
    told = [("learnerId", "DUPLICATE")] if any(stay.planned for stay in here) else []
    if not any(stay.first <= last and (stay.last is None or stay.last >= first) for stay in here):
        told.append(("learnerId", "UNMET_CONDITION"))
    return told


def planning(world: World, posts: tuple[Post, ...], school: int, *, draft: bool, own_risk: bool) -> list[Told]:
    """What stands against a measure on a plan of a school: who may not change plans there does not find it."""
    if school not in writes(world, posts, "P"):
        return [("planId", "NOT_FOUND")]
    if not acts(world, posts, "planMeasure", school):
        return [("planId", "NOT_ALLOWED")]
    if not draft:
        return [("planId", "LOCKED")]
    return [] if own_risk else [("riskId", "NOT_FOUND")]


def recording(
    world: World,
    posts: tuple[Post, ...],
    school: int,
    held_on: dt.date,
    *,
    running: bool,
    teaching: bool,
    inside: bool,
    last: dt.date | None,
    other: int | None,
) -> list[Told]:
    """What stands against an hour of one's own under a measure of a school.

    `inside`: the plan's and the enrolment's time; `last`: the day of the measure's recorded hour, given before noon like
    `other`, the school of an hour that the learner has at the very time.
    """
    if school not in reads(world, posts, "P"):
        return [("entries.0.measureId", "NOT_FOUND")]
    if not acts(world, posts, "recordConsultations", school):
        return [("entries.0.measureId", "NOT_ALLOWED")]
    told = [] if teaching else [("entries.0.measureId", "INVALID")]
    if not running:
        told.append(("entries.0.measureId", "UNMET_CONDITION"))
    if held_on > world.day or not inside:
        told.append(("entries.0.heldOn", "OUT_OF_PERIOD"))
    if not attached(posts, school, held_on):
        told.append(("entries.0.providerId", "UNMET_CONDITION"))
    if last is not None and (last.year, last.month) == (held_on.year, held_on.month) and held_on < last:
        told.append(("entries.0.heldOn", "INVALID"))
    if other is not None and other in reads(world, posts, "D"):
        told.append(("entries.0.startsAt", "CONFLICT"))
    elif other is not None and not told:
        told.append(("entries", "CONFLICT"))  # out of sight: the database alone knows, and says no more than this
    return told
