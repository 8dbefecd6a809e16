"""Texts that try to be something else are kept as they are, or refused; nothing in between."""

from __future__ import annotations

import unicodedata

from backend.core.models import RateBucket
from backend.core.text import has_unseen_signs
from tests.mutations.office import Office, Sender, codes
from tests.mutations.samples import SAMPLES
from tests.mutations.samples.learners import NO_CODE
from tests.naughty import SOME_NAUGHTY

IBAN = "LV80BANK0000435195001"


def _kept(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def test_a_measures_texts_come_back_unharmed(send: Sender, office: Office) -> None:
    plan = office.draft().public_id
    kept = 0
    for text in SOME_NAUGHTY:
        given = {"planId": plan, "kindCode": "TEACHER", "plannedHours": 1, "subject": "Fizika", "note": text}
        payload = send("journal", "planMeasure", given, selection="measure { id note }")
        if has_unseen_signs(_kept(text), lines=True):
            assert codes(payload) == {"note": "INVALID"}, ascii(text)
            continue
        assert payload["errors"] == [], ascii(text)
        assert payload["measure"]["note"] == (_kept(text) or None), ascii(text)
        again = send.ask("journal", "query ($id: ID!) { node(id: $id) { ... on Measure { note } } }", id=payload["measure"]["id"])
        assert again.body["extensions"]["engine"] == "compiled"
        assert again.data["node"] == {"note": _kept(text) or None}, ascii(text)
        kept += 1
    assert kept > 80


def test_names_come_back_unharmed_or_are_refused(send: Sender, office: Office) -> None:
    kept = refused = 0
    for text in SOME_NAUGHTY:
        given = {"institutionCode": "MAPLE", "givenName": text, "familyName": "Paraudziņa", "birthDate": "2009-03-01"}
        given |= NO_CODE
        payload = send("journal", "registerLearner", given, selection="learner { givenName }")
        if payload["errors"]:
            assert codes(payload)["givenName"] in {"INVALID", "REQUIRED"}
            assert payload["learner"] is None
            refused += 1
        else:
            assert payload["learner"] == {"givenName": _kept(text)}, ascii(text)
            kept += 1
    assert kept > 40
    assert refused > 10


def test_what_is_written_of_a_learner_comes_back_unharmed(send: Sender, office: Office) -> None:
    learner = office.desk.learner.public_id
    kept = 0
    for text in SOME_NAUGHTY:
        given = {"learnerId": learner, "guardian": text, "noCodeReason": f"Kods: {text}"[:300]}
        payload = send("journal", "updateLearner", given, selection="learner { guardian noCodeReason } warnings { message }")
        if has_unseen_signs(_kept(text)) or len(_kept(text)) > 300:
            assert "INVALID" in codes(payload).values(), ascii(text)
            continue
        expected = {"guardian": _kept(text) or None, "noCodeReason": _kept(f"Kods: {text}"[:300])}
        assert payload == {"errors": [], "learner": expected, "warnings": []}, ascii(text)
        again = send.ask("journal", "query ($id: ID!) { learner(id: $id) { guardian noCodeReason } }", id=learner)
        assert again.body["extensions"]["engine"] == "compiled"
        assert again.data["learner"] == expected, ascii(text)
        kept += 1
    assert kept > 80


def test_texts_of_decisions_and_of_the_registry_come_back_unharmed(send: Sender, office: Office) -> None:
    kept = 0
    for place, text in enumerate(SOME_NAUGHTY[::6]):
        if has_unseen_signs(_kept(text)) or not _kept(text):
            continue
        given = SAMPLES["decideDuplicate"].make(office) | {"decision": "DIFFERENT", "keptId": None, "reason": text}
        pair = send("office", "decideDuplicate", given, selection="duplicateCandidate { decisionReason }")
        assert pair["duplicateCandidate"] == {"decisionReason": _kept(text)}, ascii(text)
        number = f"{place} {text}"[:60]
        given = SAMPLES["signAgreement"].make(office) | {"number": number, "accountHolder": text[:140], "iban": IBAN}
        selection = "cooperationAgreement { number accounts(first: 1) { edges { node { holder } } } }"
        signed = send("agency", "signAgreement", given, selection=selection)["cooperationAgreement"]
        assert signed["number"] == _kept(number), ascii(text)
        assert signed["accounts"]["edges"][0]["node"]["holder"] == _kept(text[:140]), ascii(text)
        given = SAMPLES["reopenSemester"].make(office) | {"reason": text[:300]}
        selection = "semester { closures(first: 1) { edges { node { reopenReason } } } }"
        opened = send("agency", "reopenSemester", given, selection=selection)["semester"]
        assert opened["closures"]["edges"][0]["node"]["reopenReason"] == _kept(text[:300]), ascii(text)
        kept += 1
    assert kept > 10


def test_literals_are_no_other_way_in(send: Sender, office: Office) -> None:
    """A sign that JSON would not bring can be written in the document itself."""
    for written in (r"A\u0000", r"A\u{0}", r"A\u001b[31m"):
        reply = send.ask(
            "journal",
            f'mutation {{ registerLearner(input: {{institutionCode: "MAPLE", givenName: "{written}", familyName: "P", '
            'birthDate: "2009-01-01", noCodeReason: "x", clientMutationId: "x"}) { learner { id } errors { field code } } }',
        )
        if reply.codes:
            assert set(reply.codes) <= {"BAD_REQUEST", "PARSE_FAILED"}
        else:
            assert reply.data["registerLearner"] == {"learner": None, "errors": [{"field": "givenName", "code": "INVALID"}]}


def test_what_is_said_of_an_hour_comes_back_unharmed(send: Sender, office: Office) -> None:
    """Topic of an hour, reason of a correction: as they were typed, or refused."""
    measure = office.desk.measure(planned_hours=900).public_id
    kept = 0
    for number, text in enumerate(SOME_NAUGHTY):
        RateBucket.objects.all().delete()  # the points of the minute: a quick machine needs them in ten seconds
        start = f"{7 + number % 12:02}:00:00"
        entry = {"measureId": measure, "heldOn": f"2023-09-{4 + number // 12:02}", "startsAt": start, "topic": text}
        payload = send("journal", "recordConsultations", {"entries": [entry]}, selection="consultations { id topic }")
        if payload["errors"]:
            assert codes(payload)["entries.0.topic"] in {"INVALID", "REQUIRED"}, ascii(text)
            continue
        (made,) = payload["consultations"]
        assert made["topic"] == _kept(text), ascii(text)
        struck = {"consultationId": made["id"], "reason": text}
        payload = send("journal", "correctConsultation", struck, selection="consultation { voidReason }")
        assert payload == {"errors": [], "consultation": {"voidReason": _kept(text)}}, ascii(text)
        kept += 1
    assert kept > 40
