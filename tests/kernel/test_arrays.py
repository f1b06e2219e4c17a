"""Lists become the arrays they were, whatever stands in them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DataError, connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
AWKWARD = st.sampled_from(["", "NULL", "null", '"', "\\", "{}", "a,b", "\x01", " x ", "'", "%s", "\n"])
NUMBERS = st.integers(-(2**63), 2**63 - 1)


def told(values: list[object], kind: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[], %s::{kind}[] IS NULL", [values, values])
        return list(cursor.fetchone()[0])


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | AWKWARD | TEXTS, max_size=12))
def test_texts_stay_what_they_are(values):
    assert told(values, "text") == values


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | NUMBERS, max_size=12))
def test_whole_numbers_stay_what_they_are(values):
    assert told(values, "bigint") == values


MOMENTS = st.datetimes(timezones=st.just(dt.UTC) | st.timezones())


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | MOMENTS, max_size=12))
@example([dt.datetime(1, 1, 2, tzinfo=dt.UTC), None, dt.datetime(9999, 12, 30, 1, 2, 3, 4, dt.UTC)])
def test_moments_stay_what_they_are(values):
    """There and back: both by our own ways."""
    found = told(values, "timestamptz")

    # In the hour that a clock tells twice, Python calls no moments of two zones equal.
    assert found == [one and one.astimezone(dt.UTC) for one in values]
    assert all(one is None or one.tzinfo == dt.UTC for one in found)


@pytest.mark.django_db
def test_what_is_no_moment_of_python_is_refused_as_before():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bool", [True, None, False]),
        ("float8", [1.5, None]),
        ("text", [["a", "b"], ["c", "d"]]),
        ("text", []),
    ],
)
def test_other_lists_are_left_to_psycopg(kind, values):
    assert told(values, kind) == values


@pytest.mark.django_db
def test_a_nul_is_refused_as_before():
    with pytest.raises((DataError, ValueError), match="NUL"):
        told(["a", "b\x00"], "text")
