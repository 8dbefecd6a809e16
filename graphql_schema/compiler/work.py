"""What one compilation knows and gathers while it writes the statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import collect_sub_fields

from backend.accounts.read_log import NotedKind
from graphql_schema.compiler.posts import Step
from graphql_schema.compiler.shapes import SymbolicScope
from graphql_schema.compiler.slots import Parameters, Values
from graphql_schema.engine.classes import Classes, Selections
from graphql_schema.engine.declarations import Declarations, ObjectType


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
    posts: list[Step] = field(default_factory=list)
    """Steps in Python after the statement."""
    levels: int = 0
    logging: bool = True
    """Whether the statement notes whom it shows (`noting`)."""
    named: bool = False
    """Whether the level being written stands inside one that names the learner already."""
    classes: Classes = frozenset()
    """What the root field being written shows of a learner."""
    noted: list[NotedKind] = field(default_factory=list)

    def alias(self) -> str:
        """A name for the next level."""
        self.levels += 1
        return f"q{self.levels}"

    @contextmanager
    def inside(self, target: ObjectType) -> Iterator[None]:
        """What is written inside stands under a row of a type."""
        before, self.named = self.named, bool(target.learner)
        yield
        self.named = before

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What is written inside may be about another learner than what stands around it."""
        before, self.named = self.named, False
        yield
        self.named = before

    def shows(self, nodes: list[FieldNode], types: Iterable[str]) -> None:
        """A root field that gives objects of some types begins."""
        selections = Selections(self.schema, self.declarations, self.fragments, self.variables, self.scope)
        self.classes = selections.classes(nodes, types)

    def kind(self, name: str) -> GraphQLObjectType:
        """A type of the schema."""
        found = self.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType)  # noqa: S101  (declared types are in the schema)
        return found

    def fields(self, nodes: list[FieldNode], kind: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields selected under some nodes, by response key: merged, in the order of the specification."""
        return collect_sub_fields(self.schema, dict(self.fragments), dict(self.variables), kind, nodes)
