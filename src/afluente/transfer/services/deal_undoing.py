"""Taking back deals that a file brought in, with the people who were made for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Deal, DealContact
from afluente.kernel.sayings import gettext, joined, of
from afluente.timeline import services as timeline
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
    """Delete what these rows made, unless somebody has changed it since, and give the others back what they had;
    each row says what became of it.
    """
    updated = [row for row in rows if row.outcome == ImportRow.Outcome.UPDATED]
    with timeline.saying({"import": {"id": given.pk, "file": given.name[:100], "undone": True}}):
        _restore(given, updated, by)
    _delete(given, [row for row in rows if row.outcome == ImportRow.Outcome.CREATED], by)
    people = [row for row in rows if row.undone != Undone.KEPT]
    _people(given, [row for row in people if row.changes.get("made")], by)
    _tags(given, [row for row in people if row.changes.get("person")], by)
    timeline.withdraw_notes(
        contact_ids=[row.contact_id for row in people if row.contact_id], import_id=given.pk
    )


def _restore(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Give known deals back what they had, as far as nobody has changed it since."""
    records = {row.record_id or 0: row.changes.get("was", {}) for row in rows}
    begins = bool(given.options.get("begins_rules"))
    found = deals.take_back_each(records=records, by=by, cause={"begins_rules": begins})
    deals.put_back(
        {
            pk: row.changes["place"]
            for row in rows
            if (pk := row.record_id or 0) in found and "stage" in found[pk][0] and "place" in row.changes
        }
    )
    for row in rows:
        if row.record_id not in found:
            row.undone, row.note = Undone.KEPT, gettext("Deleted since.")
            continue
        if contact_id := row.changes.get("linked"):
            deals.unlink_contact(deal_id=row.record_id or 0, contact_id=contact_id, by=by)
        done, kept = found[row.record_id or 0]
        is_any = done or row.changes.get("linked") or row.changes.get("person") or row.changes.get("made")
        row.undone = Undone.YES if not kept else Undone.PARTLY if is_any else Undone.KEPT
        if kept:
            labels = [of(kinds.field_label(deals.words_of_key(key, None)[0])) for key in kept]
            said = gettext("Changed since and kept: {fields}").format(fields=joined(", ", labels))
            row.note = said


def _delete(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    wanted = {row.record_id or 0: row for row in rows}
    present = set(
        Deal.objects.present().select_for_update().filter(pk__in=wanted).values_list("pk", flat=True)
    )
    since = _changed(given, wanted)
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


def _changed(given: Import, rows: dict[int, ImportRow]) -> dict[int, str]:
    """What others did with these deals since, in words."""
    if not rows:
        return {}
    events = (
        Event.objects.filter(deal_id__in=list(rows), pk__gt=min(row.event_id for row in rows.values()))
        .filter(~Q(data__import__id=given.pk) | Q(data__import__isnull=True))
        .exclude(kind__in=kinds.hidden_kinds())
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for number, kind, deal_id, who in events.values_list("pk", "kind", "deal_id", "actor_name"):
        if deal_id and number > rows[deal_id].event_id:
            said = gettext("Since then: {what}, {who}")
            label = of(kinds.kind_of(kind).label)
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
