"""Every address of the platform (contract, "Addresses")."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from backend.config import health
from cms.base.urls import pages
from cms.figures.urls import pages as study_pages
from cms.search.urls import pages as search_pages
from graphql_schema.cases.view import CaseView
from graphql_schema.content.view import ContentView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("graphql/", CaseView.as_view(), name="case-api"),
    path("content/graphql/", ContentView.as_view(), name="content-api"),
    path("o/", include("backend.accounts.oauth.urls")),
    path("", include("backend.documents.urls")),
    path("", include("backend.accounts.urls")),
    path("", include("cms.opendata.urls")),
    path("", include("cms.base.urls")),
    *search_pages,
    *study_pages,
    *pages,  # the page tree answers everything below a language: nothing may follow it
]

handler404 = "cms.base.views.not_found"
handler403 = "cms.base.views.forbidden"
handler500 = "cms.base.views.server_error"
