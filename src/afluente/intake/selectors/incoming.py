"""The page Incoming: what arrived, newest first, read by keyset."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from afluente.contacts import policies as contacts
from afluente.contacts import selectors as contact_selectors
from afluente.deals import policies as deals
from afluente.intake import policies, services
from afluente.intake.models import DealRule, RawEvent
from afluente.intake.selectors.bytes import contains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

PAGE = 50
MOST_COUNTED = 1000  # a tab says "999+" beyond
PEEK = 32_768  # bytes; the sender of a longer body is not read for the list
PEOPLE = 500  # contacts that a search by name may find
STATES = ("failed", "waiting", "done", "robot")


@dataclass(frozen=True)
class Filter:
    """What is shown; it is the address. `state` is "" or one of STATES, days are in the person's zone."""

    state: str = ""
    source: int | None = None
    q: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def query(self, **others: Any) -> str:
        """The address part, `?state=failed&q=ana`; '' when nothing is asked."""
        given = {**dict(self.inputs), **{name: value for name, value in others.items() if value is not None}}
        asked = {name: value for name, value in given.items() if value}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """What is asked, as names and values of a form."""
        asked = {
            "state": self.state,
            "source": self.source,
            "q": self.q,
            "since": self.since,
            "until": self.until,
        }
        return [(name, str(value)) for name, value in asked.items() if value]

    def __bool__(self) -> bool:
        return bool(self.source or self.q or self.since or self.until)


@dataclass(frozen=True)
class Row:
    """One arrival. `contact` and `deal` are (id, name) when the reader may see them."""

    event: RawEvent
    state: str
    reasons: tuple[str, ...]
    contact: tuple[int, str] | None
    deal: tuple[int, str] | None
    who: str = ""  # read from the body while there is no contact

    @property
    def is_replayable(self) -> bool:
        return self.event.state == RawEvent.State.DEAD


@dataclass(frozen=True)
class Page:
    """Rows, and where the neighbouring pages begin."""

    rows: list[Row]
    older: int | None
    newer: int | None


def incoming(
    *, member: Membership, asked: Filter, before: int | None = None, after: int | None = None
) -> Page:
    """One page, in a constant number of queries. `before` and `after` are event ids."""
    events = matching(member=member, asked=asked)
    if after is not None:
        found = list(reversed(_light(events.filter(pk__gt=after).order_by("pk"))))
    else:
        found = _light((events.filter(pk__lt=before) if before else events).order_by("-pk"))
    has_more = len(found) > PAGE
    found = found[-PAGE:] if after is not None else found[:PAGE]
    rows = _rows(found, member)
    first, last = (found[0].pk, found[-1].pk) if found else (None, None)
    if after is not None:
        return Page(rows, older=last, newer=first if has_more else None)
    return Page(rows, older=last if has_more else None, newer=first if before else None)


def matching(*, member: Membership, asked: Filter) -> QuerySet[RawEvent]:
    """The events that `member` may see and that fit the filter."""
    events = policies.events_visible_to(member).filter(_state(asked.state))
    if asked.source:
        events = events.filter(source_id=asked.source)
    if asked.since:
        events = events.filter(received_at__gte=_midnight(asked.since))
    if asked.until:
        events = events.filter(received_at__lt=_midnight(asked.until + dt.timedelta(days=1)))
    return events.filter(_text(asked.q, member)) if asked.q else events


def _state(state: str) -> Q:
    robot = Q(state=RawEvent.State.DEAD, error="spam")
    known = {
        "failed": Q(state=RawEvent.State.DEAD) & ~Q(error="spam"),
        "waiting": Q(state=RawEvent.State.WAITING),
        "done": Q(state=RawEvent.State.DONE),
        "robot": robot,
    }
    return known.get(state, Q())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())


def _text(typed: str, member: Membership) -> Q:
    """A public id, a key, somebody the arrival became, or a text in the body of one that became nobody."""
    found = Q(key=typed) | Q(
        contact_id__in=contact_selectors.find_ids(member=member, typed=typed, limit=PEOPLE)
    )
    with contextlib.suppress(ValueError):
        found |= Q(public_id=uuid.UUID(typed))
    if len(typed) >= 3:
        found |= Q(contact_id=None) & Q(contains("body", typed))
    return found


def _light(events: QuerySet[RawEvent]) -> list[RawEvent]:
    """One row more than a page, without bodies."""
    light = events.select_related("source").defer("body").annotate(size=Length("body"))
    return list(light[: PAGE + 1])


def _rows(events: Sequence[RawEvent], member: Membership) -> list[Row]:
    people = names_of_contacts({event.contact_id for event in events if event.contact_id}, member)
    named = names_of_deals({event.deal_id for event in events if event.deal_id}, member)
    unknown = [event for event in events if event.contact_id is None and event.size <= PEEK]  # type: ignore[attr-defined]
    bodies = dict(RawEvent.objects.filter(pk__in=[event.pk for event in unknown]).values_list("pk", "body"))
    return [
        Row(
            event=event,
            state=state_of(event),
            reasons=tuple(services.sentence(note) for note in event.notes),
            contact=people.get(event.contact_id or 0),
            deal=named.get(event.deal_id or 0),
            who=who_is(event, bytes(bodies[event.pk]), country=member.workspace.country)
            if event.pk in bodies
            else "",
        )
        for event in events
    ]


def state_of(event: RawEvent) -> str:
    """One of STATES, or "again" for an event that failed and will be tried once more."""
    if event.state == RawEvent.State.DEAD:
        return "robot" if event.error == "spam" else "failed"
    if event.state == RawEvent.State.WAITING:
        return "again" if event.attempts else "waiting"
    return "done"


def who_is(event: RawEvent, body: bytes, *, country: str) -> str:
    """The name or address in a body that became nobody; '' when it says none or cannot be read."""
    source = event.source
    try:
        lead = services.read_lead(
            body, event.content_type, kind=source.kind, mapping=source.mapping, country=country
        )
    except services.UnreadableBodyError:
        return ""
    addresses = [value.email for value in lead.emails] + [value.raw for value in lead.phones]
    return lead.name or (addresses[0] if addresses else "")


def names_of_contacts(ids: set[int], member: Membership) -> dict[int, tuple[int, str]]:
    """(id, name) of the contacts among `ids` that `member` sees; the name may be an address."""
    found = contacts.visible_to(member).filter(pk__in=ids).prefetch_related("emails", "phones")
    return {one.pk: (one.pk, _contact_name(one)) for one in found} if ids else {}


def _contact_name(contact: Any) -> str:
    addresses = [row.email for row in contact.emails.all()] + [row.raw for row in contact.phones.all()]
    return str(contact.name or next(iter(addresses), f"#{contact.pk}"))


def names_of_deals(ids: set[int], member: Membership) -> dict[int, tuple[int, str]]:
    """(id, name) of the deals among `ids` that `member` sees."""
    if not ids:
        return {}
    rows = deals.visible_to(member).filter(pk__in=ids).values_list("pk", "name", "number")
    return {pk: (pk, name or f"#{number}") for pk, name, number in rows}


def tab_counts(*, member: Membership) -> Mapping[str, int]:
    """How many failed and how many wait, counted up to MOST_COUNTED."""
    events = policies.events_visible_to(member)
    return {state: events.filter(_state(state))[:MOST_COUNTED].count() for state in ("failed", "waiting")}


def failed_count(member: Membership) -> int:
    """The number beside Incoming in the navigation: what failed and waits for somebody to look."""
    if not policies.may_configure(member):
        return 0
    failed = policies.events_visible_to(member).filter(_state("failed"))
    return failed[:MOST_COUNTED].count()


def lost_rules() -> list[DealRule]:
    """Rules whose pipeline or stage is gone, so that their deals go to the first stage (SP-023)."""
    gone = Q(stage=None) | Q(pipeline=None) | Q(pipeline__archived_at__isnull=False)
    return list(DealRule.objects.filter(gone, had_target=True, is_on=True).order_by("name"))
