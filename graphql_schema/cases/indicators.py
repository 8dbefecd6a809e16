"""What learners' semesters show: absences and marks."""

from __future__ import annotations

from backend.insight.evaluation import selectors
from backend.insight.evaluation.models import IndicatorSource, LearnerIndicator
from backend.insight.evaluation.policies import INDICATORS
from graphql_schema.cases.shared import ID, OWN_INSTITUTION, VERSION, institution_filters, key_filter, semester_filters
from graphql_schema.engine.declarations import Column, Filter, FilterKind, ObjectType, Order, Relation

LEARNER_INDICATOR = ObjectType(
    name="LearnerIndicator",
    description="What a learner's semester shows: absences and marks.",
    needs="learners.read",
    model=LearnerIndicator,
    select=lambda scope: selectors.learner_indicators(scope=scope),
    policy=INDICATORS,
    learner="learner_id",
    order=("-recorded_at", "id"),
    orders=(Order(name="RECORDED_AT", columns=("recorded_at",), description="By when it was recorded."),),
    filters=(
        *institution_filters(path="institution"),
        *semester_filters(path="semester"),
        key_filter("learnerId", "learner_id", "lrn", "Of this learner."),
        Filter(name="source", lookup="source", kind=FilterKind.CHOICES, enum=IndicatorSource, description="From these sources."),
    ),
    fields=(
        ID,
        VERSION,
        Relation(name="learner", to="Learner", description="The learner."),
        OWN_INSTITUTION,
        Relation(name="enrolment", to="Enrolment", description="The enrolment."),
        Relation(name="semester", to="Semester", description="The semester."),
        Column(name="lessonsHeld", description="Lessons held."),
        Column(name="lessonsExcused", description="Lessons missed with excuse (attaisnoti kavējumi)."),
        Column(name="lessonsUnexcused", description="Lessons missed without excuse (neattaisnoti kavējumi)."),
        Column(name="meanMark", description="Mean of the marks on the scale of 10, two decimals."),
        Column(name="insufficientSubjects", description="Subjects with an insufficient mark, below 4."),
        Column(name="source", enum=IndicatorSource, description="Where it comes from."),
        Column(name="recordedAt", description="When it was recorded."),
    ),
)

TYPES = (LEARNER_INDICATOR,)
