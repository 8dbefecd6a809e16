"""Studies from registration to the public page, over the small cast: too small for an answer, and they say so."""

from __future__ import annotations

import dataclasses
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import translation

from backend.accounts.scope import NOBODY, enter_scope, scoped
from backend.core.refusals import Code, Refusal
from backend.insight.evaluation import wording
from backend.insight.evaluation.methods.answers import GuardKind, Method
from backend.insight.evaluation.models import RunStatus, Study, StudyGuardKind, StudyMethod, StudyResult, StudyRun
from backend.insight.evaluation.public import published_results
from backend.insight.evaluation.reproducing import SQL, flat, names, reproduce
from backend.insight.evaluation.running import run
from backend.insight.evaluation.services import may_be_published, publish_result, register_study, request_run
from backend.insight.evaluation.specification import as_json, from_json, hash_of
from backend.insight.evaluation.standing import LEAVING, STANDING
from backend.insight.statistics.report import figures_of
from backend.insight.statistics.selectors import semester_report
from backend.territory.models import Semester
from tests.factories.cast import Cast
from tests.factories.room_platform import STUDY_RESULT


def register(cast: Cast, specification: Any = LEAVING, *, person: str = "agency") -> Study:
    scope = cast.scope(person)
    with scoped(scope):
        return register_study(scope=scope, specification=specification)


def computed(cast: Cast, specification: Any = LEAVING) -> StudyResult:
    """A result, as the background task makes it."""
    scope, study = cast.scope("agency"), register(cast, specification)
    with scoped(scope):
        made = request_run(scope=scope, study=study)
    assert scope.principal_id
    return run(run_id=made.pk, principal_id=scope.principal_id)


def test_a_specification_is_the_same_after_it_was_kept() -> None:
    for specification in STANDING:
        plain = json.loads(json.dumps(as_json(specification)))
        assert from_json(plain) == specification
        assert hash_of(plain) == hash_of(as_json(specification))
    other = dataclasses.replace(LEAVING, covariates=LEAVING.covariates[:-1])
    assert hash_of(as_json(other)) != hash_of(as_json(LEAVING))


def test_the_light_names_are_those_of_the_heavy_modules() -> None:
    assert StudyMethod.values == [each.value for each in Method]
    assert StudyGuardKind.values == [each.value for each in GuardKind]
    assert set(wording.METHODS) == set(StudyMethod.values)
    assert set(wording.GUARDS) == set(StudyGuardKind.values)


def test_what_was_registered_stays_and_the_database_says_so(cast: Cast) -> None:
    study = register(cast)
    assert register(cast).pk == study.pk
    with pytest.raises(Refusal) as refused:
        register(cast, dataclasses.replace(LEAVING, exclusions=()))
    assert [problem.code for problem in refused.value.problems] == [Code.DUPLICATE]
    with scoped(cast.scope("agency")), pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(specification={})


@pytest.mark.parametrize("person", ["author of maple", "head of linden"])
def test_a_school_registers_nothing(cast: Cast, person: str) -> None:
    with pytest.raises(Refusal) as refused:
        register(cast, person=person)
    assert [problem.code for problem in refused.value.problems] == [Code.NOT_ALLOWED]


@pytest.mark.parametrize("specification", STANDING, ids=lambda each: each.code)
def test_a_handful_of_learners_gives_no_effect_and_the_guards_say_why(cast: Cast, specification: Any) -> None:
    result = computed(cast, specification)
    adjusted = {"MATCHING", "IPW", "AIPW", "COX", "DIFFERENCE_IN_DIFFERENCES", "INTERRUPTED_TIME_SERIES"}
    assert not {each["method"] for each in result.result["estimates"]} & adjusted
    assert any(not guard["passed"] for guard in result.result["guards"])
    for language in ("lv", "en"):
        with translation.override(language):
            assert (
                wording.summary(result.result).startswith(
                    {"lv": "Pētījums atbildi nedod", "en": "The study gives no answer"}[language]
                )
                or specification.code == "cost-of-staying"
            )
    made = StudyRun.objects.get(result=result)
    assert (made.status, made.percent) == (RunStatus.DONE, 100)
    assert (result.specification_hash, len(result.data_hash)) == (hash_of(as_json(specification)), 64)
    assert not any(str(learner.pk) in json.dumps(result.result) for learner in cast.learners.values())


def test_a_run_that_fails_says_so(cast: Cast) -> None:
    broken = dataclasses.replace(LEAVING, code="broken", thresholds={"luck": 1.0})
    with pytest.raises(ValueError, match="luck"):
        computed(cast, broken)
    assert StudyRun.objects.get().status == RunStatus.FAILED
    assert not StudyResult.objects.exists()


def test_the_same_rows_have_the_same_hash_and_others_another(cast: Cast) -> None:
    first, second = computed(cast), computed(cast)
    assert first.data_hash == second.data_hash
    with scoped(cast.scope("agency")):
        cast.plans["Bruno"].delete() if not cast.plans["Bruno"].activated_at else None
        type(cast.plans["Bruno"]).objects.filter(pk=cast.plans["Bruno"].pk).update(activated_at=None, status="DRAFT")
    assert computed(cast).data_hash != first.data_hash


# -- the public page --------------------------------------------------------------------------------------------------
def kept(cast: Cast, **changes: Any) -> StudyResult:
    study = register(cast)
    result = StudyResult(
        study=study,
        specification_hash=study.specification_hash,
        data_hash="ab" * 32,
        code_version="evaluation-1",
        seed=1,
        result={**STUDY_RESULT, "specification": study.specification, **changes},
        computed_at=study.registered_at,
    )
    result.save(force_insert=True)
    return result


def test_only_what_was_published_is_on_the_site(cast: Cast, client: Client) -> None:
    result = kept(cast)
    assert client.get("/lv/petijumi/leaving-in-semester/").status_code == 404
    scope = cast.scope("agency")
    with scoped(scope):
        publish_result(scope=scope, result_id=result.pk)
        publish_result(scope=scope, result_id=result.pk)
    for address, words in (
        ("/lv/petijumi/leaving-in-semester/", ("Vai individuālais atbalsta plāns", "procentpunktos −3,0", "Kā to lasīt")),
        ("/en/studies/leaving-in-semester/", ("Does an individual support plan", "percentage points −3.0", "How to read it")),
        ("/lv/petijumi/", ("Vai individuālais atbalsta plāns",)),
    ):
        page = client.get(address)
        assert page.status_code == 200
        for word in words:
            assert word in page.content.decode(), (address, word)
    assert "ab" * 32 in client.get("/lv/petijumi/leaving-in-semester/").content.decode()


def test_small_groups_are_not_published(cast: Cast) -> None:
    small = {**STUDY_RESULT["estimates"][0], "compared": 9}  # type: ignore[index,dict-item]
    scope = cast.scope("agency")
    result = kept(cast, estimates=[small])
    with scoped(scope), pytest.raises(Refusal) as refused:
        publish_result(scope=scope, result_id=result.pk)
    assert [problem.code for problem in refused.value.problems] == [Code.LIMIT_EXCEEDED]
    with scoped(cast.scope("researcher")), pytest.raises(Refusal):
        publish_result(scope=cast.scope("researcher"), result_id=result.pk)


def test_asked_for_once_computed_and_published_where_it_may(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    agency, code = cast.staff["agency"].username, LEAVING.code
    for expected in ("to be computed, run ", "asked for already: unchanged"):
        said = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("studies", "run", code, "--first", "--publish", f"--as={agency}", stdout=said)
        assert expected in said.getvalue()
    with scoped(cast.scope("agency")):
        assert StudyRun.objects.filter(study__code=code).values_list("status", flat=True).get() == RunStatus.DONE
    assert [each.code for each in published_results()] == [code]


def test_a_group_too_small_stays_unpublished_and_who_may_not_publish_does_not_ask(cast: Cast) -> None:
    small = {**STUDY_RESULT["estimates"][0], "exposed": 9}  # type: ignore[index,dict-item]
    assert not may_be_published(kept(cast, estimates=[small]))
    scope = cast.scope("researcher")
    with scoped(scope):
        study = Study.objects.get(code=LEAVING.code)
    with scoped(scope), pytest.raises(Refusal):
        request_run(scope=scope, study=study, publish=True)
    with scoped(scope):
        assert request_run(scope=scope, study=study).status == RunStatus.QUEUED


# -- the notebook -----------------------------------------------------------------------------------------------------
def test_every_figure_comes_out_of_the_raw_rows_again(cast: Cast) -> None:
    computed(cast)
    scope = cast.scope("agency")
    listed = list(names(scope=scope))
    reports = [name for name in listed if name.startswith("report:")]
    assert len(reports) > 15
    assert len([name for name in listed if name.startswith("source:")]) == 82
    for name in listed:
        enter_scope(NOBODY)  # a command has no scope but the one that it makes
        notebook = reproduce(scope=scope, name=name)
        assert notebook.same, (name, notebook.told, notebook.again)
        assert notebook.steps
    with scoped(scope):
        report = semester_report(scope=scope, semester=Semester.objects.get(code="2022/2023-2"))
    assert report is not None
    told = {
        tuple(name.split(".")[:1] + name.split(".")[-1:]) if "." in name else ("", name) for name, _v in flat(figures_of(report))
    }
    assert told == set(SQL)


def test_the_command_prints_steps_and_numbers(cast: Cast) -> None:
    output = StringIO()
    name = cast.staff["agency"].username
    call_command("reproduce", "report:2022/2023-2:MAPLE:plans", username=name, stdout=output)
    assert "As told:  2\nAgain:    2" in output.getvalue()
    assert "select count(*) from plans_supportplan" in output.getvalue()
    with pytest.raises(CommandError, match="no such figure"):
        call_command("reproduce", "report:2022/2023-2:MAPLE:luck", username=name, stdout=output)
    with pytest.raises(CommandError, match="no such figure"):
        call_command("reproduce", "study:none:AIPW:x:y", username=name, stdout=output)
