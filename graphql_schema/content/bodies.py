"""Texts of pages as typed blocks and as HTML, read for all pages of a list at once.

Whatever the number of pages and blocks: pictures, documents and linked pages take one statement each (`PRICES` of the
schema counts on it). Renditions are drawn when a page is published or first shown, never for a query.
"""

from __future__ import annotations

from typing import Any

import graphene
from django.urls import reverse
from wagtail.blocks import StreamValue

from cms.base.blocks import Icon
from cms.base.embedded import Known, known_for, using
from cms.files.pictures import IN_TEXT, drawn
from graphql_schema.content.enums import enum_of
from graphql_schema.engine.loading import batch_of

Sign = enum_of("Sign", Icon, "The drawn sign of a group.")


class Rendition(graphene.ObjectType):
    """A picture in one format."""

    url = graphene.String(required=True, description="Path on this site.")
    media_type = graphene.String(required=True, description="Its media type, such as image/avif.")
    width = graphene.Int(required=True, description="Width in pixels.")
    height = graphene.Int(required=True, description="Height in pixels.")


class Picture(graphene.ObjectType):
    """A picture with the sizes and formats in which the site shows it."""

    title = graphene.String(required=True, description="What the editors call it.")
    credit = graphene.String(description="Whose it is.")
    renditions = graphene.List(
        graphene.NonNull(Rendition), required=True, description="The smallest format first; every browser knows the last one."
    )

    @staticmethod
    def resolve_credit(row: Any, info: Any) -> str | None:
        return row.credit or None

    @staticmethod
    def resolve_renditions(row: Any, info: Any) -> list[Rendition]:
        return [rendition_value(found) for found in drawn(row, row.__dict__.get("operation", IN_TEXT))]


def rendition_value(found: Any) -> Rendition:
    """A rendition as the API gives it."""
    kind = f"image/{found.file.name.rpartition('.')[2]}"
    return Rendition(url=found.url, media_type=kind, width=found.width, height=found.height)


class Term(graphene.ObjectType):
    """A name and what belongs to it."""

    title = graphene.String(required=True, description="Name of the fact or step.")
    html = graphene.String(required=True, description="What it is, as HTML.")


class Group(graphene.ObjectType):
    """What one group of people gains."""

    sign = graphene.Field(Sign, required=True, description="Its drawn sign.")
    title = graphene.String(required=True, description="Who they are.")
    points = graphene.List(graphene.NonNull(graphene.String), required=True, description="What they gain.")


class BlockInterface(graphene.Interface):
    """One part of a text."""

    class Meta:
        name = "Block"

    html = graphene.String(required=True, description="The part as HTML, as the site shows it.")

    @classmethod
    def resolve_type(cls, block: Part, info: Any) -> type[graphene.ObjectType]:
        """Type of a part: the class, for graphene takes no name here."""
        return TYPES[block.kind]

    @staticmethod
    def resolve_html(block: Part, info: Any) -> str:
        return block.html()


class Part:
    """A block of a stream with what its text refers to."""

    def __init__(self, child: Any, known: Known) -> None:
        self.child, self.known = child, known
        self.kind: str = child.block_type
        self.value: Any = child.value

    def html(self) -> str:
        """As the site shows it."""
        with using(self.known):
            return str(self.child.render())

    def text(self, value: Any) -> str:
        """A rich text inside, as HTML."""
        with using(self.known):
            return str(value)


class _Options:
    interfaces = (BlockInterface,)


class TextBlock(graphene.ObjectType):
    """Running text."""

    class Meta(_Options):
        pass


class HeadingBlock(graphene.ObjectType):
    """A heading."""

    class Meta(_Options):
        pass

    text = graphene.String(required=True, description="Its words.")
    level = graphene.Int(required=True, description="2 or 3; the title of the page is 1.")

    @staticmethod
    def resolve_text(block: Part, info: Any) -> str:
        return str(block.value)

    @staticmethod
    def resolve_level(block: Part, info: Any) -> int:
        return 2 if block.kind == "heading" else 3


class PictureBlock(graphene.ObjectType):
    """A picture in the text."""

    class Meta(_Options):
        pass

    picture = graphene.Field(Picture, description="The picture; null where it was deleted.")
    alt = graphene.String(required=True, description="What it tells those who do not see it.")
    caption = graphene.String(description="What stands below it.")

    @staticmethod
    def resolve_picture(block: Part, info: Any) -> Any:
        return block.value["image"]

    @staticmethod
    def resolve_alt(block: Part, info: Any) -> str:
        return str(block.value["alt"])

    @staticmethod
    def resolve_caption(block: Part, info: Any) -> str | None:
        return block.value["caption"] or None


class QuoteBlock(graphene.ObjectType):
    """Words of somebody."""

    class Meta(_Options):
        pass

    text = graphene.String(required=True, description="The words.")
    source = graphene.String(description="Where they stand.")
    source_url = graphene.String(description="Address of that.")

    @staticmethod
    def resolve_text(block: Part, info: Any) -> str:
        return str(block.value["text"])

    @staticmethod
    def resolve_source(block: Part, info: Any) -> str | None:
        return block.value["source"] or None

    @staticmethod
    def resolve_source_url(block: Part, info: Any) -> str | None:
        return block.value["source_url"] or None


class NoteBlock(graphene.ObjectType):
    """Something the reader should not miss."""

    class Meta(_Options):
        pass

    title = graphene.String(required=True, description="Its title.")

    @staticmethod
    def resolve_title(block: Part, info: Any) -> str:
        return str(block.value["title"])


class FactsBlock(graphene.ObjectType):
    """Facts, each with its name."""

    class Meta(_Options):
        pass

    facts = graphene.List(graphene.NonNull(Term), required=True, description="The facts in their order.")

    @staticmethod
    def resolve_facts(block: Part, info: Any) -> list[Term]:
        return [Term(title=fact["term"], html=block.text(fact["text"])) for fact in block.value["facts"]]


class StepsBlock(graphene.ObjectType):
    """Steps of a way."""

    class Meta(_Options):
        pass

    steps = graphene.List(graphene.NonNull(Term), required=True, description="The steps in their order.")

    @staticmethod
    def resolve_steps(block: Part, info: Any) -> list[Term]:
        return [Term(title=step["title"], html=block.text(step["text"])) for step in block.value["steps"]]


class GroupsBlock(graphene.ObjectType):
    """What groups of people gain."""

    class Meta(_Options):
        pass

    groups = graphene.List(graphene.NonNull(Group), required=True, description="The groups in their order.")

    @staticmethod
    def resolve_groups(block: Part, info: Any) -> list[Group]:
        return [
            Group(sign=group["icon"], title=group["title"], points=[str(point) for point in group["points"]])
            for group in block.value["groups"]
        ]


class FundingBlock(graphene.ObjectType):
    """Money with its split between the European Union and the state."""

    class Meta(_Options):
        pass

    title = graphene.String(required=True, description="What it pays.")
    eu = graphene.String(required=True, description="The Union's part in euro, two decimals.")
    state = graphene.String(required=True, description="The state's part in euro, two decimals.")
    source = graphene.String(description="Who says so.")

    @staticmethod
    def resolve_title(block: Part, info: Any) -> str:
        return str(block.value["title"])

    @staticmethod
    def resolve_eu(block: Part, info: Any) -> str:
        return f"{block.value['eu']:.2f}"

    @staticmethod
    def resolve_state(block: Part, info: Any) -> str:
        return f"{block.value['state']:.2f}"

    @staticmethod
    def resolve_source(block: Part, info: Any) -> str | None:
        return block.value["source"] or None


class DownloadBlock(graphene.ObjectType):
    """A file to download."""

    class Meta(_Options):
        pass

    title = graphene.String(description="Title of the file; null where it was deleted.")
    url = graphene.String(description="Path of the file on this site.")
    file_type = graphene.String(description="Kind of file, such as pdf.")
    file_size = graphene.Int(description="Size in bytes.")
    description = graphene.String(description="What is in it.")

    @staticmethod
    def resolve_title(block: Part, info: Any) -> str | None:
        return getattr(block.value["document"], "title", None)

    @staticmethod
    def resolve_url(block: Part, info: Any) -> str | None:
        document = block.value["document"]
        return reverse("wagtaildocs_serve", args=[document.pk, document.filename]) if document else None

    @staticmethod
    def resolve_file_type(block: Part, info: Any) -> str | None:
        return getattr(block.value["document"], "file_extension", None)

    @staticmethod
    def resolve_file_size(block: Part, info: Any) -> int | None:
        return getattr(block.value["document"], "file_size", None)

    @staticmethod
    def resolve_description(block: Part, info: Any) -> str | None:
        return block.value["description"] or None


TYPES: dict[str, type[graphene.ObjectType]] = {
    "paragraph": TextBlock,
    "heading": HeadingBlock,
    "subheading": HeadingBlock,
    "image": PictureBlock,
    "quote": QuoteBlock,
    "callout": NoteBlock,
    "facts": FactsBlock,
    "steps": StepsBlock,
    "gains": GroupsBlock,
    "funding": FundingBlock,
    "download": DownloadBlock,
}
"""Type of the API for each block of `cms.base.blocks.BodyBlock`; a test holds that none is missing."""


def body_of(row: Any) -> list[Part]:
    """The parts of a page's text. The first page of a list that is asked reads those of all its siblings."""
    if getattr(row, "body", None) is None:
        return []
    batch = batch_of(row)

    def load() -> tuple[dict[int, StreamValue], Known]:
        raw = {page.pk: list(page.body.raw_data) for page in batch.rows}
        known = known_for(raw.values())
        with using(known):
            streams = row.body.stream_block.bulk_to_python(list(raw.values()))
        return dict(zip(raw, streams, strict=True)), known

    streams, known = batch.once("body", load)
    return [Part(child, known) for child in streams[row.pk] if child.block_type in TYPES]


def html_of(row: Any) -> str:
    """The whole text as HTML, as the site shows it."""
    return "\n".join(part.html() for part in body_of(row))
