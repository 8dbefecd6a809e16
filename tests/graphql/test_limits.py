"""The budget: what is refused before it runs, and how quickly."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from graphql import Lexer, Source, TokenKind, get_introspection_query
from hypothesis import given
from hypothesis import strategies as st

from backend.core.models import RateBucket
from backend.core.rate_limit import Bucket, take
from graphql_schema.http.documents import too_many_tokens
from tests.graphql.cast import Cast
from tests.graphql.conftest import Ask, Reply


def bomb(levels: int) -> str:
    """Each fragment spreads the next one twice: 2 ** levels fields once written out."""
    chain = " ".join(f"fragment f{i} on Query{{...f{i + 1} ...f{i + 1}}}" for i in range(levels))
    return f"{{...f0}} {chain} fragment f{levels} on Query{{__typename}}"


def _refused_in_time(ask: Ask, query: str) -> Reply:
    best = min((ask("north", query) for _ in range(5)), key=lambda reply: reply.milliseconds)
    assert best.codes == ["TOO_COMPLEX"], best.body
    assert best.milliseconds < 50
    return best


@pytest.mark.parametrize("levels", [20, 60, 90])
def test_a_fragment_bomb_is_refused_within_50_ms(ask: Ask, levels: int) -> None:
    reply = _refused_in_time(ask, bomb(levels))
    assert "fields" in reply.body["errors"][0]["message"]


def test_two_thousand_aliases_are_refused_within_50_ms(ask: Ask) -> None:
    _refused_in_time(ask, "{" + " ".join(f"a{i}:__typename" for i in range(2_000)) + "}")


def test_thirty_one_aliases_are_one_too_many_fragments_followed(ask: Ask) -> None:
    def with_aliases(count: int) -> str:
        return "{" + " ".join(f"a{i}:__typename" for i in range(count)) + "}"

    assert ask("north", with_aliases(30)).status == 200
    assert "31 aliases" in ask("north", with_aliases(31)).body["errors"][0]["message"]
    hidden = "{...f ...f} fragment f on Query{" + " ".join(f"a{i}:__typename" for i in range(16)) + "}"
    assert "32 aliases" in ask("north", hidden).body["errors"][0]["message"]


def test_directives_are_counted(ask: Ask) -> None:
    def with_directives(count: int) -> str:
        return "{" + " ".join(f"...on Query@include(if:true){{a{i}:__typename}}" for i in range(count)) + "}"

    assert ask("north", with_directives(10)).status == 200
    assert "11 directives" in ask("north", with_directives(11)).body["errors"][0]["message"]


def test_depth_is_counted_through_fragments(ask: Ask) -> None:
    chain = '{node(id:"x"){...on Municipality' + "{successor" * 12 + "{id}" + "}" * 12 + "}}"
    assert "levels" in ask("north", chain).body["errors"][0]["message"]
    hidden = (
        '{node(id:"x"){...a}} fragment a on Municipality{successor{successor{successor{successor{successor{...b}}}}}} '
        "fragment b on Municipality{successor{successor{successor{successor{successor{successor{id}}}}}}}"
    )
    assert "13 levels" in ask("north", hidden).body["errors"][0]["message"]


def test_tokens_are_counted_by_the_lexer(ask: Ask) -> None:
    reply = ask("north", "{" + "__typename " * 1_100 + "}")
    assert reply.codes == ["TOO_COMPLEX"]
    assert "1000 tokens" in reply.body["errors"][0]["message"]
    assert ask("north", "{" + "viewer{appName} " * 249 + "}").status == 200


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "_b9",
                "{",
                "}",
                "...",
                "on",
                "$",
                "12",
                "-3.5e-7",
                '"x # y"',
                '"\\""',
                '""',
                '""""""',
                '"""a "b" \\""" c"""',
                "@",
                "# note\n",
                "&",
                "|",
                "!",
            ]
        ),
        max_size=40,
    )
)
def test_tokens_are_counted_like_the_lexer_counts_them(parts: list[str]) -> None:
    text = " ".join(parts)
    lexer, count = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    assert not too_many_tokens(text, limit=count)
    assert count == 0 or too_many_tokens(text, limit=count - 1)


@pytest.mark.parametrize("text", ["{" + "a{" * 400, "{a(x:" + "[" * 900, "query($x:" + "[" * 900 + "Int" + "]" * 900 + "){a}"])
def test_deep_nesting_does_not_reach_the_interpreters_limit(ask: Ask, text: str) -> None:
    assert ask("north", text).codes[0] in {"TOO_COMPLEX", "PARSE_FAILED"}


def test_a_list_in_a_fragment_costs_what_it_costs_in_place(ask: Ask) -> None:
    in_place = "{learners(first:50){edges{node{supportPlans(first:20){edges{node{id}}}}}}}"
    hidden = (
        "{learners(first:50){...a}} fragment a on LearnerConnection{edges{node{...b}}} "
        "fragment b on Learner{...c} fragment c on Learner{supportPlans(first:20){edges{node{id}}}}"
    )
    costs = [ask("north", query).body["extensions"]["cost"]["requested"] for query in (in_place, hidden)]
    assert costs == [1 + 50 * (1 + 1 + 20)] * 2


def test_cost_is_taken_with_the_variables_of_the_request(ask: Ask) -> None:
    query = "query($n:Int=7,$m:Int){learners(first:$n){edges{node{supportPlans(first:$m){edges{node{id}}}}}}}"

    def cost(**variables: Any) -> int:
        return int(ask("north", query, **variables).body["extensions"]["cost"]["requested"])

    assert cost(m=3) == 1 + 7 * (1 + 1 + 3)
    assert cost(n=2, m=3) == 1 + 2 * (1 + 1 + 3)
    assert ask("north", query, n=100, m=100).codes == ["TOO_COMPLEX"]


def test_nodes_costs_by_the_number_of_ids(ask: Ask) -> None:
    query = "query($ids:[ID!]!){nodes(ids:$ids){...on Learner{supportPlans(first:10){edges{node{id}}}}}}"
    assert ask("north", query, ids=["x"] * 3).body["extensions"]["cost"]["requested"] == 3 * (1 + 1 + 10)


def test_the_usual_introspection_query_passes(ask: Ask) -> None:
    for query in (
        get_introspection_query(),
        get_introspection_query(directive_is_repeatable=True, schema_description=True, input_value_deprecation=True),
    ):
        assert ask("north", query).data["__schema"]["queryType"]["name"] == "Query"


def test_introspection_in_circles_is_refused(ask: Ask) -> None:
    circles = "{__schema{types{fields{type{fields{type{fields{type{name}}}}}}}}}"
    assert set(ask("north", circles).codes) == {"VALIDATION_FAILED"}


def test_the_largest_document_within_the_limits_is_validated_quickly(ask: Ask) -> None:
    fields = " ".join(f"...f{i}" for i in range(60))
    fragments = " ".join(f"fragment f{i} on Query{{ viewer{{ appName username roles }} }}" for i in range(60))
    started = time.perf_counter()
    reply = ask("north", f"{{{fields}}} {fragments}")
    assert reply.status == 200
    assert time.perf_counter() - started < 3


SMALL = {**settings.GRAPHQL_LIMITS, "ad_hoc": {**settings.GRAPHQL_LIMITS["ad_hoc"], "bucket": 100}}


def test_an_empty_bucket_answers_429_until_it_has_refilled(ask: Ask, cast: Cast) -> None:
    with override_settings(GRAPHQL_LIMITS=SMALL):
        query = "{learners(first:40){edges{node{id}}}}"
        assert [ask("north", query).status for _ in range(3)] == [200, 200, 429]
        refused = ask("north", query)
        assert refused.codes == ["RATE_LIMITED"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.body["extensions"]["cost"]["remaining"] < 41
        assert ask("south", query).status == 200, "another app has a bucket of its own"
        RateBucket.objects.filter(key__contains=f":{cast.apps['north'].pk}:").update(available=100)
        assert ask("north", query).status == 200


def test_refused_requests_cost_a_point_too(ask: Ask) -> None:
    before = ask("north", "{viewer{appName}}").body["extensions"]["cost"]["remaining"]
    for query in ("{", bomb(30)):
        assert ask("north", query).body["extensions"]["cost"]["requested"] == 1
    assert ask("north", "{viewer{appName}}").body["extensions"]["cost"]["remaining"] <= before - 3 + 1_000


def test_a_bucket_refills_evenly(db: None) -> None:
    bucket = Bucket(capacity=60, seconds=60)
    assert take(key="t", points=50, bucket=bucket).remaining == 10
    refused = take(key="t", points=20, bucket=bucket)
    assert not refused.granted
    assert refused.retry_after in {9, 10}
    assert take(key="t", points=10, bucket=bucket).granted
