"""Registered documents: checked, priced and compiled once, named by their digest ever after (contract, `documentId`)."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.conf import settings
from graphql import OperationType

from backend.accounts.models import PartnerApp
from backend.accounts.scope import Scope
from graphql_schema.cases.documents import case_compiler, case_documents
from graphql_schema.compiler.samples import sample_variables
from graphql_schema.http.documents import Document
from graphql_schema.http.errors import ErrorCode, Refusal
from graphql_schema.limits.profiles import limits_for
from graphql_schema.models import RegisteredDocument

_PREFIX = "sha256:"
_MOST = 1_024
_texts: OrderedDict[tuple[int, str], tuple[str, float]] = OrderedDict()
_lock = Lock()


def register_document(*, app: PartnerApp, scope: Scope, text: str) -> RegisteredDocument:
    """Register a document for an app; the same text again gives the same document.

    Raises Refusal PARSE_FAILED, TOO_COMPLEX (past the limits for registered documents, with the largest pages that its
    variables allow), TOO_LARGE, VALIDATION_FAILED, or BAD_REQUEST when it does not hold exactly one operation.
    """
    limits = limits_for("registered")
    if len(text.encode()) > limits.body_bytes:
        raise Refusal(ErrorCode.TOO_LARGE, f"A document has at most {limits.body_bytes} bytes.")
    if "\0" in text:
        raise Refusal(ErrorCode.BAD_REQUEST, "A text may not contain the null character.")
    document = case_documents().parsed(text, limits=limits)
    operation = document.operation(None)
    if operation is None:
        raise Refusal(ErrorCode.BAD_REQUEST, "A registered document holds exactly one operation.")
    tally = case_documents().weighed(document, operation_name=None, variables={}, limits=limits)
    problems = case_documents().validated(document)
    if problems:
        raise Refusal(ErrorCode.VALIDATION_FAILED, problems[0].message.split(" Did you mean ")[0])
    found, _ = RegisteredDocument.objects.get_or_create(
        app=app,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        defaults={
            "text": text,
            "name": operation.name.value[:100] if operation.name else "",
            "cost": tally.cost,
            "not_compiled": _why_not_compiled(document, scope)[:300],
        },
    )
    return found


def _why_not_compiled(document: Document, scope: Scope) -> str:
    operation = document.operation(None)
    if operation is None or operation.operation is not OperationType.QUERY:
        return "It is no query."
    variables: dict[str, Any] = sample_variables(case_documents().schema, operation)
    try:
        return case_compiler().why_not(document, operation_name=None, variables=variables, scope=scope)
    except Refusal:  # arguments that never fit, or a choice that only the caller can make
        return "Its arguments could not be tried."


def text_of(*, app_id: int, document_id: str) -> str:
    """The text that an app registered under an id; no statement for one named a moment ago.

    Raises Refusal BAD_REQUEST when the app has none under this id.
    """
    key = (app_id, document_id)
    now = time.monotonic()
    with _lock:
        known = _texts.get(key)
    if known is not None and known[1] > now:
        return known[0]
    digest = document_id.removeprefix(_PREFIX)
    found = RegisteredDocument.objects.filter(app_id=app_id, digest=digest).values_list("text", flat=True).first()
    if found is None or not document_id.startswith(_PREFIX):
        raise Refusal(ErrorCode.BAD_REQUEST, "No document is registered under this id.", status=400)
    with _lock:
        _texts[key] = (found, now + settings.CALLER_SECONDS)
        while len(_texts) > _MOST:
            _texts.popitem(last=False)
    return found
