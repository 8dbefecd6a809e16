"""`manage.py register_document APP FILE`: register a GraphQL document for a partner app, by its client id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import PartnerApp
from backend.accounts.scope import scope_of
from graphql_schema.cases.registered import register_document
from graphql_schema.http.errors import Refusal


class Command(BaseCommand):
    help = "Register a GraphQL document for a partner app; prints its documentId, its price and its engine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", help="client id")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        app = PartnerApp.objects.filter(client_id=options["app"]).first()
        if app is None or app.service_account is None:
            raise CommandError("There is no app of its own account with this client id.")
        scope = scope_of(user=app.service_account, app_id=app.pk, token_scopes=app.allowed_scopes.split())
        try:
            document = register_document(app=app, scope=scope, text=options["file"].read_text())
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.message}") from None
        self.stdout.write(f"{document.document_id}  {document.cost} points  {document.not_compiled or 'compiled'}")
