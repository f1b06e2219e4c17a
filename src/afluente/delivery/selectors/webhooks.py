"""What endpoints may be told of, and the log of what they were told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.delivery.models import Attempt, Call, Endpoint
from afluente.timeline.selectors import kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

SIZE = 50
TEST = "webhook.test"
CALL_TONES = {"sent": "ok", "failed": "bad"}
CALL_REASONS: Mapping[str, StrOrPromise] = {
    "": "",
    "refused": _("The other side refused it."),
    "gone": _("The other side said that it is gone."),
    "forbidden_place": _("The address leads into a network that is not public."),
    "tries_used_up": _("It was tried ten times in three days."),
    "endpoint_off": _("The webhook was switched off."),
    "unreadable_secret": _("The secret cannot be read any more: make a new one."),
    "stage_left": _("The deal left the stage."),
    "record_deleted": _("The record was deleted."),
    "merged": _("The deal became part of another one."),
    "definition_stopped": _("The rules were stopped."),
}


@dataclass(frozen=True)
class EventGroup:
    """Kinds of events under one heading, each with its name and what people call it."""

    label: StrOrPromise
    kinds: Sequence[tuple[str, StrOrPromise]]
    is_open: bool = False


@dataclass(frozen=True)
class CallPage:
    """Some calls, and the number to go on from."""

    rows: Sequence[Call]
    next_before: int | None


def offered() -> Mapping[str, StrOrPromise]:
    """The kinds of events that endpoints may be told of, with what people call them: all that a history shows."""
    return {one.name: one.label for one in kinds.known_kinds() if not one.is_hidden}


def event_groups(chosen: Collection[str] = ()) -> list[EventGroup]:
    """The same by heading, those open that hold something chosen. The first word of a kind says what it is about."""
    found: dict[str, list[tuple[str, StrOrPromise]]] = {}
    for name, label in offered().items():
        found.setdefault(name.partition(".")[0], []).append((name, label))
    ordered = sorted(
        found, key=lambda word: (word not in FIRST, FIRST.index(word) if word in FIRST else 0, word)
    )
    return [
        EventGroup(
            HEADINGS.get(word, word.capitalize()),
            found[word],
            any(name in chosen for name, _label in found[word]),
        )
        for word in ordered
    ]


FIRST = ("contact", "lead", "deal", "task", "company", "document", "comment", "message")
HEADINGS: Mapping[str, StrOrPromise] = {
    "automation": _("Rules"),
    "comment": _("Comments"),
    "company": _("Companies"),
    "consent": _("Consent"),
    "contact": _("Contacts"),
    "deal": _("Deals"),
    "document": _("Quotes and invoices"),
    "file": _("Files"),
    "lead": _("Leads"),
    "message": _("Messages"),
    "product": _("Products"),
    "rule": _("Deal rules"),
    "task": _("Tasks"),
}


def endpoints() -> list[Endpoint]:
    """Every endpoint, those that are on first."""
    return list(Endpoint.objects.order_by("-is_on", "pk"))


def call_page(*, endpoint_id: int, state: str = "", before: int | None = None) -> CallPage:
    """The calls of an endpoint, the newest first."""
    found = Call.objects.filter(endpoint_id=endpoint_id)
    if state in Call.State.values:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.defer("body").order_by("-pk")[: SIZE + 1])
    return CallPage(rows[:SIZE], rows[SIZE - 1].pk if len(rows) > SIZE else None)


def attempts_of(call: Call) -> list[Attempt]:
    """What was answered, the last first."""
    return list(Attempt.objects.filter(call=call).order_by("-pk")[:SIZE])
