"""Studies: registered before data are read, computed in the background, published. Whoever answers for statistics does it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.core.clock import now
from backend.core.refusals import Code, refuse
from backend.insight.evaluation.models import RunStatus, Study, StudyPublication, StudyResult, StudyRun, StudyStatus
from backend.insight.evaluation.specification import Specification, as_json, hash_of

STUDYING = frozenset({Role.IKVD, Role.RESEARCHER})
"""Roles that register and compute studies, at the state. Assumed: no source tells of any study."""
PUBLISHING = frozenset({Role.IKVD})


def register_study(*, scope: Scope, specification: Specification, seed: int = 1) -> Study:
    """Register a specification: from now on the database lets nothing of it change. No row of case data is read.

    The same specification registered again is the same study. Raises Refusal: NOT_ALLOWED, DUPLICATE (another specification
    under this code).
    """
    _require(scope, STUDYING)
    plain = as_json(specification)
    digest = hash_of(plain)
    with transaction.atomic():
        found = Study.objects.filter(code=specification.code).first()
        if found is not None:
            if found.specification_hash != digest or found.seed != seed:
                refuse(Code.DUPLICATE, _("Another study has this code. Register yours under another one."), "code")
            return found
        study = Study(
            code=specification.code,
            title=specification.title["lv"],
            estimand=specification.estimand["lv"],
            specification=plain,
            specification_hash=digest,
            seed=seed,
            status=StudyStatus.REGISTERED,
            registered_at=now(),
            registered_by_id=scope.principal_id,
        )
        study.save(force_insert=True)
    return study


def request_run(*, scope: Scope, study: Study, publish: bool = False) -> StudyRun:
    """Have a registered study computed in the background, as the caller: the run tells how far it is.

    With `publish` its result goes to the public site at once, unless a group of it is too small: that one waits unpublished.
    Raises Refusal: NOT_ALLOWED, UNMET_CONDITION (not registered, or withdrawn).
    """
    from backend.insight.evaluation.tasks import run_study

    _require(scope, PUBLISHING if publish else STUDYING)
    if study.status != StudyStatus.REGISTERED:
        refuse(Code.UNMET_CONDITION, _("Only a registered study is computed. Register it first."), "study")
    run = StudyRun(study=study, status=RunStatus.QUEUED, requested_at=now())
    run.save(force_insert=True)
    transaction.on_commit(lambda: run_study.enqueue(str(run.pk), str(scope.principal_id), publish))
    return run


def publish_result(*, scope: Scope, result_id: UUID) -> StudyPublication:
    """Put a result on the public site; one that a guard refused is published with its reasons. Once is enough.

    Raises Refusal: NOT_ALLOWED (the agency alone), NOT_FOUND, LIMIT_EXCEEDED (groups too small for the public).
    """
    _require(scope, PUBLISHING)
    result = StudyResult.objects.filter(pk=result_id).select_related("study").first()
    if result is None:
        refuse(Code.NOT_FOUND, _("There is no such result."), "result")
    if not may_be_published(result):
        refuse(Code.LIMIT_EXCEEDED, _("A group of the result is too small to be published."), "result")
    found = StudyPublication.objects.filter(result=result).first()
    if found is None:
        found = StudyPublication(result=result, code=result.result["specification"]["code"], published_at=now())
        found.save(force_insert=True)
    return found


LEAST_PUBLIC = 10
"""Fewest people on either side of a published estimate (as for health and family risks in releases)."""


def may_be_published(result: StudyResult) -> bool:
    """Whether every group of people behind an estimate is large enough for the public."""
    return _least_group(result.result) >= LEAST_PUBLIC


def _least_group(result: dict[str, Any]) -> int:
    people = [each for each in result["estimates"] if each["method"] != "INTERRUPTED_TIME_SERIES"]
    return min((min(each["exposed"], each["compared"]) for each in people), default=LEAST_PUBLIC)


def _require(scope: Scope, roles: frozenset[str]) -> None:
    held = {holding.role for holding in scope.opening(Area.STATISTICS) if holding.whole_state}
    if not held & roles:
        refuse(Code.NOT_ALLOWED, _("Studies take statistics of the whole country. Ask for a role that has them open."), "study")
