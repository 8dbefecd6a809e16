"""From declared mutations to the schema's `Mutation` type: input types, payloads, and what runs them."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import strawberry
from django.utils import translation
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from backend.core.refusals import Code, Problem, Refusal
from graphql_schema.engine.answering import Resolver
from graphql_schema.engine.answering import _plain as plain
from graphql_schema.engine.binding import Bound, bound
from graphql_schema.engine.commands import Amount, Beside, Choice, Input, InputObject, Items, Key, Mutation, Named, Plain
from graphql_schema.engine.context import Context
from graphql_schema.engine.declarations import ObjectType, snake_case
from graphql_schema.engine.kinds import SchemaError
from graphql_schema.engine.loading import many

if TYPE_CHECKING:
    from graphql_schema.engine.building import Builder

CODES = {
    Code.REQUIRED: "Something that must be given is missing.",
    Code.INVALID: "A value that cannot be right.",
    Code.NOT_FOUND: "Absent, malformed or not yours: never told apart.",
    Code.NOT_ALLOWED: "The caller's roles do not include this act.",
    Code.CONFLICT: "Somebody else changed or holds what this would change; or the key was used for another input.",
    Code.DUPLICATE: "There is one already.",
    Code.UNMET_CONDITION: "Something else has to be done first; the message names the remedy.",
    Code.OUT_OF_PERIOD: "A date outside the period that allows it.",
    Code.LIMIT_EXCEEDED: "More than what was planned or is allowed.",
    Code.LOCKED: "Closed to changes until someone reopens it.",
}
MutationErrorCode = strawberry.enum(
    enum.Enum(  # type: ignore[call-overload]
        "MutationErrorCode", {code.name: strawberry.enum_value(code.value, description=text) for code, text in CODES.items()}
    ),
    name="MutationErrorCode",
    description="Why a mutation was refused.",
)


@strawberry.type(description="One thing that stands against a change. All are named at once, and then nothing was changed.")
class MutationError:
    """A problem as the schema shows it; filled from `ShownProblem`."""

    field: str | None = strawberry.field(
        description="Path in the input, as in `entries.3.topic`; null when it is about the whole."
    )
    code: MutationErrorCode = strawberry.field(description="What is wrong, for programs.")  # type: ignore[valid-type]
    message: str = strawberry.field(
        description="What is wrong and what to do, for people, in the language of `Accept-Language` (lv, en)."
    )


@strawberry.type(description="Something that does not stand against a change, but that a person should look at.")
class MutationWarning:
    """A warning as the schema shows it; filled from what a service warns of."""

    field: str | None = strawberry.field(description="Path in the input; null when it is about the whole.")
    message: str = strawberry.field(description="What to look at, in the language of `Accept-Language` (lv, en).")


@dataclass(frozen=True)
class ShownProblem:
    """A problem in the caller's language."""

    field: str | None
    code: str
    message: str


@dataclass
class Payload:
    """What a command gave: rows by their keys, to be read anew as the caller sees them, or what stood against it."""

    client_mutation_id: str | None
    rows: list[Any] = field(default_factory=list)
    errors: list[ShownProblem] = field(default_factory=list)
    answer: Any = None
    """What the service returned, for fields that are told once."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """What the service was given."""

    @property
    def refused(self) -> bool:
        """Whether nothing was done."""
        return bool(self.errors)


class Mutations:
    """Builds the `Mutation` type of one schema with its builder's tools."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.made: dict[str, Any] = {}

    def root(self, declared: Iterable[Mutation]) -> type | None:
        """The type; None for a schema without mutations. Raises SchemaError on a declaration that does not hold."""
        members: dict[str, Any] = {}
        for mutation in declared:
            members[snake_case(mutation.name)] = self._field(mutation)
        if not members:
            return None
        for member in members.values():
            member.is_root = True
        root = type("Mutation", (), {"__annotations__": {}})
        self.builder._strawberry_type(root, members, name="Mutation", description="Everything that can be changed, step by step.")
        return root

    def _field(self, mutation: Mutation) -> Any:
        target = self._checked(mutation)
        members = {item.name: self._kind(item) for item in mutation.inputs if not isinstance(item, Named)}
        inputs = self._members(mutation.inputs, members)
        if "expected_version" in inspect.signature(mutation.service).parameters:
            text = "Version of the row that the change is based on; another one is answered with CONFLICT. Left out: any."
            inputs["expectedVersion"] = (int, text, False)
        text = "Idempotency key: the same key gives the same answer and one effect. Anything, 200 signs at most."
        inputs["clientMutationId"] = (str, text, False)
        kind = input_type(f"{mutation.stem}Input", inputs, f"What `{mutation.name}` takes.")
        self._payload(mutation, target)
        self.builder.points[f"Mutation.{mutation.name}"] = mutation.cost
        argument = StrawberryArgument("input", "input", StrawberryAnnotation(kind), description="What to do.")
        return self.builder._source_field(
            mutation.name,
            f"{mutation.stem}Payload",
            mutation.description,
            resolve=running(mutation, target),
            arguments=[argument],
        )

    # -- types -----------------------------------------------------------------------------------------------------------
    def _payload(self, mutation: Mutation, target: ObjectType) -> None:
        name = f"{mutation.stem}Payload"
        payload = type(name, (), {"__annotations__": {}})
        self.builder.classes |= {name: payload, "MutationError": MutationError}
        members = {
            snake_case(mutation.result): self.builder._source_field(
                mutation.result,
                f"list[{target.name}]" if mutation.list_of else target.name,
                "What the command made or changed, as it is now; null when it was refused.",
                resolve=reading(mutation, target),
            ),
            "errors": self.builder._own(
                "errors", "list[MutationError]", "Everything that stood against it; empty when it was done.", False, _errors
            ),
            "client_mutation_id": self.builder._own(
                "clientMutationId", str, "The key that came with the command.", True, lambda payload: payload.client_mutation_id
            ),
        }
        for extra in mutation.extras:
            members[snake_case(extra.name)] = self.builder._own(
                extra.name, extra.kind, extra.description, True, _telling(extra.of)
            )
        for item in mutation.beside:
            self.builder.classes[item.kind.__name__] = item.kind
            self.builder.points[f"{name}.{item.name}"] = 1
            members[snake_case(item.name)] = self.builder._source_field(
                item.name,
                f"list[{item.kind.__name__}]" if item.list_of else item.kind.__name__,
                item.description,
                nullable=not item.list_of,
                resolve=computing(item, mutation),
            )
        self.builder._strawberry_type(payload, members, name=name, description=f"What `{mutation.name}` answers.")
        self.builder.points[f"{name}.errors"] = 0
        if mutation.list_of:
            self.builder.lengths[f"{name}.{mutation.result}"] = mutation.length

    def _members(self, inputs: Iterable[Input], kinds: Mapping[str, Any]) -> dict[str, tuple[Any, str, bool]]:
        """Type, description and whether it is compulsory, by name in the schema."""
        members: dict[str, tuple[Any, str, bool]] = {}
        for item in inputs:
            if isinstance(item, Named):
                members[f"{item.name}Id"] = (
                    strawberry.ID,
                    f"{item.description} By its id; give this or `{item.name}Code`.",
                    False,
                )
                members[f"{item.name}Code"] = (str, f"{item.description} By its code; give this or `{item.name}Id`.", False)
            else:
                members[item.name] = (kinds[item.name], item.description, item.required)
        return members

    def _kind(self, item: Input) -> Any:
        if isinstance(item, Items):
            return list[self._object(item.item)]  # type: ignore[misc]
        if isinstance(item, Choice):
            return self.builder.enums.of(item.enum)
        if isinstance(item, Key):
            return list[strawberry.ID] if item.list_of else strawberry.ID
        if isinstance(item, Amount):
            return str
        assert isinstance(item, Plain)  # noqa: S101  (the kinds of inputs are these)
        return list.__class_getitem__(item.kind) if item.list_of else item.kind

    def _object(self, declared: InputObject) -> Any:
        if declared.name not in self.made:
            kinds = {item.name: self._kind(item) for item in declared.inputs if not isinstance(item, Named)}
            members = self._members(declared.inputs, kinds)
            self.made[declared.name] = input_type(declared.name, members, declared.description)
        return self.made[declared.name]

    # -- what must hold --------------------------------------------------------------------------------------------------
    def _checked(self, mutation: Mutation) -> ObjectType:
        """The type that it answers with, once declaration and service fit."""
        if not mutation.description or not mutation.needs:
            raise SchemaError(f"Mutation.{mutation.name} lacks a description or a token scope.")
        target = self.builder.declarations.types.get(mutation.to)
        if target is None or target.model is None:
            raise SchemaError(f"Mutation.{mutation.name} answers with {mutation.to}, which is no type of rows.")
        taken = inspect.signature(mutation.service).parameters
        if not {"scope", "client_mutation_id"} <= set(taken):
            raise SchemaError(f"The service of {mutation.name} is no command: it takes no scope or no client_mutation_id.")
        _check_arguments(mutation.name, mutation.inputs, taken, besides={"scope", "client_mutation_id", "expected_version"})
        return target


def _check_arguments(
    where: str,
    inputs: Iterable[Input],
    taken: Mapping[str, inspect.Parameter],
    *,
    besides: frozenset[str] | set[str] = frozenset(),
) -> None:
    """Inputs and keyword arguments are the same, one to one, and what must be given must be given in both."""
    declared: dict[str, Input] = {}
    for item in inputs:
        if not item.description:
            raise SchemaError(f"The input {where}.{item.name} has no description.")
        for argument in item.arguments:
            if argument in declared:
                raise SchemaError(f"Two inputs of {where} give {argument}.")
            declared[argument] = item
        if isinstance(item, Items):
            _check_arguments(item.item.name, item.item.inputs, inspect.signature(item.item.make).parameters)
    wanted = set(taken) - set(besides)
    if set(declared) != wanted:
        raise SchemaError(f"{where} and its service differ in {', '.join(sorted(set(declared) ^ wanted))}.")
    for name, item in declared.items():
        if taken[name].default is inspect.Parameter.empty and not item.required:
            raise SchemaError(f"{where}.{item.name} must be required: its service has no default for {name}.")


def input_type(name: str, members: Mapping[str, tuple[Any, str, bool]], description: str) -> Any:
    """An input type whose values reach resolvers as a plain mapping, under the schema's own names."""
    if not description:
        raise SchemaError(f"{name} has no description.")
    body: dict[str, Any] = {"__annotations__": {}}
    for member, (kind, text, required) in sorted(members.items(), key=lambda pair: not pair[1][2]):  # compulsory ones first
        body["__annotations__"][member] = kind if required else kind | None
        options: dict[str, Any] = {} if required else {"default": strawberry.UNSET}
        body[member] = strawberry.field(name=member, description=text, **options)
    return strawberry.input(type(name, (), body), name=name, description=description)


# -- what runs them ------------------------------------------------------------------------------------------------------
def running(mutation: Mutation, target: ObjectType) -> Resolver:
    """Runs the command in a transaction of its own."""

    def resolve(row: Any, context: Context, arguments: dict[str, Any]) -> Payload:
        context.require(mutation.needs)
        context.check_time()
        given = plain(arguments["input"])
        key = given.get("clientMutationId")
        found = Bound()

        def act() -> Any:
            nonlocal found
            found = bound(mutation.inputs, given)
            found.problems.refuse()
            options = {"expected_version": given["expectedVersion"]} if given.get("expectedVersion") is not None else {}
            return mutation.service(scope=context.scope, client_mutation_id=key or "", **found.arguments, **options)

        assert context.stage is not None  # noqa: S101  (a mutation's surroundings set it)
        try:
            answer = context.stage.perform(act)
        except Refusal as refusal:
            return Payload(key, errors=shown(refusal.problems, found, language=context.language))
        made = mutation.rows(answer) if mutation.rows else answer
        rows = made if mutation.list_of else [made]
        return Payload(key, rows=[row.pk for row in rows if row is not None], answer=answer, arguments=found.arguments)

    return resolve


def reading(mutation: Mutation, target: ObjectType) -> Resolver:
    """Reads what the command made as the caller sees it: one statement, and one for each relation selected under it."""

    def resolve(payload: Payload, context: Context, arguments: dict[str, Any]) -> Any:
        if payload.refused:
            return None
        assert context.stage is not None  # noqa: S101
        context.stage.read()
        rows = many(target, context, keys=payload.rows)
        found = [rows[key] for key in payload.rows if key in rows]
        if mutation.list_of:
            return found
        return found[0] if found else None

    return resolve


def computing(item: Beside, mutation: Mutation) -> Resolver:
    """Computes what stands beside the object, in the caller's language; an empty list, or null, when it was refused."""

    def resolve(payload: Payload, context: Context, arguments: dict[str, Any]) -> Any:
        if payload.refused:
            return [] if item.list_of else None
        assert context.stage is not None  # noqa: S101
        context.stage.read()
        model = context.declarations.types[mutation.to].model
        assert model is not None  # noqa: S101
        row = model._default_manager.filter(pk=payload.rows[0]).first() if payload.rows else None
        with translation.override(context.language):
            return item.compute(scope=context.scope, row=row, arguments=payload.arguments)

    return resolve


def warned(warnings: Iterable[Any]) -> list[MutationWarning]:
    """What a service warns of (`field` in its own names, `message`), as the schema shows it, in the language in force."""
    paths = Bound()
    return [MutationWarning(field=paths.path(item.field), message=str(item.message)) for item in warnings]


def shown(problems: Iterable[Problem], found: Bound, *, language: str) -> list[ShownProblem]:
    """Problems by the input's own paths, in a language."""
    with translation.override(language):
        return [
            ShownProblem(field=found.path(problem.field), code=problem.code.value, message=str(problem.message))
            for problem in problems
        ]


def _errors(payload: Payload) -> list[ShownProblem]:
    return payload.errors


def _telling(of: Callable[[Any], Any]) -> Callable[[Payload], Any]:
    return lambda payload: None if payload.refused else of(payload.answer)
