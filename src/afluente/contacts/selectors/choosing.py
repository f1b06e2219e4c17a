"""Which way a page of the list is found: along an order, through the search index, or from few rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.contacts.selectors import searching
from afluente.contacts.selectors.ordering import NEWEST, order_of
from afluente.contacts.statements import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet
    from afluente.contacts.selectors.filtering import Plan
    from afluente.contacts.selectors.listing import Filter

NAMED_TO = 20_000  # rows that are looked along, the newest contact first; of more the index is asked
SORTED_TO = 5_000  # that many are sorted by name at once; more are met in the order of names
WIDE = 2_000  # characters of a question to the index that names about a hundred words
SOON = 2_000  # contacts looked at before many words or a whole table are asked


def chosen(member: Membership, wanted: Filter, made: Plan, limit: int) -> list[Contact]:
    """Up to `limit` contacts of a list that `member` sees, in its order."""
    seen = policies.listed_to(member)
    if made.scanned and not wanted.typed and (soon := _met_soon(seen, wanted, made, limit)):
        return soon
    before = wanted.at + 1 if wanted.at else wanted.after
    if not wanted.typed and wanted.sort == NEWEST and (few := named(made, NAMED_TO)):
        among = seen.filter(few[1])
        return _of(searching.walk_along(few[0], among, limit=limit, before_id=before))
    if not wanted.typed and (few_of := narrowed(made)) is not None:
        return _listed(seen.filter(few_of), wanted, limit)
    if not wanted.typed and (made.is_columns or not made.token):
        return _listed(seen.filter(made.whole), wanted, limit)
    query = question(member, wanted, made)
    if query is None:
        return []
    if not wanted.typed and wanted.sort != NEWEST:
        found = search.find(query, limit=SORTED_TO + 1)
        whole = Q(pk__in=found) & made.rest if len(found) <= SORTED_TO else made.whole
        return _listed(seen.filter(whole), wanted, limit)
    return _of(walk(member, wanted, made, query, limit=limit, before_id=before))


def named(made: Plan, most: int) -> tuple[QuerySet[Any], Q] | None:
    """Rows of another table that name everybody who may fit, if they are `most` or fewer, and what else is
    asked of those; asked of each condition until one has so few.
    """
    return next((one for one in made.rows if one[0][: most + 1].count() <= most), None)


def narrowed(made: Plan) -> Q | None:
    """Everybody who fits, when rows of another table name them and are few, or can only be read whole."""
    if few := named(made, SORTED_TO):
        rows, others = few
        # The limit keeps the database from asking everybody in the order of the list instead.
        return Q(pk__in=rows.values("contact_id")[: SORTED_TO + 1]) & others
    if made.scanned:
        rows, others = made.scanned[0]
        return Q(pk__in=rows.values("contact_id")[: search.MOST]) & others
    return None


def question(member: Membership, wanted: Filter, made: Plan) -> search.Query | None:
    """What the search index is asked; None when nothing can be looked up."""
    seen = policies.assignees_seen_by(member)
    return searching.build_query(wanted.typed, token=made.token, seen=seen)


def walk(
    member: Membership,
    wanted: Filter,
    made: Plan,
    query: search.Query,
    *,
    limit: int,
    before_id: int | None,
) -> list[int]:
    """Ids of those who fit, newest first. Of a question with many words the index gives everything out that
    fits any of them: where these are common, the newest contacts fill the page sooner.
    """
    seen = policies.listed_to(member)
    if len(query.words) > WIDE and not wanted.typed:
        newest = Contact.objects.present().filter(**({"pk__lt": before_id} if before_id else {}))
        recent = seen.filter(made.whole, pk__in=newest.order_by("-pk").values("pk")[:SOON])
        found = list(recent.order_by("-pk").values_list("pk", flat=True)[:limit])
        if len(found) == limit:
            return found
    among = seen.filter(made.rest)
    return searching.walk(query, among, limit=limit, before_id=before_id)


def _met_soon(seen: ContactQuerySet, wanted: Filter, made: Plan, limit: int) -> list[Contact]:
    """A whole page from the contacts that come next in the order of the list; empty when they do not fill it."""
    order = order_of(wanted.sort)
    if not order.is_one:  # by person or kind: the first may be of few
        return []
    parts = list(_parts(seen, wanted))
    if len(parts) > 1:
        return []
    fitting = seen.filter(made.whole, pk__in=parts[0].values("pk")[:SOON])
    page = next(order.sorted(fitting)).select_related("assignee__user")[:limit]
    return found if len(found := list(page)) == limit else []


def _parts(found: ContactQuerySet, wanted: Filter) -> Iterable[ContactQuerySet]:
    """What of the list is still to be read, one after another."""
    order = order_of(wanted.sort)
    begins = wanted.at or wanted.after
    last = Contact.objects.filter(pk=begins).first() if begins else None
    if last is None:
        return order.sorted(found)
    return order.beyond(found, last, is_inclusive=wanted.at is not None)


def _of(ids: Sequence[int]) -> list[Contact]:
    """These contacts, the newest first."""
    return list(Contact.objects.filter(pk__in=ids).select_related("assignee__user").order_by("-pk"))


def _listed(found: ContactQuerySet, wanted: Filter, limit: int) -> list[Contact]:
    contacts: list[Contact] = []
    for part in _parts(found, wanted):
        contacts += part.select_related("assignee__user")[: limit - len(contacts)]
        if len(contacts) == limit:
            break
    return contacts
