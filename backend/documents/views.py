"""`/documents/<kind>/<id>.<pdf|...>`, `POST /files/`, `GET /files/<id>/` (contract, "Addresses")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from backend.accounts.scope import Scope, scoped
from backend.cases.casefiles.models import MOST_BYTES, CaseFile, FilePurpose
from backend.cases.casefiles.services import opened_file, upload_file
from backend.cases.delivery.models import ConsultationSheet, MonthSubmission, Timesheet
from backend.cases.learners.models import Learner
from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements.models import PaymentBatch
from backend.cases.reimbursements.payment_message import MEDIA_TYPE as MESSAGE_TYPE
from backend.core.identifiers import key_of
from backend.core.refusals import Code, Refusal
from backend.core.trail.context import Channel
from backend.documents.answers import Unanswered, caller, failed, handed_over, not_found, refused, streamed_over, told
from backend.documents.bank_file import bank_file
from backend.documents.ka_sheet import ka_sheet_pdf
from backend.documents.ledger import booked_between, entries_of, written
from backend.documents.month import month_zip
from backend.documents.plan import plan_pdf
from backend.documents.report import XLSX, report_asked_for, report_file
from backend.documents.timesheet import timesheet_pdf
from backend.territory.models import Institution

PDF = "application/pdf"
CSV = "text/csv; charset=utf-8; header=present"
SHOWN = {PDF, "image/jpeg", "image/png"}
"""Types that a browser shows; others are saved."""
_ENVELOPE = 64 * 1024
_STATUS = {Code.NOT_ALLOWED: 403, Code.LIMIT_EXCEEDED: 413}

Made = Callable[[Scope, UUID], tuple[str, bytes] | None]


@dataclass(frozen=True)
class Kind:
    """A kind of document: the tag of what it is made of, its media type, and who makes it, inside the caller's scope."""

    tag: str
    media_type: str
    make: Made


KINDS: dict[tuple[str, str], Kind] = {
    ("plan", "pdf"): Kind(SupportPlan.tag, PDF, lambda scope, key: plan_pdf(scope=scope, plan_id=key)),
    ("ka-sheet", "pdf"): Kind(ConsultationSheet.tag, PDF, lambda scope, key: ka_sheet_pdf(scope=scope, sheet_id=key)),
    ("timesheet", "pdf"): Kind(Timesheet.tag, PDF, lambda scope, key: timesheet_pdf(scope=scope, timesheet_id=key)),
    ("month", "zip"): Kind(MonthSubmission.tag, "application/zip", lambda scope, key: month_zip(scope=scope, submission_id=key)),
    ("payment-batch", "xml"): Kind(PaymentBatch.tag, MESSAGE_TYPE, lambda scope, key: bank_file(scope=scope, batch_id=key)),
}
"""By kind and ending."""


@require_GET
def document(request: HttpRequest, kind: str, public_id: str, ending: str) -> HttpResponse:
    """A generated document of something that the caller reads."""
    try:
        scope = caller(request)
    except Unanswered as stopped:
        return stopped.response
    known = KINDS.get((kind, ending))
    key = key_of(public_id, tag=known.tag) if known else None
    if known is None or key is None:
        return not_found()
    try:
        with scoped(scope, channel=Channel.DOCUMENT):
            made = known.make(scope, key)
    except Refusal as refusal:
        return refused(refusal.problems, status=409)
    if made is None:
        return not_found()
    name, content = made
    return handed_over(content, media_type=known.media_type, name=name, inline=known.media_type in SHOWN)


REPORTS = {"pdf": PDF, "xlsx": XLSX, "csv": CSV}
"""Media types of a semester's report, by ending."""


@require_GET
def semester_report(request: HttpRequest, public_id: str, ending: str) -> HttpResponse:
    """A semester's report over what the query names, or over the caller's reach."""
    if ending not in REPORTS:
        return not_found()
    try:
        scope = caller(request, needs="statistics.read")
        with scoped(scope, channel=Channel.DOCUMENT):
            full = report_asked_for(request=request, scope=scope, public_id=public_id)
            made = report_file(full, ending) if full else None
    except Unanswered as stopped:
        return stopped.response
    except Refusal as refusal:
        return refused(refusal.problems)
    if made is None:
        return not_found()
    name, content = made
    return handed_over(content, media_type=REPORTS[ending], name=name, inline=ending == "pdf")


@require_GET
def ledger(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The ledger as CSV: `?from=` and `?to=` are days of booking."""
    try:
        scope = caller(request)
        condition = booked_between(request)
    except Unanswered as stopped:
        return stopped.response
    except Refusal as refusal:
        return refused(refusal.problems)
    with scoped(scope, channel=Channel.DOCUMENT):
        entries = entries_of(scope=scope, public_id=public_id)
        file = written(scope=scope, condition=entries & condition) if entries is not None else None
    if file is None:
        return not_found()
    return streamed_over(file, media_type=CSV, name=f"ledger-{public_id}.csv")


@csrf_exempt  # a bearer token cannot be forged across sites; `caller` checks what comes with a session
@require_http_methods(["POST"])
def files(request: HttpRequest) -> HttpResponse:
    """Upload one file: multipart with `file`, and `purpose`, `institutionId` or `institutionCode`, `learnerId`."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _ENVELOPE:
            return failed(413, "A file has at most 20 MB.")
        scope = caller(request, needs="files", writes=True)
    except Unanswered as stopped:
        return stopped.response
    given = request.FILES.get("file")
    if given is None:
        return failed(400, "Send multipart/form-data with the file as `file`.")
    if (given.size or 0) > MOST_BYTES:
        return failed(413, "A file has at most 20 MB.")
    try:
        with scoped(scope, channel=Channel.DOCUMENT):
            file = upload_file(
                scope=scope,
                content=given.read(),
                name=given.name or "",
                purpose=request.POST.get("purpose") or FilePurpose.APPLICATION,
                institution_id=_institution(request),
                learner_id=_key(request, "learnerId", Learner.tag),
            )
    except Refusal as refusal:
        status = max((_STATUS.get(problem.code, 400) for problem in refusal.problems), default=400)
        return refused(refusal.problems, status=status)
    members = {"id": file.public_id, "sha256": file.sha256, "type": file.media_type, "size": file.size}
    return told(members, status=201)


@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The bytes of a file that the caller may read."""
    try:
        scope = caller(request, needs="files")
    except Unanswered as stopped:
        return stopped.response
    key = key_of(public_id, tag=CaseFile.tag)
    if key is None:
        return not_found()
    with scoped(scope, channel=Channel.DOCUMENT):
        found = opened_file(scope=scope, file_id=key)
    if found is None:
        return not_found()
    known, content = found
    return handed_over(content, media_type=known.media_type, name=known.name, inline=known.media_type in SHOWN)


NO_ROW = UUID(int=0)


def _key(request: HttpRequest, name: str, tag: str) -> UUID | None:
    """A key that was sent; one that no row has for a malformed id."""
    given = request.POST.get(name)
    return (key_of(given, tag=tag) or NO_ROW) if given else None


def _institution(request: HttpRequest) -> UUID | None:
    code = request.POST.get("institutionCode")
    if code and "\x00" not in code:
        return Institution.objects.filter(code=code).values_list("pk", flat=True).first() or NO_ROW
    return _key(request, "institutionId", Institution.tag)
