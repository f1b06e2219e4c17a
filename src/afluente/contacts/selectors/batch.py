"""Some contacts whose columns are wanted; what several columns read is asked of the database once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from afluente.contacts.models import Contact, ContactMessenger
from afluente.contacts.selectors.belonging import companies_of
from afluente.contacts.selectors.fields import CONTACT
from afluente.contacts.selectors.tags import tags_of
from afluente.contacts.selectors.values import held_values
from afluente.contacts.statements.addresses import addresses_of
from afluente.kernel import phone
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Tag
    from afluente.contacts.selectors.belonging import Belonging
    from afluente.contacts.selectors.values import Held
    from afluente.contacts.statements.addresses import AddressRow

    Load = Callable[..., Mapping[int, Any]]


@dataclass
class Batch:
    """Up to a few thousand contacts (with `assignee__user`), read for `member`.

    `fields` are the numbers of the workspace's own fields that will be asked for. Each property is
    one query, made when the first column asks for it.
    """

    member: Membership
    contacts: Sequence[Contact]
    fields: Sequence[int] = ()
    _brought: dict[str, Mapping[int, Any]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> list[int]:
        return [contact.pk for contact in self.contacts]

    @cached_property
    def addresses(self) -> dict[int, list[AddressRow]]:
        return addresses_of(self.ids)

    @cached_property
    def emails(self) -> dict[int, list[str]]:
        """Every e-mail, the main one first."""
        return self._of("email", lambda row: row.shown)

    @cached_property
    def phones(self) -> dict[int, list[str]]:
        """Every number as people write it, the main one first."""
        return self._of("phone", lambda row: phone.show(row.key) if row.key else row.shown)

    @cached_property
    def messengers(self) -> dict[int, list[str]]:
        """«Telegram: @lia», the main one first."""
        names = dict(ContactMessenger.Kind.choices)
        return self._of("messenger", lambda row: f"{names.get(row.kind, row.kind)}: {row.shown}")

    def _of(self, part: str, shown: Callable[[AddressRow], str]) -> dict[int, list[str]]:
        named = {
            contact_id: [shown(row) for row in rows if row.part == part]
            for contact_id, rows in self.addresses.items()
        }
        return {contact_id: texts for contact_id, texts in named.items() if texts}

    @cached_property
    def tags(self) -> dict[int, list[Tag]]:
        return tags_of(self.ids)

    @cached_property
    def companies(self) -> dict[int, list[Belonging]]:
        """The companies that the member sees, the first one first."""
        return companies_of(self.ids, member=self.member)

    @cached_property
    def held(self) -> dict[int, dict[int, Held]]:
        """What they have in their own fields, by contact and field."""
        return held_values(CONTACT, self.ids, self.fields)

    @cached_property
    def last_events(self) -> dict[int, datetime]:
        """When something last happened to each."""
        last = Event.objects.filter(contact_id=OuterRef("pk")).order_by("-pk").values("at")[:1]
        rows = Contact.objects.filter(pk__in=self.ids).values_list("pk", Subquery(last))
        return {one: moment for one, moment in rows if moment is not None}

    def brought(self, key: str, load: Load) -> Mapping[int, Any]:
        """What a slice above says of these contacts: `load` is asked once."""
        if key not in self._brought:
            self._brought[key] = load(member=self.member, contact_ids=self.ids)
        return self._brought[key]

    def title(self, contact: Contact) -> str:
        """The name; without one the main address."""
        found = (*self.emails.get(contact.pk, ())[:1], *self.phones.get(contact.pk, ())[:1])
        return contact.name or next(iter(found), f"#{contact.pk}")
