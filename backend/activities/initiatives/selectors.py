"""Reads of calls, projects, points and participants, inside the caller's scope."""

from __future__ import annotations

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from backend.accounts.scope import Scope
from backend.activities.initiatives.models import (
    CallCriterion,
    InitiativeCall,
    InitiativeGrant,
    InitiativeProject,
    OrganisationMember,
    ProjectParticipant,
    ProjectPartner,
    ProjectReport,
    ProjectScore,
    ProjectScorer,
    ProjectStep,
    ScoringCriterion,
    YouthOrganisation,
)
from backend.activities.initiatives.policies import MEMBERS, PARTICIPANTS, PROJECT_PARTS, PROJECTS, PUBLIC, SCORES
from backend.territory.selectors import in_force


def youth_organisations(*, scope: Scope) -> QuerySet[YouthOrganisation]:
    """Organisations, in Latvian order."""
    return YouthOrganisation.objects.filter(PUBLIC.visible(scope)).order_by("sort_key", "id")


def initiative_calls(*, scope: Scope) -> QuerySet[InitiativeCall]:
    """Calls, the latest first."""
    return InitiativeCall.objects.filter(PUBLIC.visible(scope)).order_by("-opens_on", "id")


def public_calls() -> QuerySet[InitiativeCall]:
    """Calls for the public site: it sees nothing else of this room."""
    return InitiativeCall.objects.order_by("-opens_on", "id")


def call_criteria(*, scope: Scope) -> QuerySet[CallCriterion]:
    """Criteria of calls, in the order of each call's list."""
    return CallCriterion.objects.filter(PUBLIC.visible(scope)).order_by("position", "id")


def scoring_criteria(*, scope: Scope) -> QuerySet[ScoringCriterion]:
    """Criteria that calls choose from, in the order of the list."""
    return ScoringCriterion.objects.filter(PUBLIC.visible(scope)).order_by("position", "id")


def grant_on(*, day: dt.date) -> InitiativeGrant | None:
    """The grant in force on a day; None where no row covers it."""
    return InitiativeGrant.objects.filter(in_force(day)).first()


def initiative_projects(*, scope: Scope) -> QuerySet[InitiativeProject]:
    """Projects that `scope` reaches, those submitted last first."""
    return InitiativeProject.objects.filter(PROJECTS.visible(scope)).order_by("-submitted_at", "id")


def project_steps(*, scope: Scope) -> QuerySet[ProjectStep]:
    """Steps of projects, in the order they were taken."""
    return ProjectStep.objects.filter(PROJECT_PARTS.visible(scope)).order_by("at", "id")


def project_partners(*, scope: Scope) -> QuerySet[ProjectPartner]:
    """Partners of projects."""
    return ProjectPartner.objects.filter(PROJECT_PARTS.visible(scope)).order_by("id")


def project_reports(*, scope: Scope) -> QuerySet[ProjectReport]:
    """Reports of projects."""
    return ProjectReport.objects.filter(PROJECT_PARTS.visible(scope)).order_by("submitted_at", "id")


def project_scorers(*, scope: Scope) -> QuerySet[ProjectScorer]:
    """Who scores which project."""
    return ProjectScorer.objects.filter(SCORES.visible(scope)).order_by("id")


def project_scores(*, scope: Scope) -> QuerySet[ProjectScore]:
    """Points given."""
    return ProjectScore.objects.filter(SCORES.visible(scope)).order_by("id")


def organisation_members(*, scope: Scope) -> QuerySet[OrganisationMember]:
    """People who act for organisations."""
    return OrganisationMember.objects.filter(MEMBERS.visible(scope)).order_by("valid_from", "id")


def participation_of_measure(*, scope: Scope) -> Subquery:
    """Over measures: key of the learner's place in a project under it, the last to begin."""
    found = project_participants(scope=scope).filter(measure=OuterRef("pk"))
    return Subquery(found.order_by("-starts_on", "-id").values("pk")[:1])


def project_participants(*, scope: Scope) -> QuerySet[ProjectParticipant]:
    """Learners in projects, of the institutions that `scope` reaches."""
    return ProjectParticipant.objects.filter(PARTICIPANTS.visible(scope)).order_by("starts_on", "id")
