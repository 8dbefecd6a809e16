"""A school's apps at work: what is needed to send commands over HTTP as they would."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.test import Client

from backend.accounts.models import AccessToken, Level, PartnerApp, Role, User
from backend.accounts.roles import token_scopes_for
from backend.accounts.services import admit_partner_app, assign_role
from backend.cases.casefiles.models import CaseFile
from backend.cases.plans.models import Application, SupportPlan
from backend.core.clock import now
from backend.territory.models import Municipality, Region
from graphql_schema.cases.schema import case_schema
from tests.cases.desk import Desk, make_desk
from tests.cases.reimbursements.till import Till, make_till
from tests.factories.case_rows import ApplicationFactory, CaseFileFactory
from tests.factories.cast import Cast
from tests.factories.rows import MeasureFactory, RiskAssessmentFactory, whole_state
from tests.graphql.conftest import ADDRESS, Reply


@dataclass
class Office:
    """Maple's journal app, and apps of others."""

    desk: Desk
    cast: Cast
    till: Till
    apps: dict[str, PartnerApp] = field(default_factory=dict)

    def token(self, app: str, *, without: str = "") -> str:
        """A fresh token of an app; `without` leaves one scope out."""
        raw = secrets.token_urlsafe(24)
        scopes = [scope for scope in self.apps[app].allowed_scopes.split() if scope != without]
        token = AccessToken(application=self.apps[app], scope=" ".join(scopes), expires=now() + dt.timedelta(hours=1), token="")
        token._raw_token = raw
        token.save()
        return raw

    CLOSED_PERIOD: ClassVar[dict[str, dt.date]] = {"period_from": dt.date(2023, 1, 9), "period_to": dt.date(2023, 5, 31)}

    def file(self, plan: SupportPlan, **fields: Any) -> CaseFile:
        """The scan of an application."""
        with whole_state():
            found: CaseFile = CaseFileFactory(
                institution=plan.institution, learner=plan.learner, **({"purpose": "APPLICATION", "room": "plans"} | fields)
            )
        return found

    def ready(self) -> SupportPlan:
        """A plan that can be submitted."""
        plan = self.draft()
        with whole_state():
            SupportPlan.objects.filter(pk=plan.pk).update(application=application_of(plan))
            MeasureFactory(plan=plan, risk=RiskAssessmentFactory(plan=plan), code="CATERING")
        return plan

    def submitted(self, **fields: Any) -> SupportPlan:
        """A plan on the head's desk."""
        plan = self.ready()
        with whole_state():
            SupportPlan.objects.filter(pk=plan.pk).update(**({"status": "SUBMITTED", "submitted_at": now()} | fields))
        return plan

    def evaluated(self) -> SupportPlan:
        """A plan that can be closed."""
        return self.submitted(status="EVALUATED", activated_at=now(), evaluated_at=now())

    def draft(self, **fields: Any) -> SupportPlan:
        """A plan of another learner of maple that is being written."""
        return self.desk.running_plan(**{"status": "DRAFT", "submitted_at": None, "activated_at": None} | fields)


def application_of(plan: SupportPlan) -> Application:
    """The parent's application for a plan."""
    found: Application = ApplicationFactory(
        learner=plan.learner, institution=plan.institution, semester=plan.semester, signed_on=dt.date(2023, 9, 1)
    )
    return found


def make_office(cast: Cast) -> Office:
    """Maple takes part; its journal may do everything that authors and providers do."""
    desk = make_desk(cast)
    office = Office(desk, cast, make_till(cast, desk=desk))
    for name, roles, school in (
        ("journal", (Role.PLAN_AUTHOR, Role.SUPPORT_PROVIDER), "maple"),
        ("other-school", (Role.PLAN_AUTHOR, Role.SUPPORT_PROVIDER), "birch"),
        ("office", (Role.INSTITUTION_HEAD, Role.INSTITUTION_COORDINATOR), "maple"),
        ("agency", (Role.IKVD,), ""),
        ("register", (Role.AUDITOR,), ""),
        ("municipal-system", (Role.MUNICIPALITY_COORDINATOR,), "madona"),
        ("region", (Role.REGIONAL_COORDINATOR,), "vidzeme"),
    ):
        account = User.objects.create_user(f"app.{name}", is_service=True)
        level, unit = _place(cast, school)
        for role in roles:
            assign_role(user=account, role=role, level=level, unit=unit, valid_from=dt.date(2017, 3, 16))
        scopes = {*token_scopes_for(roles), "learners.write", "plans.write", "delivery.write", "adhoc", "introspect"}
        office.apps[name] = admit_partner_app(
            name=name, client_id=name, client_secret="a-long-random-secret-of-the-tests", scopes=scopes, service_account=account
        )
    return office


def _place(cast: Cast, name: str) -> tuple[Level, Any]:
    if name == "madona":
        return Level.MUNICIPALITY, Municipality.objects.get(code="LV-059")
    if name == "vidzeme":
        return Level.REGION, Region.objects.get(code="Vidzeme")
    return (Level.INSTITUTION, cast.schools[name]) if name else (Level.STATE, None)


SELECTION = "{ errors { field code message } clientMutationId %s { id } }"


class Sender:
    """Sends commands of apps with tokens of their own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.tokens: dict[str, str] = {}

    def token(self, app: str) -> str:
        """The token that an app has used so far, or its first; anything else is a token itself."""
        if app not in self.office.apps:
            return app
        if app not in self.tokens:
            self.tokens[app] = self.office.token(app)
        return self.tokens[app]

    def post(self, app: str, body: dict[str, Any], *, language: str = "en") -> Reply:
        """One request."""
        answer = Client(enforce_csrf_checks=True).post(
            ADDRESS,
            data=body,
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token(app)}", "accept-language": language},
        )
        return Reply(answer.status_code, answer.json(), answer.headers)

    def ask(self, app: str, query: str, **variables: Any) -> Reply:
        """One document."""
        return self.post(app, {"query": query, "variables": variables})

    def __call__(
        self, app: str, mutation: str, given: dict[str, Any], *, selection: str = "", language: str = "en"
    ) -> dict[str, Any]:
        """The payload of one command."""
        reply = self.post(app, {"query": document(mutation, selection), "variables": {"input": given}}, language=language)
        assert reply.status == 200
        payload: dict[str, Any] = reply.data[mutation]
        return payload


def document(mutation: str, selection: str = "") -> str:
    """The text of one command; by default it selects the errors and the id of what was made."""
    declared = case_schema().declarations.mutations[mutation]
    chosen = f"{{ errors {{ field code message }} {selection} }}" if selection else SELECTION % declared.result
    return f"mutation Do($input: {declared.stem}Input!) {{ {mutation}(input: $input) {chosen} }}"


def codes(payload: dict[str, Any]) -> dict[str | None, str]:
    """By path, the codes of a refused command."""
    return {error["field"]: error["code"] for error in payload["errors"]}
