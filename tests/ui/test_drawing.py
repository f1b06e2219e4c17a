"""Parts of a page that are drawn once (`ui.drawing`)."""

from __future__ import annotations

from django.utils import timezone, translation

from afluente.ui import formats
from afluente.ui.drawing import draw_once

EMPTY = "ui/components/empty.html"


class Told:
    """A label that counts how often it is written out."""

    def __init__(self, words: str) -> None:
        self.words, self.times = words, 0

    def __str__(self) -> str:
        self.times += 1
        return self.words


def test_what_looks_the_same_is_drawn_once() -> None:
    first, again, other = Told("Once"), Told("Once"), Told("Another")
    drawn = draw_once(EMPTY, {"title": first, "sign": "inbox"}, looks=("once",))

    assert draw_once(EMPTY, {"title": again, "sign": "inbox"}, looks=("once",)) == drawn
    assert "Another" in draw_once(EMPTY, {"title": other, "sign": "inbox"}, looks=("another",))
    assert (first.times > 0, again.times, other.times > 0) == (True, 0, True)


def test_another_language_region_or_zone_is_another_picture() -> None:
    labels = [Told("Here") for _ in range(4)]
    draw_once(EMPTY, {"title": labels[0], "sign": "inbox"}, looks=("here",))
    with translation.override("pl"):
        draw_once(EMPTY, {"title": labels[1], "sign": "inbox"}, looks=("here",))
    with formats.region("BR"):
        draw_once(EMPTY, {"title": labels[2], "sign": "inbox"}, looks=("here",))
    with timezone.override("America/Manaus"):
        draw_once(EMPTY, {"title": labels[3], "sign": "inbox"}, looks=("here",))

    assert all(label.times > 0 for label in labels)


def test_what_differs_is_put_in_later_and_escaped() -> None:
    first = draw_once(EMPTY, {"sign": "inbox"}, looks=("later",), later={"text": "Ana"})
    second = draw_once(EMPTY, {"sign": "inbox"}, looks=("later",), later={"text": "<b>&"})

    assert "Ana" in first
    assert "Ana" not in second
    assert "&lt;b&gt;&amp;" in second


def test_a_value_that_names_a_place_for_later_stays_as_it_is() -> None:
    drawn = draw_once(
        EMPTY, {"title": "csrf_token", "sign": "inbox"}, looks=("named",), later={"text": "csrf_token-"}
    )

    assert drawn.count("csrf_token") == 2
