"""Upward news inside one process."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from afluente.kernel import bus


@dataclass(frozen=True)
class Rained:
    litres: int


@dataclass(frozen=True)
class RainedHard(Rained):
    pass


@pytest.fixture(autouse=True)
def empty_bus(monkeypatch):
    monkeypatch.setattr(bus, "_handlers", {})


def test_everybody_who_subscribed_is_told_in_order():
    heard = []
    bus.subscribe(Rained, lambda fact: heard.append(("first", fact.litres)))
    bus.subscribe(Rained, lambda fact: heard.append(("second", fact.litres)))

    told = bus.publish(Rained(7))

    assert (told, heard) == (2, [("first", 7), ("second", 7)])


def test_subscribing_twice_is_once():
    heard = []
    bus.subscribe(Rained, heard.append)
    bus.subscribe(Rained, heard.append)

    assert bus.publish(Rained(1)) == 1


def test_only_the_exact_class_counts():
    heard = []
    bus.subscribe(Rained, heard.append)

    assert bus.publish(RainedHard(1)) == 0


def test_an_error_goes_up_to_whoever_published():
    def refuse(_fact: Rained) -> None:
        raise RuntimeError("full")

    bus.subscribe(Rained, refuse)

    with pytest.raises(RuntimeError, match="full"):
        bus.publish(Rained(1))
