"""Addresses of documents and private files."""

from __future__ import annotations

from django.urls import path, re_path

from backend.documents import views

urlpatterns = [
    re_path(r"^documents/ledger/(?P<public_id>[0-9a-z_]+)\.csv$", views.ledger, name="ledger"),
    re_path(
        r"^documents/semester-report/(?P<public_id>[0-9a-z_]+)\.(?P<ending>[a-z]+)$",
        views.semester_report,
        name="semester-report",
    ),
    re_path(r"^documents/(?P<kind>[a-z-]+)/(?P<public_id>[0-9a-z_]+)\.(?P<ending>[a-z]+)$", views.document, name="document"),
    path("files/", views.files, name="files"),
    path("files/<str:public_id>/", views.file, name="file"),
]
