"""Questions with stable codes, their print view, and where old addresses lead."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from cms.base.redirects import FILE, load_redirects
from cms.faq.models import QuestionPage
from tests.cms.markup import Markup

pytestmark = pytest.mark.django_db


def test_questions_stand_in_the_order_of_their_codes(client: Client, site: int) -> None:
    html = client.get("/lv/jautajumi/").content.decode()
    codes = ["IAP-01", "IAP-20", "IAP-22", "IAP-24", "DLUV-07", "DLUV-08", "DLUV-09"]
    places = [html.index(f'<span class="code">{code}</span>') for code in codes]
    assert places == sorted(places)


@pytest.mark.parametrize("code", ["IAP-01", "iap-1", "Iap-01"])
def test_a_code_leads_to_its_question(client: Client, site: int, code: str) -> None:
    response = client.get(f"/lv/jautajumi/{code}/")
    assert (response.status_code, response["Location"]) == (302, "/lv/jautajumi/iap-01-kada-ir-iap-saskanosanas-seciba/")


@pytest.mark.parametrize("code", ["IAP-99", "XYZ-01", "IAP", "IAP-", "IAP-²", "IAP-" + "9" * 400, "IAP-01/02"])
def test_an_unknown_code_is_missing(client: Client, site: int, code: str) -> None:
    assert client.get(f"/lv/jautajumi/{code}/").status_code == 404


def test_a_code_stays_when_the_address_changes(client: Client, site: int) -> None:
    QuestionPage.objects.get(slug="iap-01-kada-ir-iap-saskanosanas-seciba").unpublish()
    assert client.get("/lv/jautajumi/IAP-01/").status_code == 302, "the English answer is offered, marked as such"
    QuestionPage.objects.get(slug="iap-01-order-of-approval").unpublish()
    assert client.get("/lv/jautajumi/IAP-01/").status_code == 404


def test_a_code_is_given_once(site: int) -> None:
    question = QuestionPage.objects.get(slug="iap-22-viena-veidlapa-vienam-pasakumam")
    question.number = 24
    with pytest.raises(ValidationError) as refused:
        question.full_clean()
    assert "number" in refused.value.message_dict


@pytest.mark.parametrize(("url", "count"), [("/lv/jautajumi/druka/", 7), ("/en/questions/print/", 7)])
def test_all_answers_stand_on_one_sheet(client: Client, site: int, url: str, count: int) -> None:
    page = Markup(client.get(url).content.decode())
    assert page.faults == []
    assert len(page.all("article", class_="sheet-question")) == count
    assert page.all("meta", name="robots")[0]["content"] == "noindex"


def test_old_addresses_lead_to_todays_pages(client: Client, site: int) -> None:
    lines = [line.split("|") for line in FILE.read_text().splitlines()]
    assert len(lines) >= 15
    for old, new in lines:
        for address in (old.strip(), f"{old.strip()}/"):
            response = client.get(address)
            assert (response.status_code, response["Location"]) == (301, new.strip()), address
            assert client.get(new.strip()).status_code == 200


def test_redirects_are_written_once_and_editors_keep_theirs(site: int) -> None:
    redirect = Redirect.objects.get(old_path="/lv/node/187")
    redirect.redirect_page, redirect.redirect_link = None, "/lv/kontakti/"
    redirect.save()
    assert load_redirects() == 0
    redirect.refresh_from_db()
    assert redirect.redirect_link == "/lv/kontakti/"
