"""A user of a random country sends commands: done or refused as the oracle says, and refusals that give nothing away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Enrolment, Learner
from backend.cases.plans.models import Measure, SupportPlan
from backend.core.identifiers import key_of
from graphql_schema.cases.schema import case_schema
from graphql_schema.models import RegisteredDocument
from tests.factories.rows import whole_state
from tests.isolation.asking import Asker, Json, Said
from tests.isolation.commands import OUT_OF_REACH, WORDED_ALIKE, Command, doable, drawn
from tests.mutations.office import document

MADE: dict[str, type[Any]] = {
    "registerLearner": Learner,
    "enrolLearner": Enrolment,
    "draftSupportPlan": SupportPlan,
    "planMeasure": Measure,
    "recordConsultations": Consultation,
    "registerDocument": RegisteredDocument,
}

_COUNTS = "select " + ", ".join(f"(select count(*) from {model._meta.db_table})" for model in MADE.values())  # noqa: S608 (our own names)


def commands_agree(asker: Asker) -> None:
    """Two that can be done and two more: done or refused as the oracle says; out of reach, absent and malformed are one."""
    for command in [*doable(asker.case, asker.case.rng), *drawn(asker.case, asker.case.rng, 2)]:
        payload = _sent(asker, command, command.given)
        errors = payload["errors"]
        if not asker.row_security:
            # Who may change a row is row security's to say first; the acts alone refuse as well, in other words.
            assert bool(errors) is not command.done, (command, errors)
            continue
        assert sorted((one["field"], one["code"]) for one in errors) == sorted(command.told), (command, errors)
        for one in errors:
            asker.said.setdefault((command.name, one["field"], one["code"]), set()).add(one["message"])
        asker.counted[f"{command.name} {'done' if command.done else 'refused'}"] += 1
        asker.counted["near"] += bool(errors) and not OUT_OF_REACH & {code for _, code in command.told}
        if any(code == "NOT_FOUND" for _, code in command.told):
            for twin in command.twins:
                assert _sent(asker, command, twin)["errors"] == errors, (command, twin)
                asker.counted["twins"] += 1
        elif ("entries", "CONFLICT") in command.told:
            asker.counted["hidden conflicts"] += 1


def worded_alike(said: Said) -> None:
    """A refusal has the same words whatever lies behind it."""
    for (name, path, code), messages in said.items():
        assert len(messages) == 1 or code not in WORDED_ALIKE, (name, path, code, messages)


def _sent(asker: Asker, command: Command, given: Json) -> Json:
    """The payload of a command that is taken back afterwards; what it made, and whom its answer showed, are judged here."""
    with _taken_back():
        before = _rows()
        asker.last = max([asker.last, *(one.pk for one in asker.entries(after=asker.last))])
        answer = asker.post(document(command.name), "compiled", input=given)
        assert "errors" not in answer, answer
        assert answer["extensions"]["engine"] == "resolved"
        payload: Json = answer["data"][command.name]
        _made(asker, command, payload, before)
    return payload


def _made(asker: Asker, command: Command, payload: Json, before: dict[str, int]) -> None:
    after = _rows()
    declared = case_schema().declarations.mutations[command.name]
    if payload["errors"]:
        assert payload[declared.result] is None
        assert after == before
        assert asker.entries(after=asker.last) == []
        return
    answered = payload[declared.result]
    (row,) = answered if declared.list_of else [answered]
    key = key_of(row["id"], tag=MADE[command.name].tag)
    assert after == before | {command.name: before[command.name] + 1}
    model = MADE[command.name]
    with whole_state():
        made = model.objects.get(pk=key) if model is not RegisteredDocument else None
    entries = asker.entries(after=asker.last)
    shown = [] if made is None else [made.pk if model is Learner else made.learner_id]
    assert [one.learner_id for one in entries] == shown


def _rows() -> dict[str, int]:
    """Rows by the command that makes them."""
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return dict(zip(MADE, cursor.fetchone(), strict=True))


class _TakenBack(Exception):
    """Rolls a command back on purpose."""


@contextmanager
def _taken_back() -> Iterator[None]:
    """A transaction that is rolled back. Foreign keys and other deferred rules speak at once, as at a command's commit."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            yield
            raise _TakenBack
    except _TakenBack:
        pass
