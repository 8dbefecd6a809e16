"""The documents of a submitted month as one package (zip): what its partner is paid by, with a hash of each.

    kopsavilkums.pdf      what the month holds, to be read
    dluv/*.pdf            the timesheets
    konsultacijas.csv     the hours, by sheet
    kompensacijas.csv     the costs, with their proofs
    saturs.json           what the submission's content hash is over
    index.json            name, size and SHA-256 of all of these

The same submission gives the same bytes, whoever asks and whenever: nothing of a submitted month changes, and every moment in it
is the submission's. So it says what everybody reads who reads the month's hours and costs: no names of learners, no topics
(docs/decisions/0128-the-package-of-a-month.md).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from text_unidecode import unidecode

from backend.accounts.read_log import LearnerRead, ReadKind, record_reads
from backend.accounts.roles import Area
from backend.accounts.scope import Scope
from backend.cases.delivery.models import MonthSubmission, Timesheet
from backend.cases.delivery.month_hours import MonthHour, month_hours
from backend.cases.delivery.package import canonical, month_contents
from backend.cases.delivery.policies import DELIVERY
from backend.cases.delivery.timesheet_document import TimesheetDocument, timesheet_documents
from backend.cases.reimbursements.models import ReimbursementClaim
from backend.cases.reimbursements.month_claims import month_claims
from backend.core.classification import DataClass
from backend.core.spreadsheets import safe_row
from backend.core.trail.context import Channel
from backend.documents import timesheet
from backend.documents.month_summary import summary_pdf

HOURS = (
    "sheet", "plan", "specialist", "role", "date", "start", "remote_channel", "remote_order", "specialist_confirmed_at",
    "learner_confirmed_at", "learner_confirmed_by", "entry",
)  # fmt: skip
COSTS = (
    "claim", "plan", "kind", "claim_amount", "basis", "takes_back", "date", "description", "document_number", "seller", "units",
    "amount", "proof", "proof_sha256",
)  # fmt: skip
_READABLE_BY_ALL = 0o644 << 16


def month_zip(*, scope: Scope, submission_id: UUID, purpose: str = "") -> tuple[str, bytes] | None:
    """(file name, zip) of a submitted month, noted in the read log for each learner whose hours or costs it lists.

    None where the month is absent or out of reach, was reopened (what it held is open to changes), or the caller's role does not
    read all of its hours and costs. Needs the transaction that `scope` was entered in.
    """
    rows = MonthSubmission.objects.filter(DELIVERY.visible(scope), pk=submission_id, reopened_at=None)
    submission = rows.select_related("institution__municipality", "agreement", "submitted_by").first()
    if submission is None:
        return None
    hours = month_hours(scope=scope, submission=submission)
    claims = month_claims(scope=scope, submission=submission)
    sheets = timesheet_documents(scope=scope, sheets=Timesheet.objects.filter(submission=submission))
    if hours is None or claims is None or len(sheets) != submission.timesheets.count():
        return None
    parts = _parts(submission, sheets, hours, claims)
    _note(scope, submission, {hour.learner_id for hour in hours} | {claim.learner_id for claim in claims}, purpose)
    return f"{file_stem(submission)}.zip", packed(parts, submission)


def file_stem(submission: MonthSubmission) -> str:
    """`2023-10-MAPLE-1`: month, institution and revision, in signs that every system takes in a file's name."""
    return f"{submission.month:%Y-%m}-{_plain(submission.institution.code)}-{submission.revision}"


def _parts(
    submission: MonthSubmission, sheets: list[TimesheetDocument], hours: list[MonthHour], claims: list[ReimbursementClaim]
) -> dict[str, bytes]:
    at = submission.submitted_at
    contents = canonical(month_contents(institution=submission.institution, month=submission.month)).encode()
    parts = {"kopsavilkums.pdf": summary_pdf(submission=submission, sheets=sheets, hours=hours, claims=claims)}
    for place, sheet in enumerate(sheets, start=1):
        parts[f"dluv/{place:03d}-{_plain(sheet.provider)}.pdf"] = timesheet.made(sheet, at=at)
    parts["konsultacijas.csv"] = _table(HOURS, (_hour(hour) for hour in hours))
    parts["kompensacijas.csv"] = _table(COSTS, (row for claim in claims for row in _costs(claim)))
    parts["saturs.json"] = contents
    parts["index.json"] = _index(submission, parts)
    return parts


def _hour(hour: MonthHour) -> list[object]:
    moments = [at.isoformat() if at else "" for at in (hour.provider_confirmed_at, hour.learner_confirmed_at)]
    return [
        hour.sheet,
        hour.plan,
        hour.provider,
        hour.specialist_role,
        hour.held_on.isoformat(),
        hour.starts_at.isoformat("minutes"),
        hour.remote_channel,
        hour.remote_order,
        *moments,
        hour.learner_confirmed_by,
        hour.public_id,
    ]


def _costs(claim: ReimbursementClaim) -> Iterable[list[object]]:
    """A row for each cost; one row for a claim without any (a reversal)."""
    head: list[object] = [
        claim.public_id,
        claim.measure.plan.number,
        claim.kind,
        claim.amount,
        claim.amount_basis,
        claim.reverses.public_id if claim.reverses else "",
    ]
    items = list(claim.items.all())
    for item in items:
        proof = (item.proof.public_id, item.proof.sha256) if item.proof else ("", "")
        told = (item.incurred_on.isoformat(), item.description, item.document_number, item.seller, item.units, item.amount)
        yield [*head, *told, *proof]
    if not items:
        yield [*head, *("" for _ in COSTS[len(head) :])]


def _table(heads: Iterable[str], rows: Iterable[list[object]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(heads)
    writer.writerows(safe_row(row) for row in rows)
    return written.getvalue().encode()


def _index(submission: MonthSubmission, parts: Mapping[str, bytes]) -> bytes:
    members: dict[str, Any] = {
        "submission": submission.public_id,
        "institution": submission.institution.code,
        "agreement": submission.agreement.number,
        "month": submission.month.isoformat(),
        "revision": submission.revision,
        "submittedAt": submission.submitted_at.isoformat(),
        "hours": submission.hours,
        "contentHash": submission.content_hash or None,
        "files": [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in parts.items()
        ],
    }
    return json.dumps(members, ensure_ascii=False, indent=2).encode()


def packed(parts: Mapping[str, bytes], submission: MonthSubmission) -> bytes:
    """The parts in their order, stored as they are: nothing depends on how a library compresses."""
    written = io.BytesIO()
    at = timezone.localtime(submission.submitted_at)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, date_time=(at.year, at.month, at.day, at.hour, at.minute, at.second))
            member.create_system, member.external_attr = 3, _READABLE_BY_ALL
            archive.writestr(member, content)
    return written.getvalue()


def _plain(text: str) -> str:
    """A text as part of a file's name: letters, digits and hyphens of ASCII alone, whatever stands in it."""
    return re.sub(r"[^a-z0-9]+", "-", unidecode(text).lower()).strip("-")[:60] or "x"


def _note(scope: Scope, submission: MonthSubmission, learners: Iterable[UUID], purpose: str) -> None:
    record_reads(
        scope=scope,
        reads=[
            LearnerRead(learner, submission.institution_id, MonthSubmission.tag, submission.pk) for learner in sorted(learners)
        ],
        area=Area.DELIVERY,
        channel=Channel.DOCUMENT,
        purpose=purpose,
        classes=[DataClass.PERSONAL],
        kind=ReadKind.EXPORT,
    )
