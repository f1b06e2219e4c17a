"""Where a reader stands: as PostgreSQL sees it, and as a text that browsers send back."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from afluente.kernel.snapshots import Cursor, Snapshot


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    xmin = draw(st.integers(1, 50))
    running = draw(st.sets(st.integers(xmin, xmin + 20), max_size=6))
    xmax = max([xmin, *(each + 1 for each in running)]) + draw(st.integers(0, 3))
    text = f"{xmin}:{xmax}:{','.join(map(str, sorted(running)))}"
    made = Snapshot.parse(text)
    assert made is not None
    return made


@given(snapshots(), snapshots(), st.integers(0, 10**6))
def test_a_cursor_survives_being_written_down(seen, partly, upto):
    for cursor in (Cursor(seen), Cursor(seen, partly, upto)):
        assert Cursor.parse(str(cursor)) == cursor


@given(st.text(max_size=40))
def test_any_text_is_a_cursor_or_none(text):
    cursor = Cursor.parse(text)

    assert cursor is None or str(cursor).split("~")[0] == text.split("~")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1:2",
        "0:1:",
        "5:4:",
        "1:5:7",
        "1:5:3,2",
        "1:5:2,2",
        "1:9223372036854775808:",
        "1:2:~",
        "1:2:~1:2:~x",
    ],
)
def test_what_postgresql_would_refuse_is_refused_before(text):
    assert Cursor.parse(text) is None


@pytest.mark.django_db
def test_a_snapshot_sees_what_postgresql_says_it_sees():
    texts = ["10:20:10,12,15", "10:10:", "1:30:1,29", "12:13:12"]
    for text in texts:
        snapshot = Snapshot.parse(text)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tx, pg_visible_in_snapshot(tx::text::xid8, %s::pg_snapshot)"
                " FROM generate_series(1, 35) tx",
                [text],
            )
            assert {tx: snapshot.sees(tx) for tx in range(1, 36)} == dict(cursor.fetchall())


def test_a_reader_in_the_middle_of_a_batch_has_what_came_before():
    cursor = Cursor.parse("10:12:10~13:13:~7")

    assert cursor.has(7, 12)
    assert not cursor.has(8, 12)
    assert not cursor.has(6, 14)
    assert cursor.has(99, 11)
