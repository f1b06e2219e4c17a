"""Which arrivals of a batch can be worked on together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def rounds(named: Sequence[Sequence[str]]) -> list[list[int]]:
    """Cut things, in their order, into rounds within which no two can be about the same person.

    `named` holds, for each thing, the names of whom it may be about. Two may be about one person when
    they share a name, also when a third one links them. Gives the places of the things, by round.
    """
    links = Links()
    for names in named:
        links.join(names)
    found: list[list[int]] = []
    present: set[str] = set()
    for place, names in enumerate(named):
        person = links.find(names[0]) if names else ""
        if not found or person in present:
            found.append([])
            present.clear()
        found[-1].append(place)
        if person:
            present.add(person)
    return found


class Links:
    """Names that belong together, directly or through others (disjoint sets)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, names: Sequence[str]) -> None:
        """Say that these belong together."""
        for name in names[1:]:
            self._above[self.find(name)] = self.find(names[0])

    def find(self, name: str) -> str:
        """The one that stands for all that belong together with `name`."""
        top = name
        while (above := self._above.get(top, top)) != top:
            top = above
        while name != top:
            self._above[name], name = top, self._above[name]
        return top
