"""Pages and actions, found by the words of their names in the language of whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.kernel import text
from afluente.ui import finding, navigation
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


def find_places(member: Membership, typed: str, limit: int) -> list[Row]:
    """Pages of the navigation and of the settings that `member` may open; settings only by name."""
    found = []
    for link, heading in navigation.places(member):
        if heading and not typed:
            continue
        note = gettext("Settings, {place}").format(place=heading) if heading else ""
        if _fits(typed, str(link.label), note):
            key = f"G {link.key.upper()}" if link.key else ""
            found.append(Row(title=link.label, url=link.url, icon=link.icon, note=note, key=key))
    return found[:limit]


def find_actions(member: Membership, typed: str, limit: int) -> list[Row]:
    """What `member` may begin."""
    return [one.row() for one in finding.actions(member) if _fits(typed, str(one.label), str(one.words))][
        :limit
    ]


def _fits(typed: str, *texts: str) -> bool:
    """Whether every word of `typed` begins a word of `texts`, accents aside."""
    words = [word for one in texts for word in text.norm(one).split()]
    return all(any(word.startswith(begin) for word in words) for begin in text.norm(typed).split())
