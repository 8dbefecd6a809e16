"""The case API as a door: what a document must answer, built from the facts and the oracle alone, field by field."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, RiskAssessment, SupportPlan
from backend.cases.reimbursements.models import ReimbursementClaim
from tests.isolation import oracle
from tests.isolation.doors import Case

Json = dict[str, Any]

CONSULTATION = "id version topic heldOn specialistRole learner { id }"
CLAIM = "id period kind amount"
MEASURE_ROW = "id category subject plannedHours note risk { id level } learner { id familyName }"
MEASURE = f"""{MEASURE_ROW}
  consultations(first: 9) {{ totalCount edges {{ node {{ {CONSULTATION} }} }} }}
  reimbursementClaims(first: 9) {{ totalCount edges {{ node {{ {CLAIM} }} }} }}"""
RISK = "id moment level note riskFactor { code }"
PLAN_ROW = "id number status resultText continueNext enrolment { id }"
PLAN = f"""{PLAN_ROW}
  risks(first: 9) {{ totalCount edges {{ node {{ {RISK} }} }} }}
  measures(first: 9) {{ totalCount edges {{ node {{ {MEASURE} }} }} }}"""
ENROLMENT = "id stage startsOn"
PERSON = "id version givenName familyName birthDate personalCode personalCodeInFull"
LEARNER = f"""{PERSON} enrolments(first: 50) {{ totalCount edges {{ node {{ {ENROLMENT} }} }} }}
  supportPlans(first: 50) {{ totalCount edges {{ node {{ {PLAN} }} }} }}"""
CHILDREN = {"risks", "measures", "consultations", "reimbursementClaims"}
INSIDE = {
    Learner: PERSON,
    Enrolment: ENROLMENT,
    SupportPlan: PLAN_ROW,
    RiskAssessment: RISK,
    Measure: MEASURE_ROW,
    Consultation: CONSULTATION,
    ReimbursementClaim: CLAIM,
}
EVERYBODY = f"{{ learners(first: 100) {{ totalCount edges {{ cursor node {{ {LEARNER} }} }} }} }}"
NODES = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename
  {" ".join(f"... on {model.__name__} {{ {fields} }}" for model, fields in INSIDE.items())} }} }}"""
NODE = NODES.replace("$ids: [ID!]!", "$id: ID!").replace("nodes(ids: $ids)", "node(id: $id)")


@dataclass
class Expected:
    """What one user in one world must be answered."""

    case: Case
    codes: dict[Any, str]
    """Personal codes by learner's key."""
    hidden: int = 0
    """Values that were there and had to be shown as nothing."""

    @cached_property
    def facts(self) -> dict[Any, Any]:
        """What is known of a learner, by key."""
        return {row.pk: fact for row, fact in zip(self.case.country.learners, self.case.country.world.learners, strict=True)}

    @cached_property
    def seen(self) -> dict[type[Any], set[Any]]:
        """Keys seen, by model."""
        return {model: self.case.seen(model) for model in INSIDE}

    @cached_property
    def _readable(self) -> dict[tuple[str, str], frozenset[int]]:
        return {}

    def reads(self, row: Any, field: str) -> bool:
        """Whether the field may be read in this row."""
        model = type(row).__name__
        if (model, field) not in self._readable:
            self._readable[model, field] = oracle.reads_field(self.case.country.world, self.case.posts, model, field)
        schools = self._readable[model, field]
        if model == "Learner":
            return oracle.sees_learner(self.facts[row.pk], schools)
        return self.case.country.owned[model][row.pk] in schools

    def value(self, row: Any, field: str, value: Any) -> Any:
        """A value, or nothing where it may not be read."""
        if self.reads(row, field):
            return value
        self.hidden += value is not None
        return None

    def compares(self, model: type[Any], field: str) -> bool:
        """Whether the field may be filtered and ordered by."""
        return oracle.may_compare(self.case.country.world, self.case.posts, model.__name__, field)

    # -- objects -----------------------------------------------------------------------------------------------------------
    def node(self, row: Any) -> Json | None:
        """An object as `nodes` gives it, without what is nested in it; null where the row is not seen."""
        if row.pk not in self.seen[type(row)]:
            return None
        made = {
            Learner: self.person,
            Enrolment: self.enrolment,
            SupportPlan: self.plan,
            RiskAssessment: self.risk,
            Measure: self.measure,
            Consultation: self.consultation,
            ReimbursementClaim: self.claim,
        }
        own = {key: value for key, value in made[type(row)](row).items() if key not in CHILDREN}
        return {"__typename": type(row).__name__, **own}

    def everybody(self) -> list[Json]:
        """All learners seen, by key."""
        return [
            {
                **self.person(row),
                "enrolments": self._children(Enrolment, "learner_id", row, self.enrolment),
                "supportPlans": self._children(SupportPlan, "learner_id", row, self.plan),
            }
            for row in sorted(self.case.country.learners, key=lambda row: row.public_id)
            if row.pk in self.seen[Learner]
        ]

    def person(self, row: Learner) -> Json:
        """The learner's own fields."""
        schools = oracle.reads_code(self.case.country.world, self.case.posts)
        code = self.codes[row.pk] if oracle.sees_learner(self.facts[row.pk], schools) else None
        return {
            "id": row.public_id,
            "version": 1,
            "givenName": self.value(row, "given_name", row.given_name),
            "familyName": self.value(row, "family_name", row.family_name),
            "birthDate": self.value(row, "birth_date", row.birth_date.isoformat()),
            "personalCode": code and f"{code[:6]}-*****",
            "personalCodeInFull": code and f"{code[:6]}-{code[6:]}",
        }

    def enrolment(self, row: Enrolment) -> Json:
        """An enrolment."""
        return {"id": row.public_id, "stage": self.value(row, "stage", 9), "startsOn": row.starts_on.isoformat()}

    def plan(self, row: SupportPlan) -> Json:
        """A plan with what it says."""
        enrolled = self.value(row, "enrolment", row.enrolment_id in self.seen[Enrolment])
        return {
            "id": row.public_id,
            "number": row.number,
            "status": row.status,
            "resultText": self.value(row, "result_text", row.result_text),
            "continueNext": self.value(row, "continue_next", True),
            "enrolment": {"id": row.enrolment.public_id} if enrolled else None,
            "risks": self._children(RiskAssessment, "plan_id", row, self.risk),
            "measures": self._children(Measure, "plan_id", row, self.measure),
        }

    def risk(self, row: RiskAssessment) -> Json:
        """A risk."""
        return {
            "id": row.public_id,
            "moment": "START",
            "level": self.value(row, "level", 2),
            "note": self.value(row, "note", row.note),
            "riskFactor": self.value(row, "risk_factor", {"code": self.case.country.factor.code}),
        }

    def measure(self, row: Measure) -> Json:
        """A measure with what was given under it."""
        risk = row.risk if row.risk_id in self.seen[RiskAssessment] else None
        learner = self.case.country.learners[[one.pk for one in self.case.country.learners].index(row.learner_id)]
        named = {"id": learner.public_id, "familyName": self.value(learner, "family_name", learner.family_name)}
        return {
            "id": row.public_id,
            "category": self.value(row, "category", row.category),
            "subject": self.value(row, "subject", row.subject or None),
            "plannedHours": self.value(row, "planned_hours", row.planned_hours),
            "note": self.value(row, "note", row.note or None),
            "risk": risk and self.value(row, "risk", {"id": risk.public_id, "level": self.value(risk, "level", 2)}),
            "learner": self.value(row, "learner", named if learner.pk in self.seen[Learner] else None),
            "consultations": self._children(Consultation, "measure_id", row, self.consultation),
            "reimbursementClaims": self._children(ReimbursementClaim, "measure_id", row, self.claim),
        }

    def consultation(self, row: Consultation) -> Json:
        """An hour."""
        learner = {"id": row.learner.public_id} if row.learner_id in self.seen[Learner] else None
        return {
            "id": row.public_id,
            "version": 1,
            "topic": self.value(row, "topic", row.topic),
            "heldOn": self.value(row, "held_on", row.held_on.isoformat()),
            "specialistRole": self.value(row, "specialist_role", "TEACHER"),
            "learner": self.value(row, "learner", learner),
        }

    def claim(self, row: ReimbursementClaim) -> Json:
        """A claim."""
        return {
            "id": row.public_id,
            "period": "2023-02-01",
            "kind": self.value(row, "kind", "CATERING"),
            "amount": self.value(row, "amount", "30.00"),
        }

    def _children(self, model: type[Any], via: str, parent: Any, made: Any) -> Json:
        rows = [row for row in self.case.country.rows[model] if getattr(row, via) == parent.pk and row.pk in self.seen[model]]
        nodes = [made(row) for row in sorted(rows, key=lambda row: row.public_id)]
        return {"totalCount": len(nodes), "edges": [{"node": node} for node in nodes]}


def by_id(value: Any) -> Any:
    """An answer with every list of nodes in the order of their ids; cursors left out."""
    if isinstance(value, dict):
        return {key: by_id(item) for key, item in value.items() if key != "cursor"}
    if isinstance(value, list):
        items = [by_id(item) for item in value]
        return sorted(items, key=lambda item: item["node"]["id"]) if items and "node" in (items[0] or {}) else items
    return value


def inside(cursor: str) -> str:
    """What a cursor says to whoever opens it."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
