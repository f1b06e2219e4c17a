"""Request limits are exact, whoever asks at the same time."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from afluente.kernel import limits, statements
from afluente.kernel.limits import Limit

FIVE = Limit("test", most=5, seconds=3600)


@pytest.mark.django_db
def test_the_limit_is_the_last_one_allowed():
    verdicts = [limits.take(FIVE, "somebody") for _ in range(7)]

    assert [verdict.is_allowed for verdict in verdicts] == [True] * 5 + [False] * 2
    assert verdicts[0].retry_after == 0
    assert 0 < verdicts[-1].retry_after <= 3600


@pytest.mark.django_db
def test_each_subject_and_each_limit_counts_on_its_own():
    for _ in range(5):
        limits.take(FIVE, "somebody")

    assert limits.take(FIVE, "somebody else").is_allowed
    assert limits.take(Limit("other", most=5, seconds=3600), "somebody").is_allowed
    assert not limits.take(FIVE, "somebody").is_allowed


@pytest.mark.django_db
def test_what_was_counted_can_be_given_back_and_forgotten():
    for _ in range(5):
        limits.take(FIVE, "somebody")

    limits.give_back(FIVE, "somebody")
    assert limits.take(FIVE, "somebody").is_allowed
    limits.forget(FIVE, "somebody")
    assert limits.take(FIVE, "somebody", cost=5).is_allowed
    assert not limits.take(FIVE, "somebody").is_allowed


@pytest.mark.django_db
def test_giving_back_too_much_earns_nothing():
    limits.give_back(FIVE, "somebody", cost=10)
    limits.take(FIVE, "somebody")
    limits.give_back(FIVE, "somebody", cost=10)

    assert not limits.take(FIVE, "somebody", cost=6).is_allowed


@pytest.mark.django_db
def test_a_new_window_starts_at_nothing(monkeypatch):
    blink = Limit("test", most=1, seconds=1)
    key = blink.key("somebody")
    limits.take(blink, "somebody")
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE kernel_ratelimit SET "window" = "window" - 1, count = 99 WHERE key = %s', [key]
        )

    assert limits.take(blink, "somebody").is_allowed


@pytest.mark.django_db
def test_counts_that_are_over_are_swept():
    """Judged by their own keys: another program may have counted beside, and an hour may end meanwhile."""
    later, before = FIVE.key("later"), FIVE.key("before")
    limits.take(FIVE, "later")
    limits.take(FIVE, "before")
    with connection.cursor() as cursor:
        for key, windows in ((later, 2), (before, -2)):
            cursor.execute(
                'UPDATE kernel_ratelimit SET "window" = "window" + %s WHERE key = %s', [windows, key]
            )
        assert statements.sweep_counts() >= 1
        cursor.execute("SELECT key FROM kernel_ratelimit WHERE key IN (%s, %s)", [later, before])
        assert cursor.fetchall() == [(later,)]


@pytest.mark.django_db
def test_subjects_are_not_kept_in_the_clear():
    limits.take(FIVE, "marina@example.com")

    assert "marina" not in FIVE.key("marina@example.com")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_by_one():
    allowed = []

    def ask() -> None:
        try:
            allowed.extend(limits.take(FIVE, "crowd").is_allowed for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(allowed), sum(allowed)) == (20, 5)
