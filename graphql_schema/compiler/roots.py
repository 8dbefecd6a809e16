"""The root fields that can be compiled: lists of a type, one row by its id or code, `node` and `nodes`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphql import FieldNode, GraphQLObjectType

from backend.core.identifiers import key_of
from graphql_schema.compiler.conditions import reachable
from graphql_schema.compiler.inputs import Given, arguments, tag_of
from graphql_schema.compiler.projection import connection, one_row, shown_row
from graphql_schema.compiler.rows import Level
from graphql_schema.compiler.slots import NotCompilable, Outer, Slot, SlotExpression, Values, quoted
from graphql_schema.compiler.texts import NULL, Json, Sql, constant, joined, json_list
from graphql_schema.compiler.work import Work
from graphql_schema.engine.declarations import ANY_TOKEN, ObjectType, RootField
from graphql_schema.http.parameters import bad_request


def root_field(group: list[FieldNode], query: GraphQLObjectType, work: Work) -> Json:
    """JSON of a root field. Raises NotCompilable for one that Python computes."""
    name = group[0].name.value
    if name == "__typename":
        return constant(query.name)
    lists = {declared.plural: declared for declared in work.declarations.types.values() if declared.plural}
    if name in lists:
        work.shows(group, [f"{lists[name].name}Connection"])
        return connection(lists[name], group, query, work)
    if name not in query.fields:
        raise NotCompilable("The schema's own fields are not compiled.")
    given = arguments(group[0], query.fields[name].args)
    if name == "node":
        return _node(given["id"], group, work)
    if name == "nodes":
        return _nodes(given["ids"], group, work)
    root = work.declarations.roots.get(name)
    if root is None or not root.picked_by:
        raise NotCompilable(f"Query.{name} is computed in Python.")
    return _picked(root, given, group, work)


def _picked(root: RootField, given: dict[str, Given], group: list[FieldNode], work: Work) -> Json:
    target = work.declarations.types[root.to]
    work.shows(group, [target.name])
    work.needs.add(root.needs)
    named = [name for name in root.picked_by if given[name].read(work.variables) is not None]
    if len(named) != 1:
        raise bad_request("Exactly one argument picks the row.")
    value = given[named[0]]
    level = Level("", target)
    if named[0] == "id":
        rows = reachable(target, work).filter(pk=SlotExpression(_key_slot(value, target), level.field("id")))
    else:
        slot = Slot((value.key, "text"), "text", lambda values: str(value.read(values.variables)))
        rows = reachable(target, work).filter(**{named[0]: SlotExpression(slot, level.field(named[0]))})
    return one_row(rows, target, group, work)


def _key_slot(value: Given, target: ObjectType) -> Slot:
    def bind(values: Values) -> str | None:
        key = key_of(value.read(values.variables), tag=target.tag)
        return None if key is None else str(key)

    return Slot((value.key, "key", target.tag), "uuid", bind)


# -- node and nodes: the type follows from the tag of the id, which is signed ----------------------------------------------
def _reached_type(tag: str, work: Work) -> ObjectType | None:
    """The type of a tag; None where the token does not open it, which `node` answers like an absent row."""
    declared = work.declarations.by_tag().get(tag)
    if declared is None or (declared.needs not in {"", ANY_TOKEN} and declared.needs not in work.scope.token_scopes):
        return None
    return declared


def _node(value: Given, group: list[FieldNode], work: Work) -> Json:
    target = _reached_type(tag_of(value.read(work.variables)), work)
    if target is None:
        return NULL
    work.shows(group, [target.name])
    slot = SlotExpression(_key_slot(value, target), Level("", target).field("id"))
    return one_row(reachable(target, work).filter(pk=slot), target, group, work)


def _nodes(value: Given, group: list[FieldNode], work: Work) -> Json:
    work.checks.append(_count_check(value, work.largest_page))
    tags = sorted({tag_of(part) for part in value.read(work.variables)})
    targets = [target for target in (_reached_type(tag, work) for tag in tags) if target is not None]
    work.shows(group, [target.name for target in targets])
    named = work.alias()
    cases = []
    for target in targets:
        level = Level(work.alias(), target)
        rows = reachable(target, work).filter(pk=Outer(f"{named}.key", level.field("id"))).order_by()
        projected = shown_row(level, group, work)
        cases.append(f"when {quoted(target.tag)} then (select {projected} from {level.item(rows, work.parameters)})")
    chosen = f"coalesce(case {named}.tag {' '.join(cases)} end, 'null')" if cases else "'null'"
    kinds, keys = work.parameters.text(_tags_slot(value)), work.parameters.text(_keys_slot(value))
    item = f"unnest({kinds}, {keys}) with ordinality as {named}(tag, key, place)"
    listed = json_list(chosen, order=f" order by {named}.place")
    return (Sql(f"(select {joined(listed)} from {item})"),)


def _tags_slot(value: Given) -> Slot:
    return Slot((value.key, "tags"), "text[]", lambda values: [tag_of(part) for part in _ids(value, values)])


def _keys_slot(value: Given) -> Slot:
    def bind(values: Values) -> list[str | None]:
        keys = (key_of(part, tag=tag_of(part)) for part in _ids(value, values))
        return [None if key is None else str(key) for key in keys]

    return Slot((value.key, "keys"), "uuid[]", bind)


def _ids(value: Given, values: Values) -> Sequence[str]:
    ids: Sequence[str] = value.read(values.variables)
    return ids


def _count_check(value: Given, largest: int) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        if len(_ids(value, values)) > largest:
            raise bad_request(f"At most {largest} ids at a time.")

    return check
