"""The notation of docs/api/planned/*.graphql: SDL in which a convention of the API is a word, not twenty lines.

`definitions` reads the rooms' files, `written_out` replaces each word by what it stands for (docs/api/README.md lists the
words). Everything else is plain SDL; what the words make can be extended like anything, `extend type FooPayload {...}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    parse,
    print_ast,
)

Definitions = dict[str, Any]
"""Type definitions by name, their extensions folded in."""

OBJECT_WORDS = {
    "named": """{ "Name in Latvian." name: String!  "Name in English, where there is one." nameEn: String }""",
    "validity": """{ "First day of validity." validFrom: Date!
                     "Last day of validity; null while it goes on." validTo: Date }""",
    "sourced": """{ "Where the value comes from." source: String  "What to know about the source." sourceNote: String
                    "How sure the value is." sourceStatus: SourceStatus! }""",
    "versioned": """{ "Rises with each change; a change names the version it was based on." version: Int! }""",
}
INPUT_WORDS = {
    "territory": """{ "By the institution's id." institutionId: ID  "By the institution's code." institutionCode: String
                      "By the municipality's id." municipalityId: ID  "By the municipality's code." municipalityCode: String
                      "By the region's id." regionId: ID  "By the region's code." regionCode: String }""",
    "semester": """{ "By the semester's id." semesterId: ID
                     "By the semester's code, such as 2022/2023-2." semesterCode: String }""",
}
PAGE_ARGUMENTS = """
  "Items from the start of the list, 1 to 100. Give this or `last`." first: Int
  "Cursor to go on from (with `first`)." after: String
  "Items from the end of the list, 1 to 100. Give this or `first`." last: Int
  "Cursor to go back from (with `last`)." before: String
"""
CONNECTION = """
"A page of a list of {name}."
type {name}Connection {{
  "Items of this page." edges: [{name}Edge!]!
  "Where this page lies in the list." pageInfo: PageInfo!
  "How many items the list has in all; counted only when asked for." totalCount: Int!
}}
"An item of a list of {name}, with its place."
type {name}Edge {{
  "Where the item stands in the list." cursor: String!
  "The item." node: {name}!
}}
"""
ORDER = """
"One term of the order of a list of {name}."
input {name}Order {{
  "What to order by." field: {name}OrderField!
  "Which way." direction: OrderDirection!
}}
"""
MUTATION = """
"What `{field}` takes."
input {stem}Input {{
  "Idempotency key: the same key gives the same answer and one effect. Anything, 200 signs at most." clientMutationId: String
}}
"What `{field}` answers."
type {stem}Payload {{
  "What it made or changed, as it is now; null when it was refused." {result}: {kind}
  "Everything that stood against it; empty when it was done." errors: [MutationError!]!
  "The key that came with the command." clientMutationId: String
}}
"""
EXPECTED_VERSION = (
    '"Version of the {what} that the change is based on; another one is answered with CONFLICT. Left out: any." '
    "expectedVersion: Int"
)


class NotationError(ValueError):
    """A room's file says something that the notation does not know."""


def definitions(texts: Iterable[str]) -> Definitions:
    """Definitions of all files, extensions folded in. Raises NotationError where a name is defined twice or never."""
    nodes = [node for text in texts for node in parse(text, no_location=True).definitions]
    found: Definitions = {}
    for node in nodes:
        if isinstance(node, TypeDefinitionNode):
            if node.name.value in found:
                raise NotationError(f"{node.name.value} is defined twice.")
            found[node.name.value] = node
    made_by_words = [node for node in nodes if not isinstance(node, TypeDefinitionNode) and _name(node) not in found]
    for node in nodes:
        if not isinstance(node, TypeDefinitionNode) and node not in made_by_words:
            _fold(found[_name(node)], node)
    found["Mutation"], extras = _mutations(found["Mutation"], found)
    for node in made_by_words:
        if _name(node) not in extras:
            raise NotationError(f"{_name(node)} is extended and nowhere defined.")
        _fold(extras[_name(node)], node)
    return found | extras


@dataclass(frozen=True)
class Plan:
    """Plain SDL, and the names of the types without an identity of their own."""

    document: DocumentNode
    values: tuple[str, ...]


def written_out(found: Definitions) -> Plan:
    """Every word replaced, connections and orders added. Raises NotationError on a word it does not know."""
    listed: set[str] = set()
    searchable = {name for name, node in found.items() if _taken(node, "searchable")}
    values = {name for name, node in found.items() if _taken(node, "value")}
    for node in found.values():
        if isinstance(node, EnumTypeDefinitionNode) or not hasattr(node, "fields"):
            continue
        if isinstance(node, InputObjectTypeDefinitionNode):
            _add(node, INPUT_WORDS)
            node.fields = tuple(_with_codes(node.fields))
            continue
        if isinstance(node, ObjectTypeDefinitionNode):
            _object(node)
        for field in node.fields:
            field.arguments = tuple(_with_codes(field.arguments))
            if _taken(field, "list"):
                listed.add(_list(field, found, searchable))
    for name in sorted(listed):
        made = CONNECTION.format(name=name) + (ORDER.format(name=name) if f"{name}OrderField" in found else "")
        for node in _parsed(made):
            found[node.name.value] = node
    document = DocumentNode(definitions=tuple(found.values()))
    _no_word_left(document)
    return Plan(document, tuple(sorted(values)))


def _object(node: ObjectTypeDefinitionNode) -> None:
    if any(interface.name.value == "Node" for interface in node.interfaces):
        node.fields = (*_fields('{ "Opaque id." id: ID! }'), *node.fields)
    _add(node, OBJECT_WORDS)


def _mutations(root: Any, found: Definitions) -> tuple[Any, Definitions]:
    """The root with one `input` for each mutation, and the inputs and payloads that its arguments stood for."""
    made: Definitions = {}
    for field in root.fields:
        name = field.name.value
        stem = name[0].upper() + name[1:]
        kind = field.type
        type_name = _named(kind)
        if isinstance(kind, NonNullTypeNode):
            raise NotationError(f"Mutation.{name}: the object is null when it is refused.")
        result = type_name[0].lower() + type_name[1:]
        if not isinstance(kind, NamedTypeNode):
            result = result if result.endswith("s") else f"{result}s"
        text = MUTATION.format(field=name, stem=stem, result=result, kind=print_ast(kind))
        takes, answers = _parsed(text)
        change = _taken(field, "changes")
        changes = () if change is None else _fields("{" + EXPECTED_VERSION.format(what=_argument(change, "what")) + "}", "input")
        takes.fields = (*field.arguments, *changes, *takes.fields)
        made |= {f"{stem}Input": takes, f"{stem}Payload": answers}
        (like,) = _fields(f'{{ {name}("What to do." input: {stem}Input!): {stem}Payload }}')
        field.arguments, field.type = like.arguments, like.type
    if clash := made.keys() & found.keys():
        raise NotationError(f"Defined by hand and by a mutation: {', '.join(sorted(clash))}.")
    return root, made


def _list(field: FieldDefinitionNode, found: Definitions, searchable: set[str]) -> str:
    """Make a field a connection; its arguments follow from what is defined for the type, the same for all its lists."""
    name = _named(field.type)
    if name not in found:
        raise NotationError(f"{field.name.value} lists the unknown type {name}.")
    text = PAGE_ARGUMENTS
    if f"{name}Filter" in found:
        text += f'"Conditions, all of which must hold." filters: {name}Filter '
    if f"{name}OrderField" in found:
        text += f'"Order of the list; the id settles what is left open." orderBy: [{name}Order!] '
    if name in searchable:
        text += '"Words that must all occur; case and diacritics are forgiven." search: String'
    (like,) = _fields(f"{{ x({text}): {name}Connection }}")
    field.arguments, field.type = (*field.arguments, *like.arguments), like.type
    return name


def _with_codes(items: Iterable[InputValueDefinitionNode]) -> Iterator[InputValueDefinitionNode]:
    """Items marked `@orCode` become two, an id and a code, of which one is given."""
    for item in items:
        if _taken(item, "orCode") is None:
            yield item
            continue
        name = item.name.value
        if not name.endswith("Id"):
            raise NotationError(f"{name}: only an id can be given as a code.")
        code = f"{name.removesuffix('Id')}Code"
        text = item.description.value if item.description else ""
        by_id = f'"{text} By its id; give this or `{code}`." {name}: ID'
        by_code = f'"{text} By its code; give this or `{name}`." {code}: String'
        yield from _fields(f"{{ {by_id} {by_code} }}", "input")


def _add(node: Any, words: dict[str, str]) -> None:
    for word, text in words.items():
        if _taken(node, word) is not None:
            node.fields = (*node.fields, *_fields(text, "input" if words is INPUT_WORDS else "type"))


def _fold(node: Any, extension: Any) -> None:
    for part in ("fields", "values", "interfaces", "directives", "types"):
        if hasattr(node, part):
            setattr(node, part, (*(getattr(node, part) or ()), *(getattr(extension, part, None) or ())))
    names = [item.name.value for item in getattr(node, "fields", None) or ()]
    if twice := {name for name in names if names.count(name) > 1}:
        raise NotationError(f"{node.name.value} has {', '.join(sorted(twice))} twice.")


def _taken(node: Any, word: str) -> ConstDirectiveNode | None:
    """The word, taken off the node; None where it is not there."""
    found = next((directive for directive in node.directives if directive.name.value == word), None)
    if found is not None:
        node.directives = tuple(directive for directive in node.directives if directive is not found)
    return found


def _no_word_left(document: DocumentNode) -> None:
    def walk(node: Any, visit: Callable[[Any], None]) -> None:
        visit(node)
        for part in ("fields", "values", "arguments"):
            for item in getattr(node, part, None) or ():
                walk(item, visit)

    def refuse(node: Any) -> None:
        for directive in getattr(node, "directives", ()):
            if directive.name.value != "deprecated":
                raise NotationError(f"{node.name.value}: @{directive.name.value} means nothing here.")

    for definition in document.definitions:
        walk(definition, refuse)


def _argument(directive: ConstDirectiveNode, name: str) -> str:
    return next(argument.value.value for argument in directive.arguments if argument.name.value == name)  # type: ignore[attr-defined]


def _named(kind: TypeNode) -> str:
    while not isinstance(kind, NamedTypeNode):
        kind = kind.type  # type: ignore[attr-defined]
    return kind.name.value


def _name(node: Any) -> str:
    return str(node.name.value)


def _parsed(text: str) -> list[Any]:
    return list(parse(text, no_location=True).definitions)


def _fields(text: str, keyword: str = "type") -> tuple[Any, ...]:
    return tuple(_parsed(f"{keyword} X {text}")[0].fields)
