"""Things made ahead come as they would have come, and what fails fails in its turn."""

from __future__ import annotations

import threading

import pytest
from django.utils import translation

from afluente.kernel.ahead import ahead


def test_all_come_in_their_order():
    assert list(ahead(iter(range(50)))) == list(range(50))
    assert list(ahead(iter(()))) == []


def test_the_next_is_made_while_this_one_is_used():
    is_made = threading.Event()

    def make():
        yield 1
        is_made.set()
        yield 2

    coming = ahead(make())

    assert next(coming) == 1
    assert is_made.wait(5), "the second is made before anybody asks for it"
    assert list(coming) == [2]


def test_a_failure_comes_in_its_turn():
    def make():
        yield 1
        raise ValueError("broken")

    coming = ahead(make())

    assert next(coming) == 1
    with pytest.raises(ValueError, match="broken"):
        next(coming)


def test_it_speaks_the_callers_language():
    def make():
        yield translation.get_language()

    with translation.override("pl"):
        assert list(ahead(make())) == ["pl"]
