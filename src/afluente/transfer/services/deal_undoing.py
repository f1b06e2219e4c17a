"""Taking back deals that a file brought in, with the people who were made for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Deal, DealContact
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from afluente.transfer.models import ExternalRecord, ImportRow
from afluente.transfer.services.undoing import changed_since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor
    from afluente.transfer.models import Import

Undone = ImportRow.Undone


def undo_deals(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Delete what these rows made, unless somebody has changed it since; each row says what became of it."""
    wanted = {row.record_id or 0: row for row in rows}
    present = set(
        Deal.objects.present().select_for_update().filter(pk__in=wanted).values_list("pk", flat=True)
    )
    since = _changed(wanted)
    gone = []
    for number, row in wanted.items():
        if number not in present:
            row.undone, row.note = Undone.KEPT, gettext("Deleted since.")
        elif number in since:
            row.undone, row.note = Undone.KEPT, since[number]
        else:
            row.undone = Undone.YES
            gone.append(number)
    told = {"import": {"id": given.pk, "file": given.name[:100], "undone": True}}
    deals.delete_deals(deal_ids=gone, by=by, told=told)
    ExternalRecord.objects.filter(about="deals", record_id__in=gone).delete()
    back = [wanted[number] for number in gone]
    _people(given, [row for row in back if row.changes.get("made")], by)
    _tags(given, [row for row in back if row.changes.get("person")], by)


def _changed(rows: dict[int, ImportRow]) -> dict[int, str]:
    """What others did with these deals since, in words."""
    if not rows:
        return {}
    events = (
        Event.objects.filter(deal_id__in=list(rows), pk__gt=min(row.event_id for row in rows.values()))
        .exclude(kind__in=kinds.hidden_kinds())
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for number, kind, deal_id, who in events.values_list("pk", "kind", "deal_id", "actor_name"):
        if deal_id and number > rows[deal_id].event_id:
            said = gettext("Since then: {what}, {who}")
            label = str(kinds.kind_of(kind).label)
            found.setdefault(deal_id, said.format(what=label, who=who or "—"))
    return found


def _people(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Delete whom the rows made, while nobody has touched them and no other deal is about them."""
    made = {int(row.changes["made"]): row.event_id for row in rows}
    here = set(contacts.hold_contacts(list(made)))
    busy = set(
        DealContact.objects.filter(contact_id__in=here, deal__deleted_at=None).values_list(
            "contact_id", flat=True
        )
    )
    since = changed_since(given, {number: made[number] for number in here - busy})
    told = {"import": {"id": given.pk, "file": given.name[:100], "undone": True}}
    contacts.withdraw_contacts(
        contact_ids=[number for number in here - busy if number not in since], by=by, told=told
    )
    for row in rows:
        if int(row.changes["made"]) in busy | set(since):
            row.note = gettext("The person stays: changed since.")


def _tags(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    told = {"import": {"id": given.pk, "file": given.name[:100], "undone": True}}
    here = set(contacts.hold_contacts([row.contact_id for row in rows if row.contact_id]))
    records = {row.contact_id: row.changes["person"] for row in rows if row.contact_id in here}
    contacts.take_back_changes(
        records={number: one for number, one in records.items() if number}, by=by, told=told
    )
