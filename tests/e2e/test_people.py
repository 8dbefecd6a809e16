"""People sign in: what each meets behind the door."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.e2e.conftest import Watch
from tests.standing import Standing


def sign_in(page: Page, standing: Standing, role: str, *, at: str = "/sign-in/") -> dict[str, str]:
    """The first person with the role, signed in at `at`."""
    person: dict[str, str] = next(user for user in standing.credentials["users"] if user["role"] == role)
    page.goto(at)
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    return person


def test_every_role_of_the_contract_can_sign_in(standing: Standing) -> None:
    assert {user["role"] for user in standing.credentials["users"]} == {
        "plan_author", "support_provider", "institution_coordinator", "institution_head", "municipality_coordinator",
        "vocational_coordinator", "regional_coordinator", "ikvd", "expert", "ngo", "team_member", "auditor", "researcher",
        "data_protection_officer", "editor", "administrator",
    }  # fmt: skip


def test_a_plan_author_sees_who_she_is(page: Page, watch: Watch, standing: Standing) -> None:
    person = sign_in(page, standing, "plan_author")
    assert page.url.endswith("/account/")
    assert person["unit"] in page.locator("main").inner_text() or person["username"] in page.locator("main").inner_text()


def test_an_editor_opens_the_editor(page: Page, watch: Watch, standing: Standing) -> None:
    sign_in(page, standing, "editor", at="/admin/login/")
    page.goto("/admin/pages/")
    assert urlsplit(page.url).path.startswith("/admin/pages/")
    assert page.locator("h1, h2").count() >= 1


def test_school_staff_are_kept_out_of_the_editor(page: Page, standing: Standing) -> None:
    sign_in(page, standing, "institution_head")
    page.goto("/admin/pages/")
    assert urlsplit(page.url).path == "/admin/login/"
