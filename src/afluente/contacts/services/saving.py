"""Keeping filters under a name, and how somebody likes a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import QueryDict

from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.selectors import filter_uses
from afluente.contacts.selectors.saved import canonical
from afluente.kernel import clock, conditions, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership

NAME = 64
MOST = 100  # filters of one person for one list


class NamelessFilterError(ValueError):
    """A filter is kept under a name."""


class TooManyFiltersError(ValueError):
    """One person keeps at most MOST filters for a list."""


class TakenFilterError(ValueError):
    """Another filter that its owner keeps for the list has this name."""


@transaction.atomic
def change_filter(*, kept: SavedFilter, name: str, query: str, is_shared: bool) -> SavedFilter:
    """Give a kept filter another name or another content. Raises NamelessFilterError and TakenFilterError."""
    called = text.clean(name, limit=NAME)
    if not called:
        raise NamelessFilterError
    own = SavedFilter.objects.filter(owner_id=kept.owner_id, entity=kept.entity, name__iexact=called)
    if own.exclude(pk=kept.pk).exists():
        raise TakenFilterError
    kept.name, kept.query, kept.is_shared = called, canonical(query), is_shared
    kept.save(update_fields=["name", "query", "is_shared"])
    return kept


@transaction.atomic
def save_filter(
    *,
    owner: Membership,
    name: str,
    query: str,
    is_shared: bool = False,
    entity: str = SavedFilter.Entity.CONTACT,
    number: int | None = None,
) -> SavedFilter:
    """Keep the list's address `query` under `name`; the same name again replaces it (SP-141).

    `number` is the one it had before it was deleted: what follows it, such as an automatic export, finds
    it again.
    Raises NamelessFilterError and TooManyFiltersError.
    """
    called = text.clean(name, limit=NAME)
    if not called:
        raise NamelessFilterError
    own = SavedFilter.objects.filter(owner=owner, entity=entity)
    same = own.filter(name__iexact=called).first()
    if same is None and own.count() >= MOST:
        raise TooManyFiltersError
    if number is not None and SavedFilter.objects.filter(pk=number).exists():
        number = None
    kept = same or SavedFilter(pk=number, owner=owner, entity=entity, created_at=clock.now())
    kept.name, kept.query, kept.is_shared = called, canonical(query), is_shared
    kept.save(force_insert=same is None)
    return kept


@transaction.atomic
def replace_in_filters(*, name: str, value: str, by: str, entity: str = SavedFilter.Entity.CONTACT) -> int:
    """Let every kept filter of `entity` that asks `name` for `value` ask for `by`; how many did."""
    found = filter_uses.filters_asking(
        lambda asked: asked.name == name and value in asked.values, entity=entity
    )
    for kept in found:
        said = filter_uses.expression_of(kept)
        parts = [
            tuple(_replaced(asked, value, by) if asked.name == name else asked for asked in group)
            for group in said.groups
        ]
        query = QueryDict(kept.query, mutable=True)
        pairs = conditions.Expression(tuple(parts), said.match).pairs
        query.setlist("where", [where for key, where in pairs if key == "where"])
        kept.query = canonical(query.urlencode())
    SavedFilter.objects.bulk_update(found, ["query"])
    return len(found)


def _replaced(asked: conditions.Condition, value: str, by: str) -> conditions.Condition:
    values = tuple(dict.fromkeys(by if one == value else one for one in asked.values))
    return replace(asked, values=values)


@transaction.atomic
def change_list(
    *,
    member: Membership,
    fields: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    view: SavedFilter | None = None,
    entity: str = SavedFilter.Entity.CONTACT,
) -> ListSetting:
    """Remember which filter fields or which columns somebody wants, in their order; None leaves it.

    With `view`, for the list under that kept filter.
    """
    setting, _ = ListSetting.objects.get_or_create(member=member, entity=entity, view=view)
    if fields is not None:
        setting.fields = list(fields)
    if columns is not None:
        setting.columns = list(columns)
    setting.save()
    return setting


@transaction.atomic
def forget_columns(
    *, member: Membership, view: SavedFilter | None = None, entity: str = SavedFilter.Entity.CONTACT
) -> None:
    """Let somebody see the columns again as they were delivered."""
    ListSetting.objects.filter(member=member, entity=entity, view=view).update(columns=None)
