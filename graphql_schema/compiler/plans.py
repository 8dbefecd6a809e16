"""A document, prepared once: its operation, how its variables are signed, and the plans made so far."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    type_from_ast,
    visit,
)
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_variable_values

from backend.accounts.read_log import NotedKind, is_on
from backend.accounts.scope import Scope
from graphql_schema.compiler.inputs import Signer, signers
from graphql_schema.compiler.posts import Step
from graphql_schema.compiler.roots import root_field
from graphql_schema.compiler.shapes import SymbolicScope, shape_of
from graphql_schema.compiler.slots import NotCompilable, Slot, Values
from graphql_schema.compiler.texts import joined, json_object
from graphql_schema.compiler.work import Work
from graphql_schema.engine.declarations import ANY_TOKEN, Declarations

_KEPT_PLANS = 32


@dataclass(frozen=True)
class Plan:
    """A statement and what it takes to run it."""

    statement: bytes
    slots: tuple[Slot, ...]
    checks: tuple[Callable[[Values], None], ...]
    needs: frozenset[str]
    posts: tuple[Step, ...]
    noted: tuple[NotedKind, ...] = ()
    """What the statement notes whom it shows as; empty: it shows no learner."""

    def parameters(self, values: Values) -> list[Any]:
        """Values of the numbered parameters. Raises Refusal where an argument is not acceptable."""
        for check in self.checks:
            check(values)
        return [slot.bind(values) for slot in self.slots]

    def permitted(self, scope: Scope) -> bool:
        """Whether the token opens everything that the document names."""
        return self.needs <= scope.token_scopes


@dataclass(frozen=True)
class Unplanned:
    """There is no plan, and why."""

    reason: str


@dataclass
class Prepared:
    """One operation of a document."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    signers: Mapping[str, Signer]
    plans: OrderedDict[Hashable, Plan | Unplanned] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, key: Hashable) -> Plan | Unplanned | None:
        """The plan under a key, if it was made before and is kept."""
        with self.lock:
            found = self.plans.get(key)
            if found is not None:
                self.plans.move_to_end(key)
            return found

    def keep(self, key: Hashable, plan: Plan | Unplanned) -> None:
        """Keep a plan; the one used longest ago goes when there are too many."""
        with self.lock:
            self.plans[key] = plan
            while len(self.plans) > _KEPT_PLANS:
                self.plans.popitem(last=False)


class Planner:
    """Makes and finds the plans of one schema."""

    def __init__(self, *, schema: GraphQLSchema, declarations: Declarations, largest_page: int) -> None:
        self.schema = schema
        self.declarations = declarations
        self.largest_page = largest_page

    def prepared(self, node: DocumentNode, operation: OperationDefinitionNode) -> Prepared:
        """The parts of an operation that do not change from request to request."""
        kinds = {item.variable.name.value: type_from_ast(self.schema, item.type) for item in operation.variable_definitions}
        fragments = {item.name.value: item for item in node.definitions if isinstance(item, FragmentDefinitionNode)}
        return Prepared(operation, fragments, signers(operation, kinds, _searched(node)))

    def coerced(self, prepared: Prepared, variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The variables as the schema reads them; None where they do not fit."""
        if not prepared.operation.variable_definitions:
            return {}
        result = get_variable_values(self.schema, prepared.operation.variable_definitions, dict(variables))
        return None if isinstance(result, list) else result

    def plan(self, prepared: Prepared, variables: Mapping[str, Any], scope: Scope) -> Plan | Unplanned:
        """The plan for these variables and this scope, made when it is the first of its kind.

        Raises Refusal where an argument is not acceptable: that is no property of the kind.
        """
        signed = tuple(sign(variables.get(name)) for name, sign in prepared.signers.items())
        key = (signed, shape_of(scope), is_on())
        found = prepared.known(key)
        if found is None:
            try:
                found = self._made(prepared, variables, scope)
            except NotCompilable as problem:
                found = Unplanned(str(problem))
            prepared.keep(key, found)
        return found

    def _made(self, prepared: Prepared, variables: Mapping[str, Any], scope: Scope) -> Plan:
        query = self.schema.query_type
        if prepared.operation.operation is not OperationType.QUERY or query is None:
            raise NotCompilable("Only queries are compiled.")
        work = Work(
            schema=self.schema,
            declarations=self.declarations,
            fragments=prepared.fragments,
            variables=variables,
            scope=SymbolicScope(scope),
            largest_page=self.largest_page,
            logging=is_on(),
        )
        roots = collect_fields(self.schema, dict(prepared.fragments), dict(variables), query, prepared.operation.selection_set)
        pairs = [(key, root_field(group, query, work)) for key, group in roots.items()]
        statement, slots = work.parameters.finished(f"select {joined(json_object(pairs))}")
        return Plan(
            statement=statement.encode(),
            slots=slots,
            checks=tuple(work.checks),
            needs=frozenset(work.needs - {"", ANY_TOKEN}),
            posts=tuple(work.posts),
            noted=tuple(work.noted),
        )


class _SearchVariables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value == "search" and isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


def _searched(node: DocumentNode) -> frozenset[str]:
    visitor = _SearchVariables()
    visit(node, visitor)
    return frozenset(visitor.names)
