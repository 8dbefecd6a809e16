"""Public ids: opaque, type-tagged, and tolerant of nonsense."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.identifiers import key_of, parse_public_id, public_id, uuid7, uuid_for


@given(st.uuids())
def test_a_public_id_leads_back_to_its_key(key: uuid.UUID) -> None:
    assert key_of(public_id(tag="lrn", key=key), tag="lrn") == key


@given(st.text())
def test_nonsense_is_no_id_and_no_error(value: str) -> None:
    parsed = parse_public_id(value)
    assert parsed is None or public_id(tag=parsed[0], key=parsed[1]) == value


@pytest.mark.parametrize("value", ["", "lrn_", "lrn_xyz", "1", "lrn_" + "0" * 31, "LRN_" + "0" * 32, "lrn_" + "0" * 32 + "\n"])
def test_malformed_ids_name_nothing(value: str) -> None:
    assert key_of(value, tag="lrn") is None


def test_another_types_id_names_nothing() -> None:
    assert key_of(public_id(tag="plan", key=uuid7()), tag="lrn") is None


def test_time_ordered_keys_are_valid_and_ascend() -> None:
    keys = [uuid7() for _ in range(5)]
    assert all(key.version == 7 and key.variant == uuid.RFC_4122 for key in keys)
    milliseconds = [key.int >> 80 for key in keys]
    assert milliseconds == sorted(milliseconds)


def test_reference_rows_have_the_same_key_everywhere() -> None:
    assert uuid_for(kind="reg", code="Vidzeme") == uuid_for(kind="reg", code="Vidzeme")
    assert uuid_for(kind="reg", code="Vidzeme") != uuid_for(kind="mun", code="Vidzeme")
