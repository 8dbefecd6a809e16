"""Fields that many types have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from backend.accounts.scope import Scope
from backend.core.identifiers import public_id
from backend.core.models import Entity, SourceStatus
from graphql_schema.engine.commands import Plain
from graphql_schema.engine.declarations import Column, Derived, Filter, FilterKind, Relation

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


PROGRAMME = Relation(name="programme", to="Programme", description="The programme.")
OWN_INSTITUTION = Relation(name="institution", to="Institution", description="The institution.")


def case_file(name: str, description: str) -> Relation:
    """A field that leads to a private file."""
    return Relation(name=name, to="CaseFile", elsewhere=True, description=description)


def account(name: str, description: str, attr: str = "") -> Relation:
    """A field that leads to somebody's account."""
    return Relation(name=name, attr=attr, to="Account", description=description)


def key_filter(name: str, lookup: str, tag: str, description: str, **more: Any) -> Filter:
    """A filter by the id of another row."""
    return Filter(name=name, lookup=lookup, kind=FilterKind.ID, tag=tag, description=description, **more)


def day_filters(stem: str, column: str, *, first: str, last: str) -> tuple[Filter, ...]:
    """`stemFrom` and `stemTo`: both days are included."""
    return (
        Filter(name=f"{stem}From", lookup=f"{column}__gte", kind=FilterKind.DATE, description=first),
        Filter(name=f"{stem}To", lookup=f"{column}__lte", kind=FilterKind.DATE, description=last),
    )


def month_filters(stem: str, column: str) -> tuple[Filter, ...]:
    """`stemFrom` and `stemTo` over a column that holds the first day of a month."""
    return day_filters(stem, column, first="From this month on: its first day.", last="Up to this month: its first day.")


def institution_filters(*, path: str, through: str = "", of: tuple[str, ...] = ()) -> tuple[Filter, ...]:
    """Filters by institution, municipality and region, each by id and by code. `path` leads to the institution."""
    return place_filters(
        institution=(path,),
        municipality=(f"{path}__municipality",),
        region=(f"{path}__municipality__region",),
        through=through,
        of=of,
    )


def place_filters(
    *,
    institution: tuple[str, ...] = (),
    municipality: tuple[str, ...],
    region: tuple[str, ...],
    through: str = "",
    of: tuple[str, ...] = (),
    within: Callable[[Scope], Q] | None = None,
) -> tuple[Filter, ...]:
    """As `institution_filters`, where several paths lead to a place. `within` limits the first path of each."""
    places = (("institution", institution, "inst"), ("municipality", municipality, "mun"), ("region", region, "reg"))
    return tuple(
        item
        for name, paths, tag in places
        if paths
        for item in (
            Filter(
                name=f"{name}Id",
                lookup=f"{paths[0]}_id",
                alternatives=tuple(f"{path}_id" for path in paths[1:]),
                kind=FilterKind.ID,
                tag=tag,
                through=through,
                of=of,
                within=within,
                description=f"By the {name}'s id.",
            ),
            Filter(
                name=f"{name}Code",
                lookup=f"{paths[0]}__code",
                alternatives=tuple(f"{path}__code" for path in paths[1:]),
                through=through,
                of=of,
                within=within,
                description=f"By the {name}'s code.",
            ),
        )
    )


def touching_semester(*, first: str, last: str) -> tuple[Filter, ...]:
    """Filters by a semester, by id and by code, of which a day lies in the row's own period."""
    return (
        Filter(
            name="semesterId",
            lookup=first,
            until=last,
            kind=FilterKind.SEMESTER,
            tag="sem",
            description="On some day of the semester of this id.",
        ),
        Filter(
            name="semesterCode",
            lookup=first,
            until=last,
            kind=FilterKind.SEMESTER,
            description="On some day of the semester of this code, such as 2022/2023-2.",
        ),
    )


def semester_of_month(
    month: str, *, compared: tuple[str, str] = ("", ""), otherwise: Callable[[QuerySet[Any]], Q] | None = None
) -> tuple[Filter, ...]:
    """Filters by semester, by id and by code, of rows of a month, whose first day the column `month` holds: months of the plans'
    period. `otherwise` is another condition by which a row may belong; `compared` names what is compared then.
    """

    def belongs(semester: QuerySet[Any]) -> Q:
        first = semester.annotate(_first=TruncMonth("starts_on")).values("_first")[:1]
        inside = Q(**{f"{month}__gte": Subquery(first), f"{month}__lte": Subquery(semester.values("plan_period_ends_on")[:1])})
        return inside | otherwise(semester) if otherwise else inside

    lookup, until = (part or month for part in compared)
    return tuple(
        Filter(name=name, lookup=lookup, until=until, where=belongs, kind=FilterKind.SEMESTER, tag=tag, description=description)
        for name, tag, description in (
            ("semesterId", "sem", "By the semester's id."),
            ("semesterCode", "", "By the semester's code, such as 2022/2023-2."),
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


def document_path(kind: str, model: type[Entity], ending: str, description: str, *, name: str = "documentPath") -> Derived:
    """The field with the address of a row's document (`backend.documents`)."""

    def path(row: Any) -> str:
        return f"/documents/{kind}/{public_id(tag=model.tag, key=row.pk)}.{ending}"

    return Derived(name=name, kind=str, depends=("id",), compute=path, description=description)


PREVIEW_ONLY = Plain(
    name="previewOnly", kind=bool, description="Only count what would be touched; nothing is written and the object is null."
)
