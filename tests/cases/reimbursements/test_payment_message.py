"""The message to the bank: valid, read back, and safe whatever stands in the texts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sepaxml
from hypothesis import given
from hypothesis import strategies as st
from xmlschema import XMLSchema, XMLSchemaValidationError

from backend.accounts.scope import scoped
from backend.cases.reimbursements.bank_text import bank_text
from backend.cases.reimbursements.models import PaymentBatch
from backend.cases.reimbursements.payment_message import message_of
from backend.cases.reimbursements.selectors import payment_message
from backend.registry.models import CooperationAgreement, PartnerAccount
from tests.cases.reimbursements.till import Till
from tests.factories.cast import Cast
from tests.factories.rows import whole_state
from tests.naughty import SOME_NAUGHTY

SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
SIGNS = re.compile(r"[A-Za-z0-9/?:().,'+ -]+")
XSD = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


def _batch(holder: str, *, number: str = "P6-13/17", total: str = "31732.17") -> PaymentBatch:
    """A batch that stands nowhere."""
    agreement = CooperationAgreement(number=number)
    return PaymentBatch(
        agreement=agreement,
        account=PartnerAccount(agreement=agreement, holder=holder, iban="LV80BANK0000435195001"),
        month=dt.date(2023, 9, 1),
        sequence=3,
        message_id="PMP202309-003-0123456789abcdef01",
        total=Decimal(total),
        created_at=dt.datetime(2023, 10, 29, 0, 30, tzinfo=dt.UTC),  # the night the clocks go back
    )


def _read(content: bytes) -> dict[str, str | None]:
    root = ElementTree.fromstring(content)  # noqa: S314 (made by ourselves a moment ago)
    paths = {
        "id": ".//p:GrpHdr/p:MsgId",
        "made": ".//p:GrpHdr/p:CreDtTm",
        "count": ".//p:GrpHdr/p:NbOfTxs",
        "sum": ".//p:GrpHdr/p:CtrlSum",
        "payer": ".//p:Dbtr/p:Nm",
        "from": ".//p:DbtrAcct/p:Id/p:IBAN",
        "name": ".//p:Cdtr/p:Nm",
        "to": ".//p:CdtrAcct/p:Id/p:IBAN",
        "amount": ".//p:Amt/p:InstdAmt",
        "text": ".//p:RmtInf/p:Ustrd",
        "end": ".//p:PmtId/p:EndToEndId",
        "on": ".//p:ReqdExctnDt/p:Dt",
    }
    found = {name: root.findall(path, SPACE) for name, path in paths.items()}
    assert all(len(nodes) == 1 for nodes in found.values()), found
    return {name: nodes[0].text for name, nodes in found.items()}


def test_the_message_says_who_pays_whom_what() -> None:
    message = message_of(_batch("Ķekavas novada pašvaldība"))
    XMLSchema(str(XSD)).validate(message.content.decode())
    assert _read(message.content) == {
        "id": "PMP202309-003-0123456789abcdef01",
        "made": "2023-10-29T03:30:00",
        "count": "1",
        "sum": "31732.17",
        "payer": "Izglitibas kvalitates valsts dienests",
        "from": "LV44DEMO0000000000001",
        "name": "Kekavas novada pasvaldiba",
        "to": "LV80BANK0000435195001",
        "amount": "31732.17",
        "text": "PMP202309-003-0123456789abcdef01 P6-13/17 09.2023",
        "end": "PMP202309-003-0123456789abcdef01",
        "on": "2023-10-29",
    }
    assert message.name == "PMP202309-003-0123456789abcdef01.xml"


@pytest.mark.parametrize("total", ["0.01", "0.10", "1.00", "9999999999.99"])
def test_amounts_are_exact(total: str) -> None:
    read = _read(message_of(_batch("Partneris", total=total)).content)
    assert (read["amount"], read["sum"]) == (total, total)


def test_made_again_it_is_the_same(till: Till) -> None:
    till.approved()
    batch = till.batch()
    with whole_state():
        stored = PaymentBatch.objects.select_related("account", "agreement").get(pk=batch.pk)
    first, second = message_of(stored), message_of(stored)
    assert first.content == second.content
    assert first.sha256 == stored.file_sha256
    assert _read(first.content)["name"] == "Madonas novada pasvaldiba Kisu Co"


def test_the_message_is_given_to_who_sees_the_payment(till: Till, cast: Cast) -> None:
    till.approved()
    batch = till.batch()
    for person, reached in (("agency", True), ("author of maple", True), ("auditor", True), ("head of linden", False)):
        scope = cast.scope(person)
        with scoped(scope):
            message = payment_message(scope=scope, batch_id=batch.pk)
        assert (message is not None) is reached, person
        assert message is None or message.sha256 == batch.file_sha256


def test_hostile_texts_stay_texts() -> None:
    assert len(SOME_NAUGHTY) > 50
    for text in SOME_NAUGHTY:
        read = _read(message_of(_batch(text, number=text)).content)
        for part in (read["name"], read["text"]):
            assert part is not None
            assert SIGNS.fullmatch(part), text
            assert not part.startswith("/")
            assert "//" not in part


@given(st.text(max_size=300), st.integers(min_value=1, max_value=140))
def test_any_text_becomes_one_that_banks_take(text: str, longest: int) -> None:
    plain = bank_text(text, longest=longest, empty="X")
    assert SIGNS.fullmatch(plain)
    assert len(plain) <= longest
    assert plain == plain.strip(" /")
    assert bank_text(plain, longest=longest, empty="X") == plain


def test_latvian_letters_keep_their_base() -> None:
    assert bank_text("Āāčēģīķļņšūž ĀČĒĢĪĶĻŅŠŪŽ", longest=70) == "Aacegiklnsuz ACEGIKLNSUZ"
    assert bank_text("Рига", longest=70) == "Riga"
    assert bank_text("漢字 💶 <b>&amp;", longest=70).startswith("Han Zi")
    assert bank_text("//-/", longest=70) == "-"
    assert bank_text("\u202e", longest=70) == "NOTPROVIDED"


def test_what_the_schema_does_not_allow_is_not_sent() -> None:
    batch = _batch("Partneris")
    batch.account.iban = "not an account"
    with pytest.raises(XMLSchemaValidationError):
        message_of(batch)
