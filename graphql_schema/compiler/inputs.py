"""Arguments: read from the document once, with values that come at each request.

What an argument's value decides about the text of the statement (whether a filter is there, which order, which
direction) is part of its *signature*; a plan serves every request whose variables have the same signature.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLScalarType,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    value_from_ast,
)

from backend.core.identifiers import parse_public_id
from backend.core.text import nfc

Reader = Callable[[Mapping[str, Any]], Any]
Signer = Callable[[Any], Hashable]


@dataclass(frozen=True)
class Given:
    """An argument of a field, or a member of an input object: how to read it from the variables of a request."""

    key: Hashable
    read: Reader
    kind: Any
    """Its type in the schema."""
    node: ValueNode | None

    def member(self, name: str) -> Given:
        """A member of an input object."""
        kind = get_nullable_type(self.kind).fields[name].type
        if isinstance(self.node, ObjectValueNode):
            found = next((item.value for item in self.node.fields if item.name.value == name), None)
            return given(found, kind)
        whole = self.read

        def read(variables: Mapping[str, Any]) -> Any:
            value = whole(variables)
            return None if value is None else value.get(name)

        return Given((self.key, name), read, kind, None)


ABSENT = Given("absent", lambda variables: None, None, None)
"""What was not written."""


def given(node: ValueNode | None, kind: Any) -> Given:
    """A value of the document. Values are plain: enum members become their values, what is absent becomes None."""
    if node is None:
        return Given("absent", lambda variables: None, kind, None)
    if isinstance(node, VariableNode):
        name = node.name.value
        return Given(("variable", name), lambda variables: plain(variables.get(name)), kind, node)

    def read(variables: Mapping[str, Any]) -> Any:
        return plain(value_from_ast(node, kind, dict(variables)))

    return Given(("literal", id(node)), read, kind, node)


def arguments(node: FieldNode, declared: Mapping[str, GraphQLArgument]) -> dict[str, Given]:
    """All arguments of a field by their names in the schema."""
    written = {argument.name.value: argument.value for argument in node.arguments}
    return {name: given(written.get(name), argument.type) for name, argument in declared.items()}


def plain(value: Any) -> Any:
    """Without enum members and without the library's word for "absent"."""
    if value is Undefined or value is None:
        return None
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return getattr(value, "value", value)


# -- signatures ----------------------------------------------------------------------------------------------------------
def signers(operation: OperationDefinitionNode, kinds: Mapping[str, Any], searched: frozenset[str]) -> dict[str, Signer]:
    """How to sign each variable of an operation; `searched` are those used as a `search`."""
    names = [definition.variable.name.value for definition in operation.variable_definitions]
    return {name: _words if name in searched else _signer(kinds[name]) for name in names}


def _signer(kind: Any) -> Signer:
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        item = get_named_type(kind)
        if is_input_object_type(item):
            one = _signer(item)
            return lambda value: None if value is None else tuple(one(part) for part in value)
        if _is_id(item):
            return lambda value: None if value is None else frozenset(tag_of(part) for part in value)
        return _present
    if is_input_object_type(kind):
        members = {name: _signer(member.type) for name, member in kind.fields.items()}
        return lambda value: None if value is None else tuple(sign(value.get(name)) for name, sign in members.items())
    if is_enum_type(kind):
        return plain
    if isinstance(kind, GraphQLScalarType) and kind.name == "Boolean":
        return lambda value: value
    return (lambda value: None if value is None else tag_of(value)) if _is_id(kind) else _present


def _present(value: Any) -> Hashable:
    return value is not None


def _words(value: Any) -> Hashable:
    return None if value is None else len(nfc(value).split())


def _is_id(kind: Any) -> bool:
    return isinstance(kind, GraphQLScalarType) and kind.name == "ID"


def tag_of(value: Any) -> str:
    """Type tag of an id; empty for a malformed one."""
    parsed = parse_public_id(value) if isinstance(value, str) else None
    return parsed[0] if parsed else ""
