"""Taking back tasks that a file brought in or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.kernel.sayings import gettext, joined, of
from afluente.tasks import services as tasks
from afluente.tasks.models import Task
from afluente.timeline import services as timeline
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from afluente.transfer.models import ExternalRecord, ImportRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor
    from afluente.transfer.models import Import

Outcome, Undone = ImportRow.Outcome, ImportRow.Undone


def undo_tasks(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Delete what these rows made, unless somebody has changed it since, and give the others back what they had;
    each row says what became of it.
    """
    with timeline.saying({"import": {"id": given.pk, "file": given.name[:100], "undone": True}}):
        _restore([row for row in rows if row.outcome == Outcome.UPDATED], by)
        _delete(given, [row for row in rows if row.outcome == Outcome.CREATED], by)


def _restore(rows: Sequence[ImportRow], by: Actor) -> None:
    """Give known tasks back what they had, as far as nobody has changed it since."""
    records = {row.record_id or 0: row.changes.get("was", {}) for row in rows}
    found = tasks.take_back_each(records=records, by=by)
    tasks.put_back(
        {
            pk: row.changes["place"]
            for row in rows
            if (pk := row.record_id or 0) in found and "step" in found[pk][0] and "place" in row.changes
        }
    )
    for row in rows:
        if row.record_id not in found:
            row.undone, row.note = Undone.KEPT, gettext("Deleted since.")
            continue
        linked = row.changes.get("linked", {})
        for kind, ids in linked.items():
            tasks.unlink_tasks(task_ids=[row.record_id], kind=kind, ids=ids, by=by)
        done, kept = found[row.record_id]
        row.undone = Undone.YES if not kept else Undone.PARTLY if done or linked else Undone.KEPT
        if kept:
            labels = [of(kinds.field_label(tasks.words_of_key(key, None)[0])) for key in kept]
            said = gettext("Changed since and kept: {fields}").format(fields=joined(", ", labels))
            row.note = said


def _delete(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    wanted = {row.record_id or 0: row for row in rows}
    found = Task.objects.present().select_for_update(of=("self",)).filter(pk__in=wanted)
    present = set(found.values_list("pk", flat=True))
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
    tasks.delete_tasks(task_ids=gone, by=by)
    ExternalRecord.objects.filter(about="tasks", record_id__in=gone).delete()


def _changed(given: Import, rows: dict[int, ImportRow]) -> dict[int, str]:
    """What others did with these tasks since, in words."""
    if not rows:
        return {}
    events = (
        Event.objects.filter(task_id__in=list(rows), pk__gt=min(row.event_id for row in rows.values()))
        .filter(~Q(data__import__id=given.pk) | Q(data__import__isnull=True))
        .exclude(kind__in=kinds.hidden_kinds())
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for number, kind, task_id, who in events.values_list("pk", "kind", "task_id", "actor_name"):
        if task_id and number > rows[task_id].event_id:
            said = gettext("Since then: {what}, {who}")
            label = of(kinds.kind_of(kind).label)
            found.setdefault(task_id, said.format(what=label, who=who or "—"))
    return found
