"""The cache that all processes share."""

from __future__ import annotations

import threading

import pytest
from django.core.cache import cache
from django.db import connection

from afluente.kernel import statements


@pytest.mark.django_db
def test_what_is_kept_comes_back():
    cache.set("a", [1.5, 2])
    cache.set("b", None)

    assert cache.get("a") == [1.5, 2]
    assert cache.get("b", "default") is None
    assert cache.get("c", "default") == "default"


@pytest.mark.django_db
def test_values_end():
    cache.set("a", 1, timeout=0)
    cache.set("b", 1, timeout=-1)
    cache.set("c", 1, timeout=None)
    cache.set("d", 1, timeout=60)

    assert [cache.get(key) for key in "abcd"] == [None, None, 1, 1]
    assert statements.sweep_cache() == 2


@pytest.mark.django_db
def test_adding_keeps_the_first_until_it_ends():
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 2, timeout=60)
    assert cache.get("a") == 1

    cache.touch("a", timeout=0)

    assert cache.add("a", 3)
    assert cache.get("a") == 3


@pytest.mark.django_db
def test_deleting_and_clearing():
    cache.set("a", 1)
    cache.set("b", 1)

    assert (cache.delete("a"), cache.delete("a")) == (True, False)
    assert not cache.touch("a")
    cache.clear()
    assert cache.get("b") is None


@pytest.mark.django_db
def test_counting():
    cache.set("a", 1)

    assert (cache.incr("a"), cache.incr("a", 5), cache.decr("a", 2)) == (2, 7, 5)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("missing")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_once_one_succeeds():
    added = []

    def add() -> None:
        try:
            added.append(cache.add("lock", 1, timeout=60))
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(added) == [False] * 5 + [True]
