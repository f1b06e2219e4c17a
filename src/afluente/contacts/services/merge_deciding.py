"""Which value stays when contacts become one: decided about plain values, field by field.

A field is named as in `ContactMerge.changes`: `name`, `location`, `address`, `assignee`, `origin`,
`utm_first`, `utm_last`, or the number of a field of one's own as text.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from afluente.contacts.models import Contact

CHOSEN = ("name", "location", "address", "assignee")
EXTRA = ("name", "location", "address")  # of our own fields, those whose other value gets a new field
EMPTY: Mapping[str, Any] = {
    "name": ["", ""],
    "location": "",
    "address": "",
    "assignee": None,
    "utm_first": {},
    "utm_last": {},
}
Age = tuple[str, int]


@dataclass
class Person:
    """A contact as plain values; `holders` says whose each value is, after others have joined."""

    id: int
    age: Age
    values: dict[str, Any]
    holders: dict[str, Age] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def held_by(self, key: str) -> Age:
        return self.holders.get(key, self.age)


@dataclass(frozen=True)
class Joined:
    """What a contact brought: [before, after] of the survivor, and what of it was not taken over."""

    changes: dict[str, list[Any]]
    left: dict[str, Any]


def person(contact: Contact, values: Mapping[int, Any]) -> Person:
    """A contact, with the values of its own fields as the log keeps them."""
    made = contact.created_at.isoformat()
    known = {
        "name": [contact.first_name, contact.last_name],
        "location": contact.location,
        "address": contact.address,
        "assignee": contact.assignee_id,
        "origin": [contact.source, contact.source_ref, contact.source_name, made],
        "utm_first": contact.utm_first,
        "utm_last": contact.utm_last,
        **{str(number): value for number, value in values.items()},
    }
    # By the moment itself: texts of moments without a fraction sort behind those with one.
    return Person(contact.pk, (f"{contact.created_at.timestamp():020.6f}", contact.pk), known)


def row_of(one: Person) -> dict[str, Any]:
    """The columns of a contact, as `statements.merging.write` takes them."""
    values = one.values
    source, source_ref, source_name, made = values["origin"]
    return {
        "id": one.id,
        "first_name": values["name"][0],
        "last_name": values["name"][1],
        "location": values["location"],
        "address": values["address"],
        "assignee_id": values["assignee"],
        "source": source,
        "source_ref": source_ref,
        "source_name": source_name,
        "utm_first": values["utm_first"],
        "utm_last": values["utm_last"],
        "created_at": made,
    }


def is_empty(key: str, value: Any) -> bool:
    """Whether there is nothing in a field."""
    return value is None or value in ("", [], {}) or value == EMPTY.get(key)


@dataclass
class Join:
    """One contact becoming part of another, whose values change.

    `choices` names, by field, whose value a person chose. `several` are the fields with several
    choices: these are put together. `find_field` finds a new field, and what to write there, for a value
    that would be lost otherwise; it may find none.
    """

    survivor: Person
    loser: Person
    policy: str
    choices: Mapping[str, int]
    several: Collection[str]
    find_field: Callable[[Person, str, Any], tuple[str, Any] | None]
    changes: dict[str, list[Any]] = field(default_factory=dict)
    left: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Joined:
        """Decide every field."""
        own = [key for key in self.loser.values if key.isdigit()]
        for key in [*CHOSEN, *own]:
            mine, theirs = self.survivor.values.get(key), self.loser.values.get(key)
            if is_empty(key, theirs) or mine == theirs:
                continue
            if key in self.several:
                both = sorted({*(mine or []), *(theirs or [])})
                if both != mine:
                    self._take(key, both, self.loser.age)
            else:
                self._choose(key, mine, theirs)
        self._join_origin()
        return Joined(self.changes, self.left)

    def _choose(self, key: str, mine: Any, theirs: Any) -> None:
        held_by = self.survivor.held_by(key)
        if self._is_taken(key):
            self._take(key, theirs, self.loser.age)
            lost, whose = mine, held_by
        else:
            lost, whose = theirs, self.loser.age
        if is_empty(key, lost):
            return
        keeps = self.policy == Policy.BOTH and key not in self.choices
        place = self.find_field(self.survivor, key, lost) if keeps else None
        if place is None:
            self.left[key] = lost
        elif self.survivor.values.get(place[0]) != place[1]:
            self._take(*place, whose)

    def _is_taken(self, key: str) -> bool:
        """Whether the loser's value, which is there and differs, replaces the survivor's."""
        if key in self.choices:
            return self.choices[key] == self.loser.id
        if is_empty(key, self.survivor.values.get(key)):
            return True
        is_newer = self.loser.age > self.survivor.held_by(key)
        return is_newer if self.policy == Policy.NEWER else not is_newer

    def _take(self, key: str, value: Any, age: Age) -> None:
        self.changes[key] = [deepcopy(self.survivor.values.get(key)), deepcopy(value)]
        self.survivor.values[key] = deepcopy(value)
        self.survivor.holders[key] = age

    def _join_origin(self) -> None:
        """Where they came from first is the oldest's, where they came from last the newest's."""
        loser, survivor = self.loser, self.survivor
        if loser.age < survivor.held_by("origin"):
            self._take("origin", loser.values["origin"], loser.age)
        for key, is_better in (
            ("utm_first", loser.age < survivor.held_by("utm_first")),
            ("utm_last", loser.age > survivor.held_by("utm_last")),
        ):
            theirs, mine = loser.values[key], survivor.values[key]
            if theirs and theirs != mine and (not mine or is_better):
                self._take(key, theirs, loser.age)
