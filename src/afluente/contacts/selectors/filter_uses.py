"""Which kept filters ask about something: said before it is deleted, changed when it is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext

from afluente.contacts.models import SavedFilter
from afluente.kernel import conditions

if TYPE_CHECKING:
    from collections.abc import Callable


def filters_asking(
    asks: Callable[[conditions.Condition], bool], *, entity: str = SavedFilter.Entity.CONTACT
) -> list[SavedFilter]:
    """The kept filters of contacts or of another `entity`, anybody's, that have such a condition; one query."""
    kept = SavedFilter.objects.filter(entity=entity).select_related("owner__user")
    return [
        one for one in kept.order_by(Lower("name"), "pk") if any(asks(part) for part in expression_of(one))
    ]


def expression_of(kept: SavedFilter) -> conditions.Expression:
    """What a kept filter asks; nothing when it can no longer be read."""
    try:
        return conditions.read_query(dict(QueryDict(kept.query).lists()))
    except conditions.UnreadableError:
        return conditions.Expression()


def named(kept: SavedFilter) -> str:
    """A filter as others may read of it: a private one keeps its name to itself."""
    if kept.is_shared:
        return gettext("Filter {name}").format(name=kept.name)
    return gettext("A private filter of {name}").format(name=kept.owner.user.name)
