"""Reference lists as one list of values in versions, and the change of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.accounts.scope import Scope
from backend.cases.reimbursements.reference_previews import Change, reference_preview
from backend.core.classification import DataClass
from backend.core.models import SourceStatus
from backend.registry import lists, selectors
from backend.registry.models import ReferenceList, ReferenceValue
from backend.registry.services import reference_values
from graphql_schema.cases.agreements import ChangePreview, shown_preview
from graphql_schema.cases.shared import ID, PREVIEW_ONLY, SOURCE, VALID_ON, VALIDITY, VERSION
from graphql_schema.engine.commands import Beside, Choice, InputObject, Items, Mutation, Plain
from graphql_schema.engine.declarations import Column, Derived, Filter, FilterKind, Gathered, ObjectType, Order, Search, Value

_NAMED = ("list", "code", "name_lv", "name_en")


def properties_of(scope: Scope, keys: Sequence[UUID]) -> Mapping[UUID, Sequence[reference_values.PropertyGiven]]:
    """Properties of some values, in the order in which their list defines them."""
    rows = selectors.reference_values(scope=scope).filter(pk__in=keys).order_by().values_list("pk", "list", "properties")
    return {
        key: [
            reference_values.PropertyGiven(item.name, lists.as_text(stored[item.name]))
            for item in lists.LISTS[ReferenceList(which)].properties
        ]
        for key, which, stored in rows
    }


REFERENCE_VALUE = ObjectType(
    name="ReferenceValue",
    plural="referenceValues",
    description="A value of a reference list in one of its versions.",
    needs="registry.read",
    model=ReferenceValue,
    select=lambda scope: selectors.reference_values(scope=scope),
    open_to_all=True,
    order=("list", "position", "code", "valid_from", "id"),
    orders=(
        Order(name="POSITION", columns=("list", "position", "code"), description="As in the lists."),
        Order(name="VALID_FROM", columns=("valid_from",), description="By the first day of validity."),
    ),
    filters=(
        Filter(name="list", lookup="list", kind=FilterKind.CHOICES, enum=ReferenceList, description="Of one of these lists."),
        Filter(name="code", lookup="code", description="By code."),
        VALID_ON,
    ),
    search=Search(columns=("name_lv", "name_en", "code")),
    fields=(
        ID,
        VERSION,
        Column(name="list", enum=ReferenceList, description="The list."),
        Column(name="code", description="Code of the value, the same in all its versions."),
        Derived(
            name="name",
            kind=str,
            depends=_NAMED,
            compute=lambda row: lists.name_of(row, "lv"),
            description="Name in Latvian, or what its code says in words.",
        ),
        Derived(
            name="nameEn",
            kind=str,
            depends=_NAMED,
            compute=lambda row: lists.name_of(row, "en") or None,
            nullable=True,
            description="The same in English, where there is one.",
        ),
        Column(name="position", description="Place in the list; 0 in lists that have no order of their own."),
        Gathered(
            name="properties",
            to="ReferenceProperty",
            gather=properties_of,
            depends=((ReferenceValue, "properties"),),
            length=5,
            description="What the value says besides its name, as the list defines.",
        ),
        *VALIDITY,
        *SOURCE,
    ),
)

REFERENCE_PROPERTY = ObjectType(
    name="ReferenceProperty",
    description="One property of a reference value.",
    needs="registry.read",
    fields=(
        Value(
            name="name",
            kind=str,
            data_class=DataClass.PUBLIC,
            description="Name of the property, as the list defines it.",
        ),
        Value(
            name="value",
            kind=str,
            data_class=DataClass.PUBLIC,
            description=(
                "The property as text: numbers with a point, dates ISO, yes or no as true or false, several with spaces between."
            ),
        ),
    ),
)

TYPES = (REFERENCE_VALUE, REFERENCE_PROPERTY)


def _preview(*, scope: Scope, row: ReferenceValue | None, arguments: Mapping[str, Any]) -> ChangePreview | None:
    """What the value of these arguments touches; null for who does not count the whole country."""
    change = Change(
        code=arguments["code"],
        properties={given.name: given.value for given in arguments.get("properties", ())},
        valid_from=arguments["valid_from"],
        valid_to=arguments.get("valid_to"),
    )
    return shown_preview(reference_preview(scope=scope, which=ReferenceList(arguments["which"]), change=change))


SET_REFERENCE_VALUE = Mutation(
    name="setReferenceValue",
    description="Write a value of a reference list: a new one, or a new version that begins where the old one ends.",
    needs="registry.write",
    service=reference_values.set_reference_value,
    to="ReferenceValue",
    inputs=(
        Choice(name="list", attr="which", enum=ReferenceList, required=True, description="The list."),
        Plain(name="code", required=True, description="Code of the value."),
        Plain(name="name", description="Name in Latvian; none in lists whose values are named by their code."),
        Plain(name="nameEn", description="Name in English; left out: as it was."),
        Plain(name="position", kind=int, description="Place in the list; left out: as it was, or last."),
        Plain(name="validFrom", kind=dt.date, required=True, description="First day of validity."),
        Plain(name="validTo", kind=dt.date, description="Last day of validity; null: it goes on."),
        Items(
            name="properties",
            description="What the value says besides its name, as the list defines; left out: as it was.",
            item=InputObject(
                name="ReferencePropertyInput",
                description="One property of a reference value.",
                make=reference_values.PropertyGiven,
                inputs=(
                    Plain(name="name", required=True, description="Name of the property, as the list defines it."),
                    Plain(
                        name="value",
                        required=True,
                        description="The property as text: numbers with a point, yes or no as true or false.",
                    ),
                ),
            ),
        ),
        Plain(name="source", description="Where the value comes from."),
        Choice(name="sourceStatus", enum=SourceStatus, description="How sure it is."),
        PREVIEW_ONLY,
    ),
    beside=(Beside(name="preview", description="What the change touches.", kind=ChangePreview, compute=_preview),),
)

MUTATIONS = (SET_REFERENCE_VALUE,)
