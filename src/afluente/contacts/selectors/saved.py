"""Filters kept under a name, and how somebody likes the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.selectors.wording import SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership


PAGING = ("after", "id", "page")  # parts of an address that belong to no filter


def canonical(query: str) -> str:
    """An address without what pages it, so that one filter is one address."""
    values = QueryDict(query.lstrip("?"), mutable=True)
    for name in PAGING:
        values.pop(name, None)
    return values.urlencode()


@dataclass(frozen=True, kw_only=True)
class ListTab:
    """A filter above the list. `id` is that of a kept filter of one's own, which can be deleted."""

    name: str
    url: str
    is_open: bool = False
    is_shared: bool = False
    id: int | None = None


def list_tabs(*, member: Membership, query: str) -> list[ListTab]:
    """All, mine, and the kept filters: own ones and those others share; one query."""
    return saved_tabs(member=member, query=query, start=reverse("contacts:list"))


def saved_tabs(
    *, member: Membership, query: str, start: str, entity: str = SavedFilter.Entity.CONTACT
) -> list[ListTab]:
    """The same above any list that begins at `start`."""
    here = canonical(query)
    fixed = [(gettext("All"), ""), (gettext("Mine"), "where=assignee.is%3Ame")]
    found = [ListTab(name=name, url=f"{start}?{q}" if q else start, is_open=here == q) for name, q in fixed]
    return found + [
        ListTab(
            name=kept.name,
            url=f"{start}?{kept.query}",
            is_open=here == kept.query,
            is_shared=kept.is_shared,
            id=kept.pk if kept.owner_id == member.pk else None,
        )
        for kept in _filters(member, entity)
    ]


def kept_filters(member: Membership) -> list[SavedFilter]:
    """The filters of contacts that `member` sees: own ones and those others share, by name."""
    return _filters(member, SavedFilter.Entity.CONTACT)


def seen_filter(member: Membership, number: int) -> SavedFilter | None:
    """The filter of contacts of this number, when `member` sees it."""
    return next((one for one in kept_filters(member) if one.pk == number), None)


def own_filters(*, member: Membership, entity: str = SavedFilter.Entity.CONTACT) -> list[SavedFilter]:
    """The filters that `member` kept for a list, by name."""
    return [kept for kept in _filters(member, entity) if kept.owner_id == member.pk]


def filter_fields(
    *, member: Membership, entity: str = SavedFilter.Entity.CONTACT, usual: Sequence[str] = SHOWN
) -> list[str]:
    """Which fields the panel shows this person although they are empty."""
    setting = ListSetting.objects.filter(member=member, entity=entity, view=None).first()
    return list(usual) if setting is None or setting.fields is None else setting.fields


def _filters(member: Membership, entity: str) -> list[SavedFilter]:
    seen = SavedFilter.objects.filter(Q(owner=member) | Q(is_shared=True), entity=entity)
    return list(seen.order_by(Lower("name"), "pk"))
