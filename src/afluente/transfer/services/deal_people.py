"""The people of a file of deals: found by their addresses, else made, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import policies
from afluente.contacts import services as contacts
from afluente.contacts.models import Contact
from afluente.contacts.services import Arrival, NewContact
from afluente.kernel import text
from afluente.kernel.sayings import gettext
from afluente.timeline import services as timeline
from afluente.transfer.models import Import
from afluente.transfer.services.deciding import identity_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.services.deal_rows import DealRow


class People:
    """The contacts of some rows. `found` says by row who it is, `refused` why nobody can be meant.

    Somebody without an address is found again by name only among those whom this import has made.
    """

    def __init__(self, given: Import, member: Membership, rows: Sequence[DealRow], *, is_held: bool) -> None:
        self._given, self._member = given, member
        self.found: dict[int, int] = {}
        self.refused: dict[int, str] = {}
        self._made: dict[int, int] = {}  # by row
        self._changes: dict[int, dict[str, Any]] = {}  # by row: what tags replaced
        asked = [row for row in rows if row.has_person and not row.failure and not row.is_skipped]
        if is_held:
            contacts.lock_identities([identity_of(row, Import.Match.ANY) for row in asked])
        self._look([row for row in asked if identity_of(row, Import.Match.ANY).keys], is_held=is_held)
        self._by_name([row for row in asked if not identity_of(row, Import.Match.ANY).keys])
        if not policies.may_create(member):
            for row in asked:
                if row.number not in self.found:
                    self.refused.setdefault(
                        row.number, gettext("This person is new, and you may not add people.")
                    )

    def _look(self, rows: Sequence[DealRow], *, is_held: bool) -> None:
        look = contacts.find_and_hold if is_held else contacts.find_contacts
        for row, match in zip(rows, look([identity_of(row, Import.Match.ANY) for row in rows]), strict=True):
            if len(match.contact_ids) > 1:
                numbers = ", ".join(f"#{number}" for number in match.contact_ids[:5])
                said = gettext("Its person fits several contacts: {contacts}. Merge them first.")
                self.refused[row.number] = said.format(contacts=numbers)
            elif match.contact_ids:
                self.found[row.number] = match.contact_ids[0]
        seen = set(
            policies.visible_to(self._member)
            .filter(pk__in=set(self.found.values()))
            .values_list("pk", flat=True)
        )
        for number, contact_id in list(self.found.items()):
            if contact_id not in seen:
                del self.found[number]
                self.refused[number] = gettext("This person is known, and not yours to see.")

    def _by_name(self, rows: Sequence[DealRow]) -> None:
        names = {_name(row) for row in rows}
        if not names:
            return
        made = Contact.objects.present().filter(
            source="import", source_ref=self._given.pk, first_name__in={first for first, _ in names}
        )
        known = {
            (first, last): pk
            for pk, first, last in made.order_by("-pk").values_list("pk", "first_name", "last_name")
        }
        for row in rows:
            if _name(row) in known:
                self.found[row.number] = known[_name(row)]

    def bring(self, rows: Sequence[DealRow], companies: Mapping[str, int], by: Actor) -> None:
        """Make whoever is missing, once however many rows name them; add tags and notes."""
        tags = contacts.ensure_tags(names=list(dict.fromkeys(tag for row in rows for tag in row.tags)), by=by)
        tag_ids = {tag.name.casefold(): tag.pk for tag in tags}
        missing = [row for row in rows if row.has_person and row.number not in self.found]
        groups = _same(missing)
        firsts = list(groups)
        ids = contacts.create_contacts(
            contacts=[self._contact(row, groups[row.number]) for row in self._of(firsts, rows)], by=by
        )
        for first, contact_id in zip(firsts, ids, strict=True):
            self._made[first] = contact_id
            self.found.update(dict.fromkeys((one.number for one in groups[first]), contact_id))
        new = set(ids)
        said = [
            Arrival(
                contact_id=self.found[row.number],
                company_ids=[companies[text.norm(name)] for name in row.companies[:1]]
                if self.found[row.number] in new
                else (),
                tag_ids=list(dict.fromkeys(tag_ids[tag.casefold()] for tag in row.tags)),
                told=self._told(row),
            )
            for row in rows
            if row.number in self.found
        ]
        contacts.complete_contacts(arrivals=[one for one in said if one.contact_id in new])
        self._tag(
            [row for row in rows if self.found.get(row.number) not in {None, *new} and row.tags], said, by
        )
        self._note(rows, by)

    def record(self, number: int) -> dict[str, Any]:
        """What taking the row back needs."""
        told: dict[str, Any] = {"made": self._made[number]} if number in self._made else {}
        return told | ({"person": self._changes[number]} if number in self._changes else {})

    def _of(self, numbers: Sequence[int], rows: Sequence[DealRow]) -> list[DealRow]:
        known = {row.number: row for row in rows}
        return [known[number] for number in numbers]

    def _tag(self, rows: Sequence[DealRow], said: Sequence[Arrival], by: Actor) -> None:
        """Tags of known people: those who stand in several rows get all of them, by the first one."""
        wanted: dict[int, list[int]] = {}
        first: dict[int, DealRow] = {}
        for row in rows:
            first.setdefault(self.found[row.number], row)
        for one in said:
            if one.contact_id in first:
                wanted.setdefault(one.contact_id, []).extend(one.tag_ids)
        arrivals = [
            Arrival(contact_id=pk, tag_ids=list(dict.fromkeys(ids)), told=self._told(first[pk]))
            for pk, ids in wanted.items()
        ]
        changed = contacts.change_contacts(arrivals=arrivals, fill_only=False, by=by)
        self._changes |= {first[pk].number: record for pk, record in changed.items() if record}

    def _note(self, rows: Sequence[DealRow], by: Actor) -> None:
        notes = [
            (self.found[row.number], note) for row in rows if row.number in self.found for note in row.notes
        ]
        if notes:
            told = {"import": {"id": self._given.pk, "file": self._given.name[:100]}}
            timeline.add_notes(notes=notes, author=self._member, by=by, told=told)

    def _contact(self, row: DealRow, group: Sequence[DealRow]) -> NewContact:
        first, last = _name(row)
        return NewContact(
            first_name=first,
            last_name=last,
            emails=list({one.key or one.email: one for each in group for one in each.emails}.values()),
            phones=list({one.e164 or one.raw: one for each in group for one in each.phones}.values()),
            source="import",
            source_ref=self._given.pk,
            source_name=self._given.name[:100],
            assignee_id=row.assignee_id or self._given.assignee_id,
            told=self._told(row),
        )

    def _told(self, row: DealRow) -> dict[str, Any]:
        return {"import": {"id": self._given.pk, "file": self._given.name[:100], "row": row.number}}


def _name(row: DealRow) -> tuple[str, str]:
    return row.parts.get("first_name", ""), row.parts.get("last_name", "")


def _same(rows: Sequence[DealRow]) -> dict[int, list[DealRow]]:
    """Rows of one person, by the first of them: they share an address, or a name where they have none."""
    groups: dict[int, list[DealRow]] = {}
    owner: dict[str, int] = {}
    for row in rows:
        keys = identity_of(row, Import.Match.ANY).keys or (f"n:{text.norm(' '.join(_name(row)))}",)
        first = next((owner[key] for key in keys if key in owner), row.number)
        groups.setdefault(first, []).append(row)
        for key in keys:
            owner.setdefault(key, first)
    return groups
