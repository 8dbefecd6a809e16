"""What one compilation knows and gathers while it writes the statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import collect_sub_fields

from graphql_schema.compiler.posts import Post
from graphql_schema.compiler.shapes import SymbolicScope
from graphql_schema.compiler.slots import Parameters, Values
from graphql_schema.engine.declarations import Declarations


@dataclass
class Work:
    """One compilation. `variables` are those of the request that asked for it: they decide only what is signed."""

    schema: GraphQLSchema
    declarations: Declarations
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    scope: SymbolicScope
    largest_page: int
    parameters: Parameters = field(default_factory=Parameters)
    needs: set[str] = field(default_factory=set)
    """Token scopes without which a part of the answer is refused."""
    checks: list[Callable[[Values], None]] = field(default_factory=list)
    """What the arguments of a request must keep; a check raises Refusal."""
    posts: list[Post] = field(default_factory=list)
    """Steps in Python after the statement."""
    levels: int = 0

    def alias(self) -> str:
        """A name for the next level."""
        self.levels += 1
        return f"q{self.levels}"

    def kind(self, name: str) -> GraphQLObjectType:
        """A type of the schema."""
        found = self.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType)  # noqa: S101  (declared types are in the schema)
        return found

    def fields(self, nodes: list[FieldNode], kind: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields selected under some nodes, by response key: merged, in the order of the specification."""
        return collect_sub_fields(self.schema, dict(self.fragments), dict(self.variables), kind, nodes)
