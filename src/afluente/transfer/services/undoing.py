"""Taking an import back: who was made is deleted, who was changed gets back what they had.

Whoever was changed since by somebody else is kept, and listed. Part by part, from the last row to the
first, so that a row that changed what an earlier one made is taken back before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from afluente.contacts import services as contacts
from afluente.kernel import clock, crash, jobs
from afluente.kernel.sayings import gettext, joined, of
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.timeline import services as timeline
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.services import consents
from afluente.transfer.services.kinds import actor_of, kind_of
from afluente.transfer.services.starting import held_import

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

UNDO = "transfer.undo"
BATCH = 1000
Outcome, Undone = ImportRow.Outcome, ImportRow.Undone


@transaction.atomic
def undo_import(*, import_id: int) -> Import:
    """Begin to take an import back; a job does it. Raises ImportMovedError."""
    given = held_import(
        import_id,
        Import.State.DONE,
        Import.State.CANCELLED,
        Import.State.PAUSED,
        Import.State.FAILED,
        Import.State.UNDOING,
    )
    given.state, given.moved_at = Import.State.UNDOING, clock.now()
    given.save(update_fields=["state", "moved_at"])
    jobs.enqueue(UNDO, {"import_id": given.pk}, key=str(given.pk), workspace_id=current_workspace_id())
    return given


def take_back(*, workspace_id: int, import_id: int) -> None:
    """Take back what is not taken back yet. Killed and run again it goes on where it was."""
    with scope(workspace_id):
        given = Import.objects.select_related("member__user").get(pk=import_id)
        language = given.member.user.language if given.member else "en"
    with translation.override(language):
        while _part(workspace_id, import_id):
            crash.point("transfer.after_undo_part")


def _part(workspace_id: int, import_id: int) -> bool:
    """One part in one transaction; False when there is none left."""
    with scope(workspace_id), transaction.atomic():
        given = (
            Import.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=import_id)
        )
        if given.state != Import.State.UNDOING or given.member is None:
            return False
        rows = list(
            ImportRow.objects.filter(
                batch_id=given.pk, outcome__in=[Outcome.CREATED, Outcome.UPDATED], undone=Undone.NO
            ).order_by("-number")[:BATCH]
        )
        if not rows:
            given.state, given.ended_at = Import.State.UNDONE, clock.now()
            given.save(update_fields=["state", "ended_at"])
            return False
        # Of one record only the latest row at a time; the others come in the next part.
        latest: dict[int | None, ImportRow] = {}
        rows = [row for row in rows if latest.setdefault(row.record_id or row.contact_id, row) is row]
        kind_of(given).undo(given, rows, actor_of(given.member))
        ImportRow.objects.bulk_update(rows, ["undone", "note"], batch_size=500)
        given.undone_count += sum(1 for row in rows if row.undone == Undone.YES)
        given.kept_count += sum(1 for row in rows if row.undone != Undone.YES)
        given.moved_at = clock.now()
        given.save(update_fields=["undone_count", "kept_count", "moved_at"])
    return True


def undo_contacts(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Delete whom these rows made and give the others back what they had; each row says what became of it."""
    told = {"import": {"id": given.pk, "file": given.name[:100], "undone": True}}
    wanted = [row.contact_id for row in rows if row.contact_id]
    present = set(contacts.hold_contacts(wanted))
    survivors = contacts.survivors_of([number for number in wanted if number not in present])
    for row in rows:
        if row.contact_id not in present:
            row.undone, row.note = Undone.KEPT, _gone(survivors.get(row.contact_id or 0))
    here = [row for row in rows if row.contact_id in present]
    made = {row.contact_id or 0: row.event_id for row in here if row.outcome == Outcome.CREATED}
    since = changed_since(given, made)
    gone = []
    for row in here:
        if row.outcome == Outcome.CREATED:
            why = since.get(row.contact_id or 0)
            row.undone, row.note = (Undone.KEPT, why) if why else (Undone.YES, "")
            if not why:
                gone.append(row.contact_id or 0)
    consents.take_back(given, [row for row in here if row.undone != Undone.KEPT], by)
    contacts.withdraw_contacts(contact_ids=gone, by=by, told=told)
    changed = {row.contact_id or 0: row for row in here if row.outcome == Outcome.UPDATED}
    timeline.withdraw_notes(contact_ids=list(changed), import_id=given.pk)
    found = contacts.take_back_changes(
        records={
            number: {key: was for key, was in row.changes.items() if key != consents.KEPT}
            for number, row in changed.items()
        },
        by=by,
        told=told,
    )
    for number, (done, kept) in found.items():
        row = changed[number]
        row.undone = Undone.YES if not kept else Undone.PARTLY if done else Undone.KEPT
        row.note = (
            gettext("Changed since and kept: {fields}").format(fields=joined(", ", kept)) if kept else ""
        )


def _gone(survivor_id: int | None) -> str:
    """Why somebody who left stays as they are."""
    if survivor_id is None:
        return gettext("Deleted since.")
    return gettext("Part of #{contact} since: merged, and kept with it.").format(contact=survivor_id)


def changed_since(given: Import, after: Mapping[int, int]) -> dict[int, str]:
    """Of contacts that the import made, what others did with them since, in words. `after` says, by contact,
    what the last line of the log was then.
    """
    if not after:
        return {}
    events = (
        Event.objects.filter(contact_id__in=list(after), pk__gt=min(after.values()))
        .filter(~Q(data__import__id=given.pk) | Q(data__import__isnull=True))
        .exclude(kind__in=kinds.hidden_kinds())
        # A merge that was taken back has changed nobody.
        .exclude(kind="contact.unmerged")
        .exclude(kind="contact.merged", data__is_undone=True)
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for number, kind, contact_id, who in events.values_list("pk", "kind", "contact_id", "actor_name"):
        if contact_id and number > after[contact_id]:
            label = of(kinds.kind_of(kind).label)
            found.setdefault(
                contact_id, gettext("Since then: {what}, {who}").format(what=label, who=who or "—")
            )
    return found
