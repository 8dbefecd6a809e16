"""Closing semesters and reopening them."""

from __future__ import annotations

from backend.insight.statistics import closing, kept
from backend.insight.statistics.models import SemesterClosure
from backend.territory.models import Semester
from graphql_schema.cases.shared import ID, account
from graphql_schema.engine.commands import Mutation, Named, Plain
from graphql_schema.engine.declarations import ANY_TOKEN, Column, ObjectType, Relation

SEMESTER_CLOSURE = ObjectType(
    name="SemesterClosure",
    description="A closing of a semester, with the figures it sealed.",
    needs=ANY_TOKEN,
    model=SemesterClosure,
    select=lambda scope: kept.semester_closures(scope=scope),
    open_to_all=True,
    order=("-closed_at", "id"),
    fields=(
        ID,
        Relation(name="semester", to="Semester", description="The semester."),
        Column(name="closedAt", description="When it was closed."),
        account("closedBy", "Who closed it."),
        Column(name="contentHash", description="Hash over the sealed figures, which later ones are compared with."),
        Column(name="reopenedAt", description="When it was reopened; null while it stands."),
        account("reopenedBy", "Who reopened it."),
        Column(name="reopenReason", description="Why it was reopened."),
    ),
)

CLOSE_SEMESTER = Mutation(
    name="closeSemester",
    description="Close a semester: its figures are sealed, and what is changed later shows as a correction.",
    needs="registry.write",
    service=closing.close_semester,
    to="Semester",
    inputs=(Named(name="semester", model=Semester, required=True, description="The semester."),),
)

REOPEN_SEMESTER = Mutation(
    name="reopenSemester",
    description="Reopen a closed semester, with a reason.",
    needs="registry.write",
    service=closing.reopen_semester,
    to="Semester",
    inputs=(
        Named(name="semester", model=Semester, required=True, description="The semester."),
        Plain(name="reason", required=True, description="Why."),
    ),
)

TYPES = (SEMESTER_CLOSURE,)
MUTATIONS = (CLOSE_SEMESTER, REOPEN_SEMESTER)
