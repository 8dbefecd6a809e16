"""Addresses of the public site."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.base import views
from cms.events.views import calendar

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.to_first_page, name="first-page"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("share/<int:pk>/<slug:digest>.png", views.share_card, name="share-card"),
    # Without a token, so that pages with this button are the same for everybody and set no cookie: whoever makes a browser
    # send this form can change the language of what it shows next, and nothing else.
    path("language/", csrf_exempt(set_language), name="set-language"),
    path("downloads/", include(wagtaildocs_urls)),
    path("admin/", include(wagtailadmin_urls)),
]

if getattr(settings, "SERVE_MEDIA", False):
    urlpatterns += [path("media/<path:path>", views.media, name="media")]

pages: list[URLPattern | URLResolver] = i18n_patterns(
    re_path(r"^(?P<path>[\w/-]{1,500})\.ics$", calendar, name="calendar"),
    path("", include([each for each in wagtail_urls.urlpatterns if each.name != "wagtail_serve"])),
    re_path(wagtail_urls.serve_pattern, views.serve, name="wagtail_serve"),
)
"""The page tree answers every address below a language, so it comes last."""
