"""Stock graphene-django: object types of the models and Relay connections, as its documentation shows."""

from __future__ import annotations

from typing import Any

import graphene
from graphene import relay
from graphene_django import DjangoObjectType
from graphene_django.fields import DjangoConnectionField

from backend.cases.learners import models as learners
from backend.cases.plans import models as plans
from backend.territory import models as territory


class InstitutionType(DjangoObjectType):
    class Meta:
        model = territory.Institution
        interfaces = (relay.Node,)
        fields = ("id", "code", "name_lv")


class MeasureType(DjangoObjectType):
    class Meta:
        model = plans.Measure
        interfaces = (relay.Node,)
        fields = ("id", "category", "kind_code", "planned_hours")
        convert_choices_to_enum = False


class SupportPlanType(DjangoObjectType):
    class Meta:
        model = plans.SupportPlan
        interfaces = (relay.Node,)
        fields = ("id", "number", "status", "period_from", "measures")
        convert_choices_to_enum = False


class LearnerType(DjangoObjectType):
    class Meta:
        model = learners.Learner
        interfaces = (relay.Node,)
        fields = ("id", "given_name", "family_name", "birth_date", "registering_institution", "plans")


class Query(graphene.ObjectType):
    learner = graphene.Field(LearnerType, key=graphene.UUID(required=True))
    learners = DjangoConnectionField(LearnerType, institution=graphene.UUID())

    def resolve_learner(self, info: Any, key: Any) -> Any:
        return learners.Learner.objects.select_related("registering_institution").filter(pk=key).first()

    def resolve_learners(self, info: Any, institution: Any = None, **arguments: Any) -> Any:
        found = learners.Learner.objects.select_related("registering_institution").prefetch_related("plans__measures")
        if institution is not None:
            found = found.filter(registering_institution_id=institution)
        return found.order_by("sort_key", "id")


schema = graphene.Schema(query=Query)
