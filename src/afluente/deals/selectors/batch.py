"""Some deals whose columns are wanted; what several columns read is asked of the database once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.contacts.selectors import held_values
from afluente.deals.models import DealType
from afluente.deals.selectors.nexts import Next, nexts
from afluente.kernel import phone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held
    from afluente.deals.models import Stage
    from afluente.deals.selectors.cards import Card

MORE = ("type_id", "created_at", "updated_at")  # of a deal, beyond cards.FIELDS


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A deal as a list reads it: its card, its stage with its colour, and what `more` (MORE) says."""

    card: Card
    stage: Stage
    depth: str
    more: Mapping[str, Any]
    cells: Sequence[tuple[Any, Any]] = ()


@dataclass
class DealBatch:
    """Up to a few thousand deals, read for `member`. Each property is one query, made when a column asks.

    `fields` are the numbers of the workspace's own fields that will be asked for.
    """

    member: Membership
    rows: Sequence[ListRow]
    fields: Sequence[int] = ()
    _brought: dict[str, Mapping[int, Any]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> list[int]:
        return [row.card.id for row in self.rows]

    @cached_property
    def types(self) -> Mapping[int, str]:
        return dict(DealType.objects.values_list("pk", "name"))

    @cached_property
    def people(self) -> list[int]:
        """The primary contacts that `member` sees."""
        return [row.card.contact_id for row in self.rows if row.card.contact_id]

    @cached_property
    def emails(self) -> dict[int, str]:
        rows = ContactEmail.objects.filter(contact_id__in=self.people, is_primary=True)
        return dict(rows.values_list("contact_id", "email"))

    @cached_property
    def phones(self) -> dict[int, str]:
        rows = ContactPhone.objects.filter(contact_id__in=self.people, is_primary=True)
        found = rows.values_list("contact_id", "e164", "raw")
        return {one: phone.show(e164) if e164 else raw for one, e164, raw in found}

    @cached_property
    def nexts(self) -> dict[int, Next]:
        return nexts(member=self.member, deal_ids=self.ids)

    @cached_property
    def held(self) -> Mapping[int, Mapping[int, Held]]:
        return held_values("deal", self.ids, self.fields)

    def brought(self, key: str, load: Callable[..., Mapping[int, Any]]) -> Mapping[int, Any]:
        """What a slice above knows of these deals."""
        if key not in self._brought:
            self._brought[key] = load(member=self.member, deal_ids=self.ids)
        return self._brought[key]
