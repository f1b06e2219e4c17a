"""Files of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.transfer.models import Import
from afluente.transfer.selectors import layouts, targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services import checking, consents, deciding, running, undoing
from afluente.transfer.services.kinds import CONTACTS, ImportKind, Words, actor_of
from afluente.transfer.services.people import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.models import ImportRow
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Person
    from afluente.transfer.statements.rows import Line

WHO = frozenset({"full_name", "first_name", "last_name", "email", "phone"})


class Contacts(ImportKind):
    """People, found again by their addresses."""

    def may(self, member: Membership) -> bool:
        return contact_policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:
        return targets.targets(may_make_fields=may_make_fields)

    def guess(self, headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
        return targets.guess(headers, sample)

    def lacking(self, codes: Sequence[str]) -> str:
        if any(code in WHO or code.startswith(targets.MESSENGER) for code in codes):
            return ""
        return gettext("Say which column holds the name, an e-mail or a phone.")

    def unproven(self, codes: Sequence[str], options: Mapping[str, Any]) -> str:
        return consents.unproven(codes, options)

    def fields(self) -> Sequence[KnownField]:
        return contacts.fields_of(contacts.CONTACT)

    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        return contact_services.create_field(name=name, kind=kind, options=options, by=by).pk

    def reader(self, given: Import) -> Reader:
        place = contacts.home()
        return Reader(given, Shape.read(given.shape), place.country, place)

    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        return deciding.keys_of(row, given.match)

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        return deciding.decide(given, member, rows, is_held=False)

    def unchanged(self, given: Import, member: Membership, found: Sequence[Decision]) -> set[int]:
        same = checking.unchanged(given, member, found)
        return same - consents.adding(given, found, actor_of(member))

    def add_changes(self, given: Import, member: Membership, shown: Sequence[dict[str, Any]]) -> None:
        checking.add_changes(given, member, shown, self.reader(given))

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Line]:
        return running.take_in(given, member, rows)

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        undoing.undo_contacts(given, rows, by)

    def seen_url(self, given: Import) -> str:
        return f"{reverse('contacts:list')}?where=import.is%3A{given.pk}"


KIND = Contacts(
    slug=CONTACTS,
    words=Words(
        many=_("Contacts"),
        bring=_("Bring contacts in from a file"),
        coming=_("Contacts are coming in"),
        same=_("The contact says all this already."),
        kept=_(
            "Nothing that is there is ever emptied: an empty cell says nothing. E-mails, phones, tags and companies are added to those a contact has. What you choose here is remembered for files with these headers."
        ),
        undo=_(
            "New contacts are deleted, updated ones get back what they had. Whoever was changed since is kept and listed."
        ),
        see=_("See the contacts"),
    ),
    form="Columns",
    layouts=layouts.LAYOUTS,
    many=targets.MANY,
    matches=tuple(rule for rule in Import.Match if rule != Import.Match.NUMBER),
    needs={
        Import.Match.EMAIL: "email",
        Import.Match.PHONE: "phone",
        Import.Match.EXTERNAL: "external_id",
    },
)
