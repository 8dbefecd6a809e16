"""Stock strawberry-django: types of the models, its optimizer, its caches, its own pagination."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import strawberry
import strawberry_django
from strawberry.extensions import ParserCache, ValidationCache
from strawberry_django.optimizer import DjangoOptimizerExtension

from backend.cases.delivery import models as delivery
from backend.cases.learners import models as learners
from backend.cases.plans import models as plans
from backend.territory import models as territory


@strawberry_django.type(territory.Institution)
class Institution:
    id: UUID
    code: str
    name_lv: str


@strawberry_django.type(plans.Measure, pagination=True)
class Measure:
    id: UUID
    category: str
    kind_code: str
    planned_hours: int | None


@strawberry_django.type(plans.SupportPlan, pagination=True)
class SupportPlan:
    id: UUID
    number: str
    status: str
    period_from: dt.date
    measures: list[Measure]


@strawberry_django.filter_type(learners.Learner)
class LearnerFilter:
    registering_institution_id: UUID | None


@strawberry_django.order_type(learners.Learner)
class LearnerOrder:
    sort_key: strawberry.auto
    id: strawberry.auto


@strawberry_django.type(learners.Learner, pagination=True, filters=LearnerFilter, ordering=LearnerOrder)
class Learner:
    id: UUID
    given_name: str
    family_name: str
    birth_date: dt.date
    registering_institution: Institution
    plans: list[SupportPlan]


@strawberry.type
class Query:
    learners: list[Learner] = strawberry_django.field()

    @strawberry_django.field
    def learner(self, id: UUID) -> Learner | None:
        return learners.Learner.objects.filter(pk=id).first()


@strawberry_django.type(delivery.Consultation)
class Consultation:
    id: UUID
    held_on: dt.date
    starts_at: dt.time
    topic: str


@strawberry_django.input(delivery.Consultation)
class ConsultationInput:
    measure_id: UUID
    learner_id: UUID
    institution_id: UUID
    provider_id: UUID
    specialist_role: str
    held_on: dt.date
    starts_at: dt.time
    topic: str


@strawberry.type
class Mutation:
    create_consultation: Consultation = strawberry_django.mutations.create(ConsultationInput)


schema = strawberry.Schema(
    query=Query, mutation=Mutation, extensions=[DjangoOptimizerExtension, lambda: ParserCache(128), lambda: ValidationCache(128)]
)
