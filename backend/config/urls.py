"""Every address of the platform (contract, "Addresses")."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from backend.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
