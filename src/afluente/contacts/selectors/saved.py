"""Filters kept under a name, and how somebody likes the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext

from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.selectors.filter_uses import expression_of
from afluente.contacts.selectors.lists import filtered_list
from afluente.contacts.selectors.wording import SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.criteria import Criterion
    from afluente.kernel.conditions import Condition


PAGING = ("after", "id", "page")  # parts of an address that belong to no filter


def canonical(query: str) -> str:
    """An address without what pages it, so that one filter is one address."""
    values = QueryDict(query.lstrip("?"), mutable=True)
    for name in PAGING:
        values.pop(name, None)
    return values.urlencode()


@dataclass(frozen=True, kw_only=True)
class ListTab:
    """A filter above the list. `id` is that of a kept filter of one's own, which can be changed; a broken
    one asks for something that is gone.
    """

    name: str
    url: str
    is_open: bool = False
    is_shared: bool = False
    is_broken: bool = False
    id: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeptTabs:
    """What stands above a filtered list. `query` is the filter shown; `pairs` name the page, for forms."""

    entity: str
    tabs: Sequence[ListTab]
    query: str
    pairs: Sequence[tuple[str, str]] = ()

    @property
    def has_kept(self) -> bool:
        """Whether there is more than everything and one's own."""
        return len(self.tabs) > len(_fixed())

    @property
    def own(self) -> ListTab | None:
        """The filter shown, when it is a kept one of one's own."""
        return next((tab for tab in self.tabs if tab.is_open and tab.id), None)


def kept_tabs(
    *, member: Membership, entity: str, data: QueryDict, start: str, pairs: Sequence[tuple[str, str]] = ()
) -> KeptTabs:
    """All, mine, and the kept filters of a list that begins at `start`: own ones and those others share.

    `data` is its address; `pairs` say which page it is, for a list with several.
    """
    of = filtered_list(entity)
    query, kept = of.query(data), _filters(member, entity)
    broken = broken_filters(kept, of.criteria(), member) if kept else set()
    here = QueryDict(query)
    tabs = [
        ListTab(name=name, url=f"{start}?{q}" if q else start, is_open=here == QueryDict(q))
        for name, q in _fixed()
    ]
    tabs += [
        ListTab(
            name=one.name,
            url=f"{start}?{one.query}",
            is_open=here == QueryDict(one.query),
            is_shared=one.is_shared,
            is_broken=one.pk in broken,
            id=one.pk if one.owner_id == member.pk else None,
        )
        for one in kept
    ]
    return KeptTabs(entity=entity, tabs=tabs, query=query, pairs=pairs)


def broken_filters(
    kept: Sequence[SavedFilter], known: Mapping[str, Criterion], member: Membership
) -> set[int]:
    """The numbers of those that ask for a field, tag, person or stage that is gone.

    Each thing that can be chosen is looked up once, however many filters ask for it.
    """
    offered: dict[str, set[str]] = {}

    def is_gone(asked: Condition) -> bool:
        criterion = known.get(asked.name)
        if criterion is None or asked.op not in criterion.ops:
            return True
        if criterion.choices is None or asked.op == "contains":
            return False
        if asked.name not in offered:
            offered[asked.name] = {str(value) for value, _label in criterion.choices(member)}
        return not offered[asked.name].issuperset(asked.values)

    return {one.pk for one in kept if _is_unreadable(one) or any(map(is_gone, expression_of(one)))}


def _is_unreadable(kept: SavedFilter) -> bool:
    return bool(QueryDict(kept.query).getlist("where")) and not expression_of(kept)


def _fixed() -> list[tuple[str, str]]:
    return [(gettext("All"), ""), (gettext("Mine"), "where=assignee.is%3Ame")]


def kept_filters(member: Membership, entity: str = SavedFilter.Entity.CONTACT) -> list[SavedFilter]:
    """The filters of such records that `member` sees: own ones and those others share, by name."""
    return _filters(member, entity)


def seen_filter(
    member: Membership, number: int, entity: str = SavedFilter.Entity.CONTACT
) -> SavedFilter | None:
    """The filter of such records of this number, when `member` sees it."""
    return next((one for one in kept_filters(member, entity) if one.pk == number), None)


@dataclass(frozen=True, kw_only=True)
class OfferedFilter:
    """A filter that somebody keeps, as the panel lists it."""

    name: str
    query: str
    is_broken: bool


def saved_filters(*, member: Membership, entity: str = SavedFilter.Entity.CONTACT) -> list[OfferedFilter]:
    """The filters of a list that `member` kept or that others share, by name (SP-142)."""
    kept = _filters(member, entity)
    broken = broken_filters(kept, filtered_list(entity).criteria(), member) if kept else set()
    return [OfferedFilter(name=one.name, query=one.query, is_broken=one.pk in broken) for one in kept]


def filter_fields(
    *, member: Membership, entity: str = SavedFilter.Entity.CONTACT, usual: Sequence[str] = SHOWN
) -> list[str]:
    """Which fields the panel shows this person although they are empty."""
    setting = ListSetting.objects.filter(member=member, entity=entity, view=None).first()
    return list(usual) if setting is None or setting.fields is None else setting.fields


def _filters(member: Membership, entity: str) -> list[SavedFilter]:
    seen = SavedFilter.objects.filter(Q(owner=member) | Q(is_shared=True), entity=entity)
    return list(seen.order_by(Lower("name"), "pk"))
