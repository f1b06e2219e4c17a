"""Who stands before and after a contact in the list that somebody came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import QueryDict

from afluente.contacts import policies
from afluente.contacts.selectors import searching
from afluente.contacts.selectors.choosing import SORTED_TO, narrowed
from afluente.contacts.selectors.listing import PAGE, Filter, plan_of, readable
from afluente.contacts.selectors.ordering import NEWEST, order_of
from afluente.contacts.statements import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact, ContactQuerySet
    from afluente.contacts.selectors.filtering import Plan

PLACED_TO = 1_000  # so many before somebody are counted


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The contacts around one in a list. `position` counts from 1; None beyond 1,000.

    `list_query` leads back to the list where the contact stands, `inside` is what the pages of its
    neighbours carry on.
    """

    previous: int | None
    following: int | None
    position: int | None
    list_query: str
    inside: str


def neighbours(*, member: Membership, query: str, contact: Contact) -> Neighbours | None:
    """Of the list with this address; None when it cannot be asked. Four queries at most, wherever the
    contact stands: along the index of the order, or among the few that the search index finds.
    """
    wanted = readable(member, Filter.read(QueryDict(query.lstrip("?"))))
    made = plan_of(member, wanted)
    if made is None:
        return None
    found = policies.listed_to(member)
    if made.scanned and not wanted.typed:
        found = found.filter(narrowed(made) or made.whole)
    elif wanted.typed or not (made.is_columns or not made.token):
        asked = searching.build_query(wanted.typed, token=made.token, seen=policies.assignees_seen_by(member))
        few = search.find(asked, limit=SORTED_TO + 1) if asked else []
        if wanted.typed or wanted.sort == NEWEST:
            kept = set(found.filter(made.rest, pk__in=few).values_list("pk", flat=True))
            return _among([number for number in few if number in kept], wanted, contact)
        found = found.filter(_narrowed(few, made))
    else:
        found = found.filter(made.whole)
    return _along(found, wanted, contact)


def _narrowed(few: Sequence[int], made: Plan) -> Q:
    return Q(pk__in=few) & made.rest if len(few) <= SORTED_TO else made.whole


def _among(ids: Sequence[int], wanted: Filter, contact: Contact) -> Neighbours | None:
    """What the search index found, the highest number first; beyond what was looked at, nobody follows."""
    if contact.pk not in ids:
        return None
    at = ids.index(contact.pk)
    previous = ids[at - 1] if at else None
    following = ids[at + 1] if at + 1 < len(ids) else None
    return _told(previous, following, at, wanted, contact)


def _along(found: ContactQuerySet, wanted: Filter, contact: Contact) -> Neighbours:
    order = order_of(wanted.sort)
    back = order.backwards()
    previous, following = (_first(way.beyond(found, contact)) for way in (back, order))
    place = 0
    for part in back.beyond(found, contact):
        place += part.values_list("pk")[: PLACED_TO + 1].count()
        if place > PLACED_TO:
            break
    return _told(previous, following, place, wanted, contact)


def _first(parts: Iterable[ContactQuerySet]) -> int | None:
    for part in parts:
        number: int | None = part.values_list("pk", flat=True).first()
        if number is not None:
            return number
    return None


def _told(
    previous: int | None, following: int | None, place: int, wanted: Filter, contact: Contact
) -> Neighbours:
    is_far = place >= PAGE
    query = wanted.address(at=contact.pk) if is_far else wanted.address()
    return Neighbours(
        previous=previous,
        following=following,
        position=place + 1 if place < PLACED_TO else None,
        list_query=query if len(query) > 1 else "",
        inside=inside(wanted),
    )


def inside(wanted: Filter) -> str:
    """What an address of a contact says of the list it was opened from; nothing follows `in=` for the
    whole list. Without it the contact was reached another way, and has no neighbours.
    """
    query = wanted.address().lstrip("?")
    said = QueryDict(mutable=True)
    said["in"] = query
    return f"?{said.urlencode()}"
