"""The computation of a run: rows read inside the caller's scope, methods in their order, one result that is never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from backend.accounts.models import User
from backend.accounts.scope import Scope, scope_of, scoped
from backend.core.clock import now
from backend.insight.evaluation.models import RunStatus, Study, StudyResult, StudyRun
from backend.insight.evaluation.reading import STATEMENTS, Material, read
from backend.insight.evaluation.services import may_be_published, publish_result
from backend.insight.evaluation.specification import Specification, from_json, hash_of

ROOM = Path(__file__).parent
READING = "reading"


def run(*, run_id: UUID, principal_id: UUID, publish: bool = False) -> StudyResult:
    """Compute a run as a user. Progress is written as it goes; whatever fails leaves a failed run and is raised on.

    With `publish` the same user publishes the result then, if it may be (`services.may_be_published`). A refusal is raised on
    and leaves the result.
    """
    current = StudyRun.objects.get(pk=run_id)
    scope = scope_of(user=User.objects.get(pk=principal_id, is_active=True))
    try:
        with scoped(scope):
            study = Study.objects.get(pk=current.study_id)
        result = result_of(scope=scope, study=study, run=current)
        with scoped(scope):
            result.save(force_insert=True)
        StudyRun.objects.filter(pk=run_id).update(status=RunStatus.DONE, step="", percent=100, ended_at=now(), result=result)
    except Exception:
        StudyRun.objects.filter(pk=run_id).update(status=RunStatus.FAILED, ended_at=now())
        raise
    if publish and may_be_published(result):
        with scoped(scope):
            publish_result(scope=scope, result_id=result.pk)
    return result


def result_of(*, scope: Scope, study: Study, run: StudyRun | None = None) -> StudyResult:
    """The result of a study on the rows as they are now, not saved. Raises ValueError for a specification tampered with."""
    if hash_of(study.specification) != study.specification_hash:
        raise ValueError("The specification is not the one that was registered.")
    specification = from_json(study.specification)

    def say(step: str, percent: int) -> None:
        if run is not None:
            StudyRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, step=step, percent=percent)

    say(READING, 5)
    with scoped(scope):
        material = material_of(scope=scope, specification=specification)
    from backend.insight.evaluation.computing import compute

    computed = compute(specification=specification, tables=material.tables, seed=study.seed, say=say)
    return StudyResult(
        study=study,
        specification_hash=study.specification_hash,
        data_hash=material.data_hash,
        code_version=code_version(),
        seed=study.seed,
        refused=not computed["estimates"],
        result={**computed, "specification": study.specification, "specified_at": _moment(study)},
        computed_at=now(),
    )


def material_of(*, scope: Scope, specification: Specification) -> Material:
    """The rows of a study. Needs a transaction that carries the scope; Refusal NOT_ALLOWED as `reading.read`."""
    tables = STATEMENTS[specification.population] + (("costs",) if "COST" in specification.methods else ())
    return read(scope=scope, tables=tables, parameters=specification.parameters)


def _moment(study: Study) -> str:
    if study.registered_at is None:
        raise ValueError("The study is not registered.")
    return study.registered_at.isoformat()


def code_version() -> str:
    """SHA-256 over this package's code (the first 16 digits): other code, other version, whatever the release is called."""
    digest = hashlib.sha256()
    for path in sorted([*ROOM.glob("*.py"), *(ROOM / "methods").glob("*.py")]):
        digest.update(path.relative_to(ROOM).as_posix().encode() + b"\0" + path.read_bytes())
    return f"evaluation-{digest.hexdigest()[:16]}"
