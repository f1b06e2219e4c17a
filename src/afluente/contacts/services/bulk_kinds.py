"""What can be changed of many contacts at once: each kind reads what is there, says what will be, writes it.

Values are plain (JSON), so that they can be written down and compared. The same three steps take a
change back, with `back` for `after`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts import policies, selectors
from afluente.contacts.models import Contact, ContactTag, Tag
from afluente.contacts.services import tagging
from afluente.contacts.services.bulk_belonging import Belonging
from afluente.contacts.services.bulk_shapes import KEEP, SPREAD, Change, Changes, Kind
from afluente.contacts.services.values import fill_values
from afluente.contacts.statements import bulk as statements
from afluente.contacts.statements import search
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.contacts.models import ContactQuerySet
    from afluente.timeline.events import Actor

__all__ = ["KEEP", "Change", "Changes", "Kind", "kind_of"]


@dataclass
class Columns:
    """The responsible person, a part of the name, the location or the address."""

    change: Change
    label: ClassVar[str] = ""

    def allowed(self, member: Membership) -> ContactQuerySet:
        return policies.editable_by(member)

    @property
    def column(self) -> str:
        return "assignee_id" if self.change.kind == "assignee" else self.change.kind

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Contact.objects.present().filter(pk__in=ids).values_list("pk", self.column))

    @cached_property
    def turn(self) -> Iterator[int]:
        """Those among whom contacts are spread, one after another."""
        return cycle(self.change.value)

    def after(self, _before: Any) -> Any:
        if self.change.op == SPREAD:
            return next(self.turn)
        return self.change.value if self.change.kind == "assignee" else self.change.value or ""

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        statements.replace_column(self.change.kind, {one: after for one, (_, after) in changes.items()})
        search.index_contacts(list(changes))
        timeline.record(
            [
                NewEvent("contact.changed", by, contact_id=one, data=self._told(before, after))
                for one, (before, after) in changes.items()
            ]
        )

    def _told(self, before: Any, after: Any) -> dict[str, Any]:
        if self.change.kind != "assignee":
            return {self.change.kind: [before, after]}
        # The number is for live updates: who sees the contact no longer must still be told.
        return {"assignee": [self.words(before), self.words(after)], "assignee_before": before}

    @cached_property
    def people(self) -> dict[int, str]:
        return dict(Membership.objects.values_list("pk", "user__name"))

    def words(self, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self.people.get(one, "") for one in value)
        return self.people.get(value, "") if self.change.kind == "assignee" else value or ""


@dataclass
class Values:
    """A field of the workspace's own."""

    change: Change

    @cached_property
    def known(self) -> selectors.KnownField:
        found = selectors.find_field(selectors.fields_of(selectors.CONTACT), self.change.field or 0)
        if found is None or found.is_archived:
            raise LookupError(self.change.field)
        return found

    def require(self) -> None:
        """Raises LookupError when the field is gone."""
        _ = self.known

    def allowed(self, member: Membership) -> ContactQuerySet:
        return policies.editable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        held = selectors.held_values(selectors.CONTACT, ids, [self.known.id])
        there = Contact.objects.present().filter(pk__in=ids).values_list("pk", flat=True)
        return {one: selectors.plain(held.get(one, {}).get(self.known.id)) for one in there}

    def after(self, before: Any) -> Any:
        if self.change.op == "add":
            return sorted({*(before or ()), *self.change.value})
        if self.change.op == "remove":
            return sorted(set(before or ()) - set(self.change.value)) or None
        return self.change.value

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        given = {
            one: {self.known.id: selectors.from_plain(self.known, after)}
            for one, (_, after) in changes.items()
        }
        fill_values(given=given, by=by)

    def words(self, value: Any) -> str:
        return selectors.show(self.known, selectors.from_plain(self.known, value))


@dataclass
class Tags:
    """Tags given or taken off."""

    change: Change
    names: dict[int, str] = field(default_factory=dict)

    def allowed(self, member: Membership) -> ContactQuerySet:
        return policies.editable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        there = Contact.objects.present().filter(pk__in=ids).values_list("pk", flat=True)
        found: dict[int, list[int]] = {one: [] for one in there}
        links = ContactTag.objects.filter(contact_id__in=list(found)).order_by("tag_id")
        for contact_id, tag_id in links.values_list("contact_id", "tag_id"):
            found[contact_id].append(tag_id)
        return found

    @cached_property
    def asked(self) -> set[int]:
        """Those of the tags that there still are."""
        return set(Tag.objects.filter(pk__in=self.change.value or ()).values_list("pk", flat=True))

    def after(self, before: Any) -> Any:
        had = set(before)
        return sorted(had | self.asked if self.change.op == "add" else had - self.asked)

    def back(self, now: Any, before: Any, after: Any) -> Any:
        """Only what this change did; what others did to the tags since stays."""
        had, got, has = set(before), set(after), set(now)
        wanted = (has - (got - had)) | (had - got)
        return sorted(wanted) if wanted != has else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        attach = [(one, tag) for one, (had, gets) in changes.items() for tag in gets if tag not in had]
        detach = [(one, tag) for one, (had, gets) in changes.items() for tag in had if tag not in gets]
        tagging.change_tags(attach=attach, detach=detach, by=by)

    def words(self, value: Any) -> str:
        if not self.names:
            self.names.update(Tag.objects.values_list("pk", "name"))
        return ", ".join(self.names[tag] for tag in value if tag in self.names)


@dataclass
class Presence:
    """Whether they are there at all: putting contacts away and bringing them back (crm.md Q22)."""

    change: Change

    def allowed(self, member: Membership) -> ContactQuerySet:
        return policies.deletable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Contact.objects.filter(pk__in=ids).values_list("pk", "deleted_at")
        return {one: moment and moment.isoformat() for one, moment in rows}

    @cached_property
    def moment(self) -> str:
        return clock.now().isoformat()

    def after(self, before: Any) -> Any:
        return before or self.moment

    def back(self, now: Any, _before: Any, after: Any) -> Any:
        return None if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        moments = {one: after and dt.datetime.fromisoformat(after) for one, (_, after) in changes.items()}
        statements.replace_column("deleted", moments)
        gone = [one for one, moment in moments.items() if moment]
        search.forget_contacts(gone)
        search.index_contacts([one for one, moment in moments.items() if not moment])
        timeline.record(
            [
                NewEvent("contact.deleted", by, contact_id=one)
                if moment
                else NewEvent("contact.restored", by, contact_id=one)
                for one, moment in moments.items()
            ]
        )

    def words(self, value: Any) -> str:
        return gettext("Deleted") if value else ""


_KINDS: dict[str, Any] = {
    "assignee": Columns,
    "first_name": Columns,
    "last_name": Columns,
    "location": Columns,
    "address": Columns,
    "field": Values,
    "company": Belonging,
    "tags": Tags,
    "delete": Presence,
}


def kind_of(change: Change) -> Kind:
    """What does this change. Raises LookupError for one that cannot be asked (any more)."""
    made: Kind = _KINDS[change.kind](change)
    if isinstance(made, Values | Belonging):
        made.require()
    return made
