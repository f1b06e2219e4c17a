"""Who did it, what is written down about it, and what becomes news of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from afluente.accounts.requests import token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.http import HttpRequest

ActorKind = Literal["member", "token", "rule", "source", "system"]


@dataclass(frozen=True)
class Actor:
    """Who acts. `id` is the number of the membership, token, rule or source; `name` as it was then."""

    kind: ActorKind
    id: int | None = None
    name: str = ""


SYSTEM = Actor("system")


def token_actor(request: HttpRequest) -> Actor:
    """Who acts in a call of the API: its token."""
    token = token_of(request)
    return Actor("token", token.pk, token.name)


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
    task_id: int | None = None
    product_id: int | None = None


@dataclass(frozen=True)
class Recorded:
    """Events were written; `ids` are their numbers. Published in the writer's transaction (kernel.bus)."""

    ids: Sequence[int]
    events: Sequence[NewEvent]


@dataclass(frozen=True)
class Told:
    """Whom a reminder of one record tells, and plain values for the places in the sentence."""

    members: Sequence[int]
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReminderKind:
    """One kind of reminder, and the kind of notification that it becomes (by default of the same name).

    `tell(ids)` is asked when they are due, with up to thousands of records, in their workspace: for each
    that is still open, whom to tell. A record that it leaves out is over, and nobody is told.
    """

    name: str
    record_kind: str
    tell: Callable[[Sequence[int]], Mapping[int, Told]]
    notification: str = ""


_reminders: dict[str, ReminderKind] = {}


def register_reminder(kind: ReminderKind) -> None:
    """Let records have reminders of `kind`. Its wording is a `NotificationKind`."""
    _reminders[kind.name] = kind


def reminder_kind(name: str) -> ReminderKind | None:
    """The kind called `name`; None when its slice is gone."""
    return _reminders.get(name)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Events that some members are told of, soon after they were written and not while they are.

    `concerns(event)` is asked at once and must cost nothing; `tell(events)` is asked by a job, with the
    rows of all events of one call of `record`, and returns the notices (services.Notice).
    """

    name: str
    kinds: tuple[str, ...]
    tell: Callable[[Sequence[Any]], Iterable[Any]]
    concerns: Callable[[NewEvent], bool] = lambda _event: True


_watches: dict[str, Watch] = {}


def register_watch(watch: Watch) -> None:
    """Let members be told of events. Twice changes nothing."""
    _watches[watch.name] = watch


def watches() -> list[Watch]:
    """Everything that is watched."""
    return list(_watches.values())


def is_watched(event: NewEvent) -> bool:
    """Whether anybody may have to be told of `event`."""
    return any(event.kind in watch.kinds and watch.concerns(event) for watch in _watches.values())
