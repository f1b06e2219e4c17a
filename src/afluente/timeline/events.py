"""Who did it, and what is written down about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ActorKind = Literal["member", "token", "rule", "source", "system"]


@dataclass(frozen=True)
class Actor:
    """Who acts. `id` is the number of the membership, token, rule or source; `name` as it was then."""

    kind: ActorKind
    id: int | None = None
    name: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Subject:
    """A record as others name it, and where its page is."""

    name: str
    url: str


def each(by: Actor | Sequence[Actor], count: int) -> Sequence[Actor]:
    """One actor for each of `count` things, when one acts for all or each has its own."""
    return [by] * count if isinstance(by, Actor) else by


@dataclass(frozen=True)
class NewEvent:
    """One line for the log. `kind` is a past-tense name such as `deal.moved` (docs/reference/events.md).

    `data` holds before and after as plain values; it is shown to people, so never a secret.
    """

    kind: str
    actor: Actor
    contact_id: int | None = None
    deal_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    company_id: int | None = None
