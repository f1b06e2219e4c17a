"""Lists that are filtered: each says once what it can be asked, and shares panel, saved filters and tabs.

Contacts, deals and tasks register theirs when their app is ready (ADR 0101).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.criteria import Criterion
    from afluente.kernel.conditions import Expression


class Asked(Protocol):
    """What the address of a list asks for."""

    @property
    def where(self) -> Expression: ...


@dataclass(frozen=True, kw_only=True)
class FilteredList:
    """A list with a filter. `path` begins its addresses; `title` heads the panel, `said` leads its sentence.

    Besides its conditions a filter keeps the parts `keeps` of an address; `stays` belong to the page and
    go along while it is filtered; `names` say which page it is, and `page` gives that page's address.
    The panel offers all `criteria` but the `hidden` ones, which programs ask for.
    """

    entity: str
    path: str
    title: StrOrPromise
    said: StrOrPromise
    may_list: Callable[[Membership], bool]
    criteria: Callable[[], Mapping[str, Criterion]]
    usual: Sequence[str]
    read: Callable[[QueryDict], Asked]
    page: Callable[[QueryDict], str]
    hidden: frozenset[str] = frozenset()
    keeps: tuple[str, ...] = ("q",)
    stays: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def offered(self) -> dict[str, Criterion]:
        """What the panel offers."""
        return {slug: one for slug, one in self.criteria().items() if slug not in self.hidden}

    def rest(self, data: QueryDict) -> str:
        """What of an address is no condition: kept while a filter is built."""
        return urlencode(_given(data, (*self.keeps, *self.stays, *self.names)))

    def query(self, data: QueryDict) -> str:
        """What a filter keeps of an address: conditions and words, not the page that it stood over."""
        return urlencode([*self.read(data).where.pairs, *_given(data, self.keeps)])

    def address(self, data: QueryDict, where: Expression) -> str:
        """The page that `data` names, asked for `where` and for the other things that `data` says."""
        said = urlencode([*where.pairs, *_given(data, (*self.keeps, *self.stays))])
        return self.page(data) + (f"?{said}" if said else "")


_lists: dict[str, FilteredList] = {}


def register_list(one: FilteredList) -> None:
    """Let a list be filtered and its filters be kept."""
    _lists[one.entity] = one


def filtered_list(entity: str) -> FilteredList:
    """The list of `entity`: contact, deal or task."""
    return _lists[entity]


def filtered_lists() -> list[FilteredList]:
    """Every list that is filtered."""
    return list(_lists.values())


def _given(data: QueryDict, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name in names if (value := data.get(name, "").strip())]
