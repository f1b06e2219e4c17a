"""What happened to a company: its fields, what people wrote, and who came and left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies
from afluente.timeline.selectors import company_feed, kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact
    from afluente.timeline.selectors import Entry, Feed

TAB = "history"
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


def history_of(*, member: Membership, company_id: int, query: Mapping[str, str]) -> Feed:
    """A page of the history of a company that `member` sees, newest first."""

    def shape(entries: Sequence[Entry]) -> list[Entry]:
        numbers = {number for entry in entries if (number := _contact(entry)) is not None}
        seen = policies.visible_to(member).filter(pk__in=numbers) if numbers else ()
        people = {one.pk: one for one in seen}
        return [_shown(entry, people) for entry in entries]

    return company_feed(
        member=member,
        company_id=company_id,
        page_url=reverse("contacts:company", args=[company_id]),
        comment_url=reverse("contacts:company_comments", args=[company_id]),
        query={**query, "tab": TAB},
        shape=shape,
    )


def _shown(entry: Entry, people: Mapping[int, Contact]) -> Entry:
    number = _contact(entry)
    if number is None:
        return entry
    return replace(entry, kind=PERSON, data={"step": _step(entry.data, people.get(number))})


def _step(data: Mapping[str, Any], contact: Contact | None) -> Step:
    if "position" in data:
        return Step(contact, "position", *data["position"])
    had, has = data.get("companies", ((), ("",)))
    return Step(contact, "joined" if len(has) > len(had) else "left")


def _contact(entry: Entry) -> int | None:
    """The contact whose coming or going an entry tells."""
    if entry.deal_id is not None:
        return None
    number: int | None = (
        entry.data.get("contact") if entry.kind.name == "company.joined" else entry.contact_id
    )
    return number
