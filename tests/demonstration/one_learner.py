"""One learner from the application to the paid meal, by the demonstration's apps over HTTP, each with a token of its own."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError

from tests.standing import ROOT, Standing

Json = dict[str, Any]
SEMESTER, MONTH = "2023/2024-1", "2023-09-01"
SCAN = (ROOT / "docs" / "images" / "home.png").read_bytes()

REPORT = """query ($school: String!, $semester: String!) { semesterReport(institutionCode: $school, semesterCode: $semester) {
  plans learners riskIdentifications { group identifications plans learners } measures { kind planned delivered }
  consultations { role hours learners } reimbursements { kind learners amount } contentHash } }"""
BOOKS = """query ($of: LedgerEntryFilter) { ledger(first: 9, filters: $of) { edges { node { kind
  postings(first: 5) { edges { node { debit credit account { code } fundingSource { code } } } } } } } }"""


@dataclass
class Platform:
    """The running platform as an app meets it."""

    standing: Standing
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, app: str) -> str:
        """An access token from the token endpoint (client credentials), fetched once."""
        if app not in self.tokens:
            client = next(one for one in self.standing.credentials["clients"] if one["name"] == app)
            pair = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
            form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": client["scopes"]}).encode()
            status, body = self._call("/o/token/", form, {"authorization": f"Basic {pair}"})
            assert status == 200, body
            self.tokens[app] = json.loads(body)["access_token"]
        return self.tokens[app]

    def ask(self, app: str, query: str, **variables: Any) -> Any:
        """The data of one document."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "accept-language": "en"}
        status, answer = self._call("/graphql/", body, headers | self._bearer(app))
        told = json.loads(answer)
        assert status == 200, told
        assert "errors" not in told, told["errors"]
        return told["data"]

    def tried(self, app: str, name: str, given: Json, chosen: str = "__typename") -> Json:
        """The payload of a command."""
        stem = name[0].upper() + name[1:]
        told = f"{chosen} errors {{ field code message }}"
        document = f"mutation ($input: {stem}Input!) {{ {name}(input: $input) {{ {told} }} }}"
        payload: Json = self.ask(app, document, input=given | {"clientMutationId": secrets.token_hex(8)})[name]
        return payload

    def do(self, app: str, name: str, given: Json, chosen: str) -> Any:
        """What a command that is not refused answers with: `chosen` is the field and what is selected of it."""
        payload = self.tried(app, name, given, chosen)
        assert payload["errors"] == [], (name, payload["errors"])
        return payload[chosen.split(maxsplit=1)[0]]

    def refused(self, app: str, name: str, given: Json) -> list[str]:
        """The codes of a command that must be refused."""
        codes = [error["code"] for error in self.tried(app, name, given)["errors"]]
        assert codes, name
        return codes

    def upload(self, app: str, purpose: str, **more: str) -> str:
        """The id of an uploaded scan."""
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"purpose": purpose, **more}.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="skens.png"\r\nContent-Type: image/png\r\n\r\n'
        body = b"".join([*parts, head.encode(), SCAN, f"\r\n--{mark}--\r\n".encode()])
        headers = {"content-type": f"multipart/form-data; boundary={mark}"}
        status, answer = self._call("/files/", body, headers | self._bearer(app))
        assert status == 201, answer
        return str(json.loads(answer)["id"])

    def fetch(self, app: str, path: str) -> bytes:
        """A document."""
        status, answer = self._call(path, None, self._bearer(app))
        assert status == 200, (path, status)
        return answer

    def _bearer(self, app: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(app)}"}

    def _call(self, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        address = self.standing.base_url + path
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310  (our own address)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  (our own address)
                return int(answer.status), bytes(answer.read())
        except HTTPError as problem:
            return problem.code, problem.read()


@dataclass(frozen=True)
class Report:
    """A school's semester as the report has it."""

    figures: Json

    @classmethod
    def of(cls, platform: Platform, app: str, school: str) -> Report:
        """As it is now."""
        return cls(platform.ask(app, REPORT, school=school, semester=SEMESTER)["semesterReport"])

    def count(self, name: str, key: str, of: str, what: str) -> Decimal:
        """A figure of one row of a list of the report; 0 where there is no row."""
        return sum((Decimal(row[what]) for row in self.figures[name] if row[key] == of), Decimal(0))


@dataclass(frozen=True)
class Books:
    """What the ledger says of a claim and of its payment."""

    kinds: list[str]
    lines: list[Json]

    @classmethod
    def of(cls, platform: Platform, app: str, *, claim: str, batch: str) -> Books:
        """Entries of either, for an app that reads money."""
        found: list[Json] = []
        for which in ({"claimId": claim, "kind": ["CLAIM_APPROVED"]}, {"paymentBatchId": batch}):
            found += [edge["node"] for edge in platform.ask(app, BOOKS, of=which)["ledger"]["edges"]]
        return cls([entry["kind"] for entry in found], [edge["node"] for entry in found for edge in entry["postings"]["edges"]])

    def balance(self, account: str, source: str | None = None) -> Decimal:
        """Debit less credit of an account, or of its part from one source of funding."""
        chosen = [line for line in self.lines if line["account"]["code"] == account]
        if source is not None:
            chosen = [line for line in chosen if (line["fundingSource"] or {}).get("code") == source]
        return sum((Decimal(line["debit"]) - Decimal(line["credit"]) for line in chosen), Decimal(0))


def real_now() -> str:
    """The moment, for what happens at a bank."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
