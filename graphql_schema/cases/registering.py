"""Registered documents as the API shows them, and `registerDocument`: an app registers what it may send ad hoc."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.models import PartnerApp
from backend.accounts.scope import Scope
from backend.core.classification import DataClass
from backend.core.refusals import Code, refuse
from graphql_schema.cases.shared import ID
from graphql_schema.engine.commands import Mutation, Plain
from graphql_schema.engine.declarations import ANY_TOKEN, Column, Derived, ObjectType
from graphql_schema.http.errors import ErrorCode, Refusal
from graphql_schema.models import RegisteredDocument

_TOO_MUCH = {ErrorCode.TOO_COMPLEX, ErrorCode.TOO_LARGE}

REGISTERED_DOCUMENT = ObjectType(
    name="RegisteredDocument",
    description="A document that the app may name by its `documentId` instead of sending it. It never changes.",
    needs=ANY_TOKEN,
    model=RegisteredDocument,
    select=lambda scope: RegisteredDocument.objects.filter(app_id=scope.app_id),
    fields=(
        ID,
        Derived(
            name="documentId",
            kind=str,
            depends=("digest",),
            compute=lambda row: row.document_id,
            description="What a request names it by: `sha256:` and the digest of its text.",
        ),
        Column(name="name", description="Name of its operation, where it has one."),
        Column(name="cost", description="Points with the largest pages that its variables can ask for."),
        Derived(
            name="compiled",
            kind=bool,
            depends=("not_compiled",),
            compute=lambda row: not row.not_compiled,
            data_class=DataClass.INTERNAL,
            description="Whether it is answered by one SQL statement.",
        ),
        Column(name="notCompiled", description="Why it is answered field by field, where it is."),
        Column(name="registeredAt", description="When it was registered."),
    ),
)


@command("registerDocument", answer=by_key(RegisteredDocument))
def register_own_document(*, scope: Scope, text: str, client_mutation_id: str = "") -> RegisteredDocument:
    """Register a document for the caller's app: checked, priced and compiled; the same text again gives the same document.

    Raises Refusal: REQUIRED for an empty text, INVALID for one that cannot run, LIMIT_EXCEEDED past a limit for registered
    documents or past their number.
    """
    from graphql_schema.cases.registered import register_document  # which needs the schema that this is part of

    if not text.strip():
        refuse(Code.REQUIRED, _("Give the text of the document."), "text")
    app = PartnerApp.objects.select_for_update().get(pk=scope.app_id)  # one after the other, so that they can be counted
    try:
        made = register_document(app=app, scope=scope, text=text)
    except Refusal as refusal:
        wording = _("The document cannot be registered: {reason} Mend it and try again.")
        code = Code.LIMIT_EXCEEDED if refusal.code in _TOO_MUCH else Code.INVALID
        refuse(code, format_lazy(wording, reason=refusal.message), "text")
    most = settings.REGISTERED_DOCUMENTS_PER_APP
    if RegisteredDocument.objects.filter(app=app).count() > most:
        wording = _("An app has at most {most} documents. Use variables, or ask us to remove old ones.")
        refuse(Code.LIMIT_EXCEEDED, format_lazy(wording, most=most), "text")
    return made


REGISTER_DOCUMENT = Mutation(
    name="registerDocument",
    description="Register a document for the app: it is checked, priced and, where it can be, compiled to one SQL statement.",
    needs="adhoc",
    service=register_own_document,
    to="RegisteredDocument",
    cost=50,
    inputs=(Plain(name="text", required=True, description="The GraphQL document, with exactly one operation."),),
)

TYPES = (REGISTERED_DOCUMENT,)
MUTATIONS = (REGISTER_DOCUMENT,)
