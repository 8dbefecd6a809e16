"""The content API's texts: typed blocks, pictures with renditions, links to what is public, never more than twelve statements."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from PIL import Image

from backend.core.models import RateBucket
from cms.base.blocks import BodyBlock
from cms.events.models import EventPage
from cms.files.models import SiteDocument, SiteImage
from cms.files.pictures import CARD_POSTER, IN_TEXT, specs
from cms.files.tasks import draw_pictures
from cms.home.models import TextPage
from cms.klase.models import EpisodePage
from cms.materials.models import MaterialPage, MaterialVersion
from cms.news.models import NewsArticlePage, NewsIndexPage
from graphql_schema.content.bodies import TYPES
from tests.cms.keeping import asks
from tests.cms.test_content_api import EVERYTHING, PAGE, PLACE, TOPICS
from tests.factories.fixtures import reference_rows

__all__ = ["reference_rows"]
pytestmark = pytest.mark.django_db
OWN = ("savepoint", "release savepoint", "rollback to savepoint")
"""What the transaction of a test adds."""


def picture(title: str, size: tuple[int, int] = (1600, 900)) -> SiteImage:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "#c00000")
    image.paste("#0000c0", (size[0] // 2, 0, size[0], size[1]))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    found = SiteImage(title=title)
    found.file = ContentFile(stream.getvalue(), name=f"{title}.png")
    found.save()
    return found


def _ask(query: str) -> Any:
    body = Client().post("/content/graphql/", data={"query": query}, content_type="application/json").json()
    assert "errors" not in body, body["errors"]
    return body["data"]


def _document(name: str) -> SiteDocument:
    file = ContentFile(b"%PDF-1.4 x", name=f"{name}.pdf")
    return SiteDocument.objects.create(title=f"Datne {name}", file=file, file_size=10)


def _body(name: str, *, link: int) -> list[tuple[str, Any]]:
    document = _document(name)
    text = f'<p><a linktype="page" id="{link}">lapa</a> <a linktype="document" id="{document.pk}">datne {name}</a></p>'
    blocks = [
        {"type": "heading", "value": "Virsraksts"},
        {"type": "paragraph", "value": text},
        {"type": "image", "value": {"image": picture(f"attels {name}").pk, "alt": "Divas krāsas", "caption": ""}},
        {"type": "download", "value": {"document": _document(f"{name} b").pk, "description": "Kas tajā ir"}},
        {"type": "facts", "value": {"facts": [{"term": "Kas", "text": text}]}},
    ]
    return BodyBlock().to_python(blocks)


def _article(number: int, *, link: int) -> NewsArticlePage:
    section = NewsIndexPage.objects.get(slug="jaunumi")
    page = NewsArticlePage(
        title=f"Raksts {number}",
        slug=f"raksts-{number}",
        summary="Ar visu.",
        date=dt.date(2032, 1, number),
        locale=section.locale,
    )
    page.body = _body(str(number), link=link)
    section.add_child(instance=page)
    page.save_revision().publish()
    draw_pictures.func(page.pk)
    return page


BLOCK = """body { __typename html
  ... on HeadingBlock { text level } ... on PictureBlock { alt picture { title renditions { url mediaType width height } } }
  ... on DownloadBlock { title url fileType fileSize description } ... on FactsBlock { facts { title html } } }"""


def test_a_text_comes_as_typed_blocks_and_as_html(site: int) -> None:
    about = TextPage.objects.get(slug="par-projektu")
    page = _article(1, link=about.pk)
    found = _ask(f'{{ page(path: "/lv/jaunumi/raksts-1/") {{ bodyHtml {BLOCK} }} }}')["page"]
    kinds = [block["__typename"] for block in found["body"]]
    assert kinds == ["HeadingBlock", "TextBlock", "PictureBlock", "DownloadBlock", "FactsBlock"]
    heading, text, image, file, facts = found["body"]
    assert (heading["text"], heading["level"]) == ("Virsraksts", 2)
    assert f'href="/lv/{about.slug}/"' in text["html"]
    assert "/downloads/" in text["html"]
    assert "linktype" not in found["bodyHtml"]
    assert (image["alt"], image["picture"]["title"]) == ("Divas krāsas", "attels 1")
    assert [each["mediaType"] for each in image["picture"]["renditions"]] == ["image/webp"]
    assert image["picture"]["renditions"][0]["width"] == 1120
    assert Client().get(image["picture"]["renditions"][0]["url"]).status_code == 200
    assert (file["title"], file["fileType"], file["fileSize"]) == ("Datne 1 b", "pdf", 10)
    assert Client().get(file["url"]).status_code == 200
    assert facts["facts"][0]["title"] == "Kas"
    html = Client().get("/lv/jaunumi/raksts-1/").content.decode()
    assert text["html"].strip() in html, "the same as the site shows"
    page.unpublish()
    assert _ask('{ page(path: "/lv/jaunumi/raksts-1/") { title } }')["page"] is None


def test_no_kind_of_block_is_missing() -> None:
    assert set(TYPES) == set(BodyBlock().child_blocks)


def test_a_link_to_a_draft_stays_words(site: int) -> None:
    about = TextPage.objects.get(slug="par-projektu")
    _article(1, link=about.pk)
    about.unpublish()
    html = _ask('{ page(path: "/lv/jaunumi/raksts-1/") { bodyHtml } }')["page"]["bodyHtml"]
    assert "/par-projektu/" not in html
    assert "<a>lapa</a>" in html
    assert (
        "/par-projektu/"
        not in Client().get("/lv/jaunumi/raksts-1/").content.decode().partition("<main")[2].partition("</main")[0]
    )


def _statements(query: str) -> list[str]:
    RateBucket.objects.all().delete()  # the points of the minute
    _ask(query)
    with CaptureQueriesContext(connection) as queries:
        _ask(query)
    return [query["sql"] for query in queries if not query["sql"].lower().startswith(OWN)]


def test_no_query_that_is_allowed_takes_more_than_twelve_statements(site: int) -> None:
    about = TextPage.objects.get(slug="par-projektu")
    for number in range(1, 6):
        _article(number, link=about.pk)
    material = MaterialPage.objects.filter(locale__language_code="lv").first()
    assert material is not None
    material.evidence_page = about
    material.body = _body("m", link=about.pk)
    material.save_revision().publish()
    MaterialVersion.objects.create(material=material, label="2", date=dt.date(2031, 1, 1), changes="x")
    for image in SiteImage.objects.all():
        image.get_renditions(*specs(IN_TEXT), *specs(CARD_POSTER))
    more = {"materials": " evidence{title url}", "episodes": " poster{renditions{url}} posterUrl"}
    for field, selection in EVERYTHING.items():
        pages = "" if "bodyHtml" not in selection else f" {BLOCK}"
        size = 40 if pages else 100  # a hundred texts part by part pass the limit of points
        query = f"{{{field}(first:{size}){{totalCount edges{{node{{{selection}{pages}{more.get(field, '')}}}}}}}}}"
        assert len(_statements(query)) <= 12, (field, _statements(query))
    every = f"""{{ page(path: "/lv/materiali/{material.slug}/") {{ {PAGE} {BLOCK}
      ... on NewsArticle {{ {TOPICS} date }} ... on Episode {{ posterUrl }} ... on Event {{ region{PLACE} calendarUrl }}
      ... on Material {{ downloadUrl versions{{label}} }} ... on Initiative {{ call{{url}} municipality{PLACE} }} }} }}"""
    assert len(_statements(every)) <= 12, _statements(every)
    front = "{ site { motto menu { url } } newsArticles(first:3){edges{node{title url}}} events(first:3){edges{node{title}}}"
    assert len(_statements(front + " materials(first:3){edges{node{title}}} episodes(first:3){edges{node{title}}} }")) <= 12
    assert len(_statements('{ search(q: "raksts", first: 50) { totalCount edges { node { title file { url } } } } }')) <= 12


def test_a_query_that_would_take_more_is_refused(site: int) -> None:
    many = " ".join(f"n{number}: newsArticles(first:1){{edges{{node{{title}}}}}}" for number in range(6))
    response = Client().post("/content/graphql/", data={"query": f"{{{many}}}"}, content_type="application/json").json()
    assert response["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"
    assert "statements of the database" in response["errors"][0]["message"]


def test_a_page_of_any_type_tells_all_of_itself(site: int) -> None:
    event = EventPage.objects.get(slug="seminars-planu-sagatavotajiem")
    found = _ask(f'{{ page(path: "/lv/pasakumi/{event.slug}/") {{ ... on Event {{ region {PLACE} topics {{ code }} }} }} }}')
    assert found["page"]["region"]["code"] == "Vidzeme"
    episode = EpisodePage.objects.exclude(poster=None).filter(locale__language_code="lv").first()
    assert episode is not None
    poster = _ask(f'{{ page(path: "/lv/klase/{episode.slug}/") {{ ... on Episode {{ poster {{ renditions {{ width }} }} }} }} }}')
    assert [each["width"] for each in poster["page"]["poster"]["renditions"]] == [640]


def test_an_answer_to_get_holds_until_something_is_published(site: int) -> None:
    url = asks('{ page(path: "/lv/par-projektu/") { title } }')
    first = Client().get(url)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert Client().get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    page = TextPage.objects.get(slug="par-projektu")
    page.title = "Cits"
    page.save_revision()
    assert Client().get(url, headers={"if-none-match": first["ETag"]}).status_code == 304, "a draft changes nothing"
    page.get_latest_revision().publish()
    assert Client().get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


@override_settings(SITE_PICTURE_FORMATS=("avif", "webp"))
def test_pictures_are_avif_and_webp_around_the_focal_point(site: int) -> None:
    image = picture("fokuss", (2000, 1000))
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 1900, 500, 100, 100
    image.save()
    article = _article(1, link=TextPage.objects.get(slug="par-projektu").pk)
    article.body = BodyBlock().to_python([{"type": "image", "value": {"image": image.pk, "alt": "Zils", "caption": ""}}])
    article.save_revision().publish()
    html = Client().get("/lv/jaunumi/raksts-1/").content.decode()
    source = html.partition("<picture>")[2].partition("</picture>")[0]
    assert 'type="image/avif"' in source
    assert ".webp" in source.partition("<img")[2]
    for spec, beginning in zip(specs("fill-300x300"), (b"ftypavif", b"WEBPVP8"), strict=True):
        rendition = image.get_rendition(spec)
        with rendition.file.open("rb") as file:
            content = file.read()
        assert beginning in content[:20]
        with Image.open(io.BytesIO(content)) as drawn:
            red, _green, blue = drawn.convert("RGB").getpixel((100, 150))  # cut around the middle it would be red
            assert blue > 150 > red, "the red half is cut away"


def test_a_text_of_the_first_content_comes_part_by_part(site: int) -> None:
    """The query that the integrators' page shows."""
    block = """... on HeadingBlock { text level } ... on PictureBlock { alt picture { renditions { url mediaType width } } }
      ... on DownloadBlock { title url fileSize }"""
    found = _ask(f'{{ page(path: "/lv/par-projektu/") {{ bodyHtml body {{ __typename html {block} }} }} }}')["page"]
    assert found["body"]
    assert all(each["html"] in found["bodyHtml"] for each in found["body"])
