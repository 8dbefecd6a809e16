"""Fields that many types have."""

from __future__ import annotations

from backend.core.models import SourceStatus
from graphql_schema.engine.declarations import Column, Filter, FilterKind

ID = Column(name="id", description="Opaque id.")
VERSION = Column(name="version", description="Rises with each change; a change names the version it was based on.")
NAMES = (
    Column(name="name", attr="name_lv", description="Name in Latvian."),
    Column(name="nameEn", attr="name_en", description="Name in English, where there is one."),
)
SOURCE = (
    Column(name="source", description="Where the value comes from."),
    Column(name="sourceStatus", enum=SourceStatus, description="How sure the value is."),
    Column(name="sourceNote", description="What to know about the source."),
)
VALIDITY = (
    Column(name="validFrom", description="First day of validity."),
    Column(name="validTo", description="Last day of validity; null while it goes on."),
)
VALID_ON = Filter(name="validOn", lookup="valid_from", kind=FilterKind.VALID_ON, description="Valid on this day.")


def institution_filters(*, path: str, through: str = "") -> tuple[Filter, ...]:
    """Filters by institution, municipality and region, each by id and by code. `path` leads to the institution."""
    places = (
        ("institution", path, "inst"),
        ("municipality", f"{path}__municipality", "mun"),
        ("region", f"{path}__municipality__region", "reg"),
    )
    return tuple(
        item
        for name, lookup, tag in places
        for item in (
            Filter(
                name=f"{name}Id",
                lookup=f"{lookup}_id",
                kind=FilterKind.ID,
                tag=tag,
                through=through,
                description=f"By the {name}'s id.",
            ),
            Filter(name=f"{name}Code", lookup=f"{lookup}__code", through=through, description=f"By the {name}'s code."),
        )
    )


def semester_filters(*, path: str, through: str = "") -> tuple[Filter, ...]:
    """Filters by semester, by id and by code."""
    return (
        Filter(
            name="semesterId",
            lookup=f"{path}_id",
            kind=FilterKind.ID,
            tag="sem",
            through=through,
            description="By the semester's id.",
        ),
        Filter(
            name="semesterCode",
            lookup=f"{path}__code",
            through=through,
            description="By the semester's code, such as 2022/2023-2.",
        ),
    )
