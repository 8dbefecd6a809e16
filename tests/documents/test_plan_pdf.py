"""The plan as a PDF for signature: what it says, that it is tagged, who gets it, and that the read is logged."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pypdf import PdfReader

from backend.accounts.models import User
from backend.documents.typesetting import _is_unusual, typeset
from tests.factories.rows import whole_state
from tests.mutations.office import Office, Sender
from tests.naughty import SOME_NAUGHTY

pytestmark = pytest.mark.django_db


def _get(office: Office, app: str, path: str, **headers: str) -> Any:
    bearer = {"authorization": f"Bearer {office.token(app)}"} if app else {}
    return Client().get(path, headers=bearer | headers)


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _path(plan: Any) -> str:
    return f"/documents/plan/{plan.public_id}.pdf"


def test_the_plan_in_latvian_tagged_and_safe(office: Office, send: Sender) -> None:
    plan = office.ready()
    send("journal", "submitSupportPlan", {"planId": plan.public_id, "comment": "Lūdzu, saskaņojiet!"})
    answer = _get(office, "office", _path(plan), **{"accept-language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer["Content-Disposition"].startswith(f'inline; filename="{plan.number}.pdf"')
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("lv-LV", True)
    assert root["/StructTreeRoot"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Individuālais atbalsta plāns"
    text = _text(answer.content)
    assert "Sagatavots 16.10.2023." in text, "the day of the case work, not the machine's"
    for said in (plan.number, "Paula Paraudziņa", "iesniegts direktoram", "2 (vidējs)", "90,00 EUR", "Lūdzu, saskaņojiet!"):
        assert said in text, said
    for head in ("Izglītojamais", "Iesniegums", "Riski", "Atbalsta pasākumi", "Paraksti", "Pašvaldības koordinators"):
        assert head.lower() in text.lower(), head


def test_each_reading_is_logged(office: Office) -> None:
    plan = office.ready()
    _get(office, "journal", _path(plan))
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(
            "select role, channel, classes, object_type, object_id from trail.read_entry where learner_id = %s", [plan.learner_id]
        )
        assert cursor.fetchall() == [("plan_author", "document", ["personal", "special"], "plan", plan.pk)]


def test_absent_malformed_and_not_yours_answer_alike(office: Office) -> None:
    plan = office.ready()
    answers = [_get(office, "other-school", _path(plan))]
    answers += [_get(office, "journal", f"/documents/{path}.pdf") for path in (f"plan/plan_{'f' * 32}", "plan/1", "nothing/1")]
    answers.append(_get(office, "journal", _path(plan).replace(".pdf", ".xml")))
    answers.append(_get(office, "register", _path(plan)))  # the auditor does not read all that it says
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_without_a_caller_or_with_a_narrow_token(office: Office) -> None:
    plan = office.ready()
    for headers in ({}, {"authorization": "Bearer nothing"}):
        answer = Client().get(_path(plan), headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    narrow = office.token("journal", without="plans.read")
    assert Client().get(_path(plan), headers={"authorization": f"Bearer {narrow}"}).status_code == 404


def test_people_fetch_it_with_their_session(office: Office) -> None:
    plan = office.ready()
    client = Client()
    client.force_login(User.objects.get(pk=office.desk.author.pk))
    assert client.get(_path(plan)).status_code == 200
    client.force_login(office.cast.staff["expert"])
    assert client.get(_path(plan)).status_code == 404


def test_texts_that_try_to_be_something_else_are_only_texts(office: Office, send: Sender) -> None:
    plan, kept = office.ready(), []
    for text in SOME_NAUGHTY:
        given = {"planId": plan.public_id, "kindCode": "PSYCHOLOGIST", "plannedHours": 1, "note": text}
        made = send("journal", "planMeasure", given, selection="measure { id note }")
        kept += [made["measure"]["note"]] if made["measure"] else []
    assert len(kept) > 80
    content = _get(office, "journal", _path(plan)).content
    reader = PdfReader(io.BytesIO(content))
    for page in reader.pages:
        assert "/Annots" not in page, "no text became a link"
    squeezed = "".join(_text(content).split()).replace("-", "")
    for text in ("<script>alert(", "#", "$x$") if "$x$" in kept else ("<script>alert(",):
        assert text in squeezed
    root: Any = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(root)


@pytest.mark.parametrize("sign", ["😍", "田", "\u20e3", "👩🏽"])
def test_signs_without_a_shape_are_written_by_their_numbers(sign: str) -> None:
    content = typeset(template="plan", data=_data(f"Pirms {sign} pēc"))
    assert f"[U+{ord(sign[0]):04X}]" in _text(content)


def test_every_usual_sign_has_a_shape() -> None:
    signs = "".join(chr(code) for code in range(32, 0x180) if not _is_unusual(chr(code)))
    text = _text(typeset(template="plan", data=_data(" ".join(signs))))
    assert "[U+" not in text
    assert set("āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ") <= set(text)


def _data(line: str) -> dict[str, Any]:
    words = "learner application no_application risks no_risks measures no_measures result steps signatures sign date"
    lists = "head learner application risks measures outcomes steps signatures"
    heads = {"risk_heads": 5, "measure_heads": 5, "outcome_heads": 2, "step_heads": 4}
    return {
        **dict.fromkeys(("language", "number", "status", "made", "issuer"), "lv"),
        "region": "LV",
        "title": "Plāns",
        "words": {word: word for word in words.split()},
        **{name: [] for name in lists.split()},
        **{name: ["x"] * count for name, count in heads.items()},
        "result": [line],
    }
