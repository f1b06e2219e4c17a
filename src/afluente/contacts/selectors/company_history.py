"""What happened to a company: its fields, and who came and left. It reads the one log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies
from afluente.timeline.models import Event
from afluente.timeline.selectors import Feed, changes, kinds
from afluente.timeline.selectors.entries import Day, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Company, Contact

PAGE = 40
PERSON = kinds.Kind(
    name="company.person", label=_("Contact"), icon="user", template="contacts/kinds/company_person.html"
)


@dataclass(frozen=True)
class Step:
    """What a contact did here: came, left, or became something else. `contact` when the reader sees them."""

    contact: Contact | None
    act: str
    before: str = ""
    after: str = ""


def history_of(*, member: Membership, company: Company, query: Mapping[str, str]) -> Feed:
    """A page of the history, below the event `before` of the query, newest first: two queries."""
    url = reverse("contacts:company", args=[company.pk])
    before = _number(query.get("before"))
    events = Event.objects.filter(company_id=company.pk).order_by("-pk")
    if before is not None:
        events = events.filter(pk__lt=before)
    rows = list(events[: PAGE + 1])
    page = rows[:PAGE]
    entries = _entries(page, member)
    days = [
        Day(date, list(group), date.isoformat() == query.get("day"))
        for date, group in groupby(entries, key=lambda entry: timezone.localdate(entry.at))
    ]
    more = f"{url}?tab=history&before={page[-1].pk}&day={days[-1].date.isoformat()}" if days else ""
    return Feed(
        subject="company",
        subject_id=company.pk,
        page_url=url,
        comment_url="",
        days=days,
        is_first=before is None,
        more_url=more if len(rows) > PAGE else "",
        refresh_url=f"{url}?tab=history",
    )


def _entries(rows: Iterable[Event], member: Membership) -> list[Entry]:
    numbers = {number for row in rows if (number := _contact(row)) is not None}
    people = {one.pk: one for one in policies.visible_to(member).filter(pk__in=numbers)}
    return [entry for row in rows if (entry := _entry(row, people)) is not None]


def _entry(row: Event, people: Mapping[int, Contact]) -> Entry | None:
    entry = Entry(
        id=row.pk,
        at=row.at,
        kind=kinds.kind_of(row.kind),
        data=row.data,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
    )
    number = _contact(row)
    if number is not None:
        return replace(entry, kind=PERSON, data={"step": _step(row.data, people.get(number))})
    if not row.kind.endswith(".changed"):
        return entry
    said = changes.changes_of(row.data)
    return replace(entry, changes=said) if said else None


def _step(data: Mapping[str, Any], contact: Contact | None) -> Step:
    if "position" in data:
        return Step(contact, "position", *data["position"])
    had, has = data.get("companies", ((), ("",)))
    return Step(contact, "joined" if len(has) > len(had) else "left")


def _contact(row: Event) -> int | None:
    number: int | None = row.data.get("contact") if row.kind == "company.joined" else row.contact_id
    return number


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
