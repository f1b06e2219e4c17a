"""What a file would change of known tasks, looked at before it does: done for real and taken back, so that it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import services as contacts
from afluente.tasks import services as tasks
from afluente.tasks.models import Task
from afluente.transfer.models import ImportRow
from afluente.transfer.services.checking import read_shown
from afluente.transfer.services.kinds import actor_of
from afluente.transfer.services.task_links import About
from afluente.transfer.services.task_rows import TaskRow
from afluente.transfer.services.task_updates import Updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.models import Import
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Reader


def tags_of(rows: Sequence[TaskRow], by: Actor) -> dict[str, int]:
    """The tags that rows name, made where they are not, by folded name."""
    names = list(dict.fromkeys(tag for row in rows for tag in row.tags))
    return {tag.name.casefold(): tag.pk for tag in contacts.ensure_tags(names=names, by=by)}


def refused(given: Import, member: Membership, found: Sequence[Decision]) -> dict[int, str]:
    """By row, why a known task cannot be as it says: the run refuses it too."""
    known, rows = _updated(found)
    if not rows:
        return {}
    with transaction.atomic():
        tags, updates = tags_of(rows, actor_of(member)), Updates(given, member, known, rows)
        for number in known:
            updates.wanted(number, tags)
        transaction.set_rollback(True)
    return updates.refused


def unchanged(given: Import, member: Membership, found: Sequence[Decision]) -> set[int]:
    """Rows whose tasks say all this already: the run passes them over."""
    known, rows = _updated(found)
    if not rows:
        return set()
    with transaction.atomic():
        tags, about = tags_of(rows, actor_of(member)), About(given, member, rows, is_said=False)
        updates = Updates(given, member, known, rows)
        linked = updates.links(about)
        same = {one for one in known if not updates.wanted(one, tags) and one not in linked}
        transaction.set_rollback(True)
    return same


def _updated(found: Sequence[Decision]) -> tuple[dict[int, int], list[TaskRow]]:
    updated = [one for one in found if one.outcome == ImportRow.Outcome.UPDATED]
    rows = [one.person for one in updated if isinstance(one.person, TaskRow)]
    return {one.person.number: one.record_id or 0 for one in updated}, rows


def add_changes(given: Import, member: Membership, shown: Sequence[dict[str, Any]], reader: Reader) -> None:
    """Put before and after into the sample of rows whose tasks are here, and what these are called."""
    first = {one["record"]: one for one in reversed(shown) if one["record"]}
    read = read_shown(given, list(first.values()), reader) if first else {}
    rows = [row for row in read.values() if isinstance(row, TaskRow)]
    by = actor_of(member)
    with transaction.atomic():
        updates = Updates(given, member, {one["row"]: pk for pk, one in first.items()}, rows)
        done = updates.apply(About(given, member, rows), tags_of(rows, by), by)
        for one in first.values():
            one["changes"] = {}
            for key, (before, after) in done.get(one["row"], {}).get("was", {}).items():
                label, old = tasks.words_of_key(key, before)
                one["changes"][label] = [old, tasks.words_of_key(key, after)[1]]
        transaction.set_rollback(True)
    names = dict(Task.objects.filter(pk__in=list(first)).values_list("pk", "title"))
    for one in shown:
        one["name"] = names.get(one["record"], one["name"])
