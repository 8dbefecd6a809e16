"""Every text of every mutation: what tries to be something else comes back as it was typed, or is refused by name.

Generated from the inputs of the schema; `kept` says by hand where each comes back.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.known_callers import forget
from graphql_schema.cases.schema import case_schema
from graphql_schema.engine.commands import Amount, Input, Items, Named, Plain
from tests.factories.cast import Cast
from tests.factories.rows import whole_state
from tests.mutations.kept import FORMED, KEPT, LISTED, NAMING, NOTED, Kept, expected
from tests.mutations.office import Office, Sender, make_office
from tests.mutations.samples import SAMPLES
from tests.naughty import NAUGHTY

Path_ = tuple[Any, ...]
HOSTILE = [
    "nul \x00 vidū",
    "puse \ud800 zīmes",
    "otra puse \udc00",
    "apgriezts \u202egnp.exe",
    "izolēts \u2066 teksts",
    "zvans \x07",
    "dzēsts \x7f",
]
"""What may stand in no text."""
QUICK = 5
"""Rounds in which every text of a mutation is another one of the list; in full each of the list comes by."""


def _texts(inputs: Iterable[Input], prefix: Path_ = ()) -> Iterator[tuple[Path_, Input]]:
    """Every input of text, with its path."""
    for item in inputs:
        if isinstance(item, Items):
            yield from _texts(item.item.inputs, (*prefix, item.name, 0))
        elif isinstance(item, Named):
            yield (*prefix, f"{item.name}Code"), item
        elif isinstance(item, Amount) or (isinstance(item, Plain) and item.kind is str):
            yield (*prefix, item.name, *([0] if isinstance(item, Plain) and item.list_of else [])), item


def _dotted(path: Path_) -> str:
    return ".".join(map(str, path))


MUTATIONS = case_schema().declarations.mutations
EVERY = [(name, path) for name, mutation in MUTATIONS.items() for path, _ in _texts(mutation.inputs)]
WRITTEN = {**KEPT, **NOTED}


@pytest.fixture(scope="module")
def standing(cast_rows: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """Made once: what is sent is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        forget()
        yield make_office(copy.deepcopy(cast_rows))
        transaction.set_rollback(True)


def with_text(given: Any, path: Path_, text: str) -> Any:
    """The input with a text in its place; lists and objects on the way are made."""
    name, *rest = path
    if isinstance(name, int):
        inner = list(given or [None])
        inner[name] = with_text(inner[name] or {}, tuple(rest), text) if rest else text
        return inner
    return {**given, name: with_text(given.get(name) or {}, tuple(rest), text) if rest else text}


def selection(ways: Iterable[str]) -> str:
    """What to select to find texts by their ways."""
    return " ".join(dict.fromkeys(_selected(way) for way in ways))


def _selected(way: str) -> str:
    name, _, rest = way.partition(".")
    if not rest:
        return name
    inner = _selected(rest)
    return f"{name[:-2]} {{ edges {{ node {{ {inner} }} }} }}" if name.endswith("[]") else f"{name} {{ {inner} }}"


def found(answer: Any, way: str) -> Any:
    """The text at the end of a way."""
    name, _, rest = way.partition(".")
    if name.endswith("[]"):
        (edge,) = answer[name[:-2].split("(")[0]]["edges"]
        return found(edge["node"], rest)
    value = answer[name]
    if rest:
        return found(value, rest)
    return value[0] if isinstance(value, list) else value


def test_every_text_has_its_place() -> None:
    named = {(name, _dotted(path)) for name, path in EVERY}
    assert set(WRITTEN) <= named
    elsewhere = {(name, path) for name, path in named if path.split(".")[-1] in {*NAMING, *FORMED}} | LISTED
    assert named - (elsewhere - set(WRITTEN)) == set(WRITTEN), "say in tests/mutations/kept.py where it comes back"
    assert len(named) > 90


def _sender(office: Office) -> Sender:
    """Its tokens are made before anything is taken back."""
    send = Sender(office)
    for app in sorted({sample.app for sample in SAMPLES.values()}):
        send.token(app)
    return send


@contextmanager
def _ready(office: Office, name: str) -> Iterator[dict[str, Any]]:
    """An input that is accepted, with room for every text that it may bring; its rows are taken back afterwards."""
    with transaction.atomic():
        given = SAMPLES[name].make(office)
        if name == "signAgreement":
            given |= {"iban": "LV80BANK0000435195001", "accountHolder": "Novads"}
        if name == "markPaymentReturned":
            given = {key: value for key, value in given.items() if key != "reasonCode"} | {"reason": "Konts slēgts"}
        yield given
        transaction.set_rollback(True)


def _sent(send: Sender, name: str, given: dict[str, Any], *, ways: Iterable[str] = ()) -> Any:
    """The payload of a command that is taken back."""
    declared = MUTATIONS[name]
    wanted = selection(ways)
    answer = {}
    with transaction.atomic():
        answer = send(SAMPLES[name].app, name, given, selection=f"{declared.result} {{ id {wanted} }}")
        readers = {kept.reader for (named, _), kept in WRITTEN.items() if named == name and kept.reader}
        if readers and not answer["errors"]:
            (reader,) = readers
            query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {declared.to} {{ {wanted} }} }} }}"
            answer[declared.result] = send.ask(reader, query, id=answer[declared.result]["id"]).data["node"]
        for (named, _), noted in NOTED.items():
            if named == name:
                answer["noted"] = _noted(noted.at)
        transaction.set_rollback(True)
    return answer


def _noted(table: str) -> str | None:
    """The reason that stands beside the latest change of a table in the trail."""
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(f"select trail_reason from trail.{table} order by trail_id desc limit 1")  # noqa: S608  (our own names)
        row = cursor.fetchone()
    return row[0] if row else None


def _check(answer: Any, name: str, texts: dict[str, str]) -> int:
    """Each text came back, or was refused at its path; how many came back."""
    meant = {path: expected(text, WRITTEN[name, path]) for path, text in texts.items()}
    refused = {path: code for path, (_, code) in meant.items() if code}
    told = {error["field"]: error["code"] for error in answer["errors"]}
    declared = MUTATIONS[name]
    if refused:
        assert told, (name, {path: ascii(texts[path]) for path in refused})
        assert set(told.items()) <= set(refused.items()), (name, told, {path: ascii(texts[path]) for path in refused})
        assert answer[declared.result] is None
        return 0
    assert told == {}, (name, {path: ascii(text) for path, text in texts.items()})
    row = answer[declared.result]
    row = row[0] if isinstance(row, list) else row
    for path, (plain, _) in meant.items():
        back = found(row, KEPT[name, path].at) if (name, path) in KEPT else answer["noted"]
        assert (back or "") == plain, (name, path, ascii(texts[path]))
    return len(texts)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["some", "every"])
def test_texts_come_back_as_they_were_typed(standing: Office, db: None, every: bool) -> None:
    """All texts of a mutation at once, each another one of the list; those that a text refuses, by themselves."""
    send, back = _sender(standing), 0
    for name in dict.fromkeys(name for name, _ in WRITTEN):
        paths = [path for named, path in WRITTEN if named == name]
        with _ready(standing, name) as given:
            for turn in range(len(NAUGHTY) if every else QUICK):
                texts = {path: _drawn(turn, hash_of(name, path), WRITTEN[name, path]) for path in paths}
                sent = given
                for path, text in texts.items():
                    sent = with_text(sent, _split(path), text)
                ways = [KEPT[name, path].at for path in paths if (name, path) in KEPT]
                back += _check(_sent(send, name, sent, ways=ways), name, texts)
    assert back >= len(WRITTEN) * (QUICK - 1)


def _drawn(turn: int, start: int, kept: Kept) -> str:
    """The next of the list from a place of its own on that this text may hold."""
    for step in range(len(NAUGHTY)):
        text = NAUGHTY[(start + turn + step) % len(NAUGHTY)][: kept.longest]
        plain, code = expected(text, kept)
        if plain and not code:
            return text
    raise AssertionError("no text fits")


def hash_of(name: str, path: str) -> int:
    """A place in the list, the same in every run."""
    return sum(map(ord, name + path)) * 7


def _split(path: str) -> Path_:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))


def _refused(send: Sender, name: str, given: dict[str, Any], path: str, text: str) -> None:
    """It is refused at its path, or the request cannot be read; nothing is done."""
    body = {
        "query": f"mutation Do($input: {MUTATIONS[name].stem}Input!) {{ {name}(input: $input) {{ errors {{ field code }} }} }}"
    }
    with transaction.atomic():
        reply = send.post(SAMPLES[name].app, body | {"variables": {"input": with_text(given, _split(path), text)}})
        transaction.set_rollback(True)
    if "errors" in reply.body:
        assert set(reply.codes) <= {"BAD_REQUEST", "TOO_LARGE"}, (name, path, ascii(text), reply.body)
        return
    told = {error["field"]: error["code"] for error in reply.body["data"][name]["errors"]}
    assert told.get(path) in {"INVALID", "NOT_FOUND"}, (name, path, ascii(text), told)


@pytest.mark.parametrize("name", sorted({name for name, _ in WRITTEN}))
def test_what_nobody_can_read_is_refused_by_name(standing: Office, db: None, name: str) -> None:
    """Each text by itself, so that no other is what was refused."""
    send = _sender(standing)
    with _ready(standing, name) as given:
        for path in [path for named, path in WRITTEN if named == name]:
            start = hash_of(name, path)
            long = "ā" * (WRITTEN[name, path].longest + 1)
            for text in dict.fromkeys((HOSTILE[start % len(HOSTILE)], HOSTILE[0], HOSTILE[1], HOSTILE[3], long)):
                _refused(send, name, given, path, text)


LOOKED_UP = [(name, _dotted(path)) for name, path in EVERY if (name, _dotted(path)) not in WRITTEN]


def test_what_names_a_row_or_has_a_form_is_refused_where_it_does_not_fit(standing: Office, db: None) -> None:
    """No text of the list is a code, an amount or a number of an account: nothing is done, and nothing breaks."""
    send, sent = _sender(standing), 0
    for name in dict.fromkeys(name for name, _ in LOOKED_UP):
        with _ready(standing, name) as given:
            for path in [path for named, path in LOOKED_UP if named == name]:
                start = hash_of(name, path)
                some = [NAUGHTY[(start + n) % len(NAUGHTY)] for n in range(2)]
                for text in (HOSTILE[start % len(HOSTILE)], HOSTILE[1], *some):
                    _never_done(send, name, _without_twin(given, path), path, text)
                    sent += 1
    assert sent >= len(LOOKED_UP) * 4


def _without_twin(given: dict[str, Any], path: str) -> dict[str, Any]:
    """Without the id of the row that a code names as well."""
    return {key: value for key, value in given.items() if key != path.removesuffix("Code") + "Id"}


def _never_done(send: Sender, name: str, given: dict[str, Any], path: str, text: str) -> None:
    body = {
        "query": f"mutation Do($input: {MUTATIONS[name].stem}Input!) {{ {name}(input: $input) {{ errors {{ field code }} }} }}"
    }
    with transaction.atomic():
        reply = send.post(SAMPLES[name].app, body | {"variables": {"input": with_text(given, _split(path), text)}})
        transaction.set_rollback(True)
    if "errors" in reply.body:
        assert set(reply.codes) <= {"BAD_REQUEST", "TOO_LARGE"}, (name, path, ascii(text), reply.body)
        return
    told = reply.body["data"][name]["errors"]
    # An empty text, or white space, is as if it had not been given; then a sample may be accepted as it is.
    assert told or not text.strip(), (name, path, ascii(text))
