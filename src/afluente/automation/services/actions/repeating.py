"""The same words of one rule reach the same person a few times a day and no more, whatever goes round (S-LOOP 5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from afluente.automation.services.facts import register_fact
from afluente.delivery import selectors as delivery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene

MOST = 3  # times
DAY = dt.timedelta(days=1)
SAID = "said"
Words = tuple[int, int, str, str]  # the rules, the contact, subject and text
Said = dict[Words, list[dt.datetime]]


def said_to(people: Mapping[int, Sequence[int]], now: dt.datetime) -> Said:
    """What rules wrote to the people of deals within a day before `now`, and when: one query."""
    contacts = {one for each in people.values() for one in each}
    found: Said = defaultdict(list)
    for rules, contact, subject, text, at in delivery.written_since(now - DAY, contact_ids=contacts):
        found[rules or 0, contact, subject, text].append(at)
    return found


def is_too_often(scene: Scene, words: Words) -> bool:
    """Whether they were written often enough within a day. If not, they count from now on."""
    moments = scene.facts[SAID][words]
    if sum(scene.now - DAY < one <= scene.now for one in moments) >= MOST:
        return True
    moments.append(scene.now)
    return False


def register() -> None:
    """Looking ahead and back knows only what it says itself; a worker reads what was written (services.batches)."""
    register_fact(SAID, lambda _deal_ids: defaultdict(list))
