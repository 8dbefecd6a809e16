"""Keyset connections: every way of walking gives the same list."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graphql.cast import Cast
from tests.graphql.conftest import Ask

ORDERS = [
    "",
    "orderBy:[{field:STATUS,direction:DESC},{field:PERIOD_FROM,direction:ASC}]",
    "orderBy:[{field:NUMBER,direction:DESC}]",
]


def _page(ask: Ask, order: str, arguments: str) -> dict[str, Any]:
    fields = "edges{cursor node{id}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}"
    page: dict[str, Any] = ask("state", f"{{supportPlans({arguments} {order}){{{fields}}}}}").data["supportPlans"]
    return page


def _walk(ask: Ask, order: str, sizes: list[int], *, backwards: bool) -> list[str]:
    ids: list[str] = []
    cursor = ""
    for step in range(100):
        size = sizes[step % len(sizes)]
        name, at = ("last", "before") if backwards else ("first", "after")
        page = _page(ask, order, f"{name}:{size}" + (f' {at}:"{cursor}"' if cursor else ""))
        found = [edge["node"]["id"] for edge in page["edges"]]
        ids = found + ids if backwards else ids + found
        info = page["pageInfo"]
        assert info["hasPreviousPage" if not backwards else "hasNextPage"] == bool(cursor)
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            return ids
        assert len(found) == size
        cursor = info["startCursor" if backwards else "endCursor"]
    raise AssertionError("The walk does not end.")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5), order=st.sampled_from(ORDERS))
def test_forwards_backwards_and_whole_are_the_same_list(ask: Ask, sizes: list[int], order: str) -> None:
    whole = [edge["node"]["id"] for edge in _page(ask, order, "first:100")["edges"]]
    assert len(whole) == 17
    assert _walk(ask, order, sizes, backwards=False) == whole
    assert _walk(ask, order, sizes, backwards=True) == whole


def test_nested_pages_walk_like_a_list_of_their_own(ask: Ask, cast: Cast) -> None:
    query = """query($n:Int,$a:String){institutions(first:9){edges{node{code
      supportPlans(first:$n,after:$a){edges{cursor node{id}} pageInfo{hasNextPage}}}}}}"""

    def plans_of(code: str, **variables: Any) -> dict[str, Any]:
        edges = ask("state", query, **variables).data["institutions"]["edges"]
        found: dict[str, Any] = next(edge["node"]["supportPlans"] for edge in edges if edge["node"]["code"] == code)
        return found

    whole = [edge["node"]["id"] for edge in plans_of("NORTH", n=100)["edges"]]
    walked: list[str] = []
    cursor = None
    while True:
        page = plans_of("NORTH", n=5, a=cursor)
        walked += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["edges"][-1]["cursor"]
    assert walked == whole
    assert len(whole) == 12


@pytest.mark.parametrize(
    "arguments",
    ["", "first:1 last:1", "first:0", "first:101", "first:-1", "last:0", 'first:1 before:"x"', 'last:1 after:"x"', 'after:"x"'],
)
def test_pages_out_of_the_rules_are_refused(ask: Ask, arguments: str) -> None:
    call = f"({arguments})" if arguments else ""
    reply = ask("north", f"{{learners{call}{{edges{{cursor}}}}}}")
    assert reply.codes == ["BAD_REQUEST"]
    assert reply.body["data"] == {"learners": None}


def test_a_cursor_that_was_tampered_with_is_refused_or_moves_within_the_list(ask: Ask) -> None:
    good = ask("north", "{learners(first:1){edges{cursor}}}").data["learners"]["edges"][0]["cursor"]
    name, *values = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))

    def cursor(*content: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    query = "query($c:String){learners(first:50, after:$c){edges{node{id}}}}"
    bad = [
        "",
        "x",
        "%%%",
        good[:-4],
        "A" * 9_000,
        cursor(),
        cursor(name),
        cursor("other", *values),
        cursor(name, None, values[1]),
    ]
    bad += [
        cursor(name, values[0], "no-uuid"),
        cursor(name, {"a": 1}, values[1]),
        cursor(name, "a\x00", values[1]),
        cursor(name, *values, 1),
    ]
    for value in bad:
        assert ask("north", query, c=value).codes == ["BAD_REQUEST"], value
    elsewhere = ask("north", query, c=cursor(name, "ZZZ", values[1])).data["learners"]["edges"]
    assert elsewhere == []
