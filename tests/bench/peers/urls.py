"""The stock engines, each as its documentation says, in a transaction with the caller's scope for row security."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphene_django.views import GraphQLView as GrapheneView
from strawberry.django.views import GraphQLView as StrawberryView

from backend.config import env
from tests.bench.peers.stock_graphene import schema as graphene_schema
from tests.bench.peers.stock_strawberry import schema as strawberry_schema

CALLERS: dict[str, Any] = json.loads((env.VAR / "inputs.json").read_text())["callers"]


def scoped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Row security sees the caller that the header names."""

    @csrf_exempt
    def within(request: HttpRequest) -> HttpResponse:
        caller = CALLERS[request.headers["X-Caller"]]
        with transaction.atomic():
            with connection.cursor() as cursor:
                settings = caller["settings"]
                calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
                cursor.execute(f"select {calls}", [part for pair in settings.items() for part in pair])
            return view(request)

    return within


urlpatterns = [
    path("strawberry/", scoped(StrawberryView.as_view(schema=strawberry_schema))),
    path("graphene/", scoped(GrapheneView.as_view(schema=graphene_schema, graphiql=False))),
]
