"""Addresses of open data (contract, "Addresses")."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from cms.opendata import views

pages: list[URLPattern | URLResolver] = [
    path("", views.index, name="open-data"),
    path("method/", views.method, name="open-data-method"),
    path("changes/", views.changes, name="open-data-changes"),
    re_path(r"^catalog\.(?P<suffix>jsonld|ttl)$", views.catalogue, name="open-data-catalogue"),
    path("<slug:code>/", views.release, name="open-data-release"),
    path("<slug:code>/<slug:name>/", views.table, name="open-data-table"),
    re_path(
        r"^(?P<code>[-\w]+)/(?P<name>[-\w]+)\.(?P<suffix>csv|json|csv-metadata\.json)$", views.table_file, name="open-data-file"
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [path("open-data/", include(pages))]
