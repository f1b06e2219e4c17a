"""Tasks that are here already: what a row says of them, made so, and what that replaced."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from afluente.contacts import selectors as contacts
from afluente.tasks import policies
from afluente.tasks import services as tasks
from afluente.tasks.models import Step, Task, TaskCompany, TaskContact, TaskDeal
from afluente.timeline import services as timeline
from afluente.transfer.models import Import
from afluente.transfer.services.task_rows import TaskRow, said_step, stepless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.services.task_links import About

EMPTY: tuple[Any, ...] = (None, "", [])
# What a task always has, so that filling what is empty leaves it alone.
ALWAYS = frozenset({"title", "priority", "kind", "step"})
_PLAIN = {
    "title": "title",
    "description": "description",
    "priority": "priority",
    "kind": "kind",
    "place": "place",
    "call_phone": "phone",
    "repeat": "repeat",
}
_LINKS: dict[str, Any] = {tasks.CONTACT: TaskContact, tasks.DEAL: TaskDeal, tasks.COMPANY: TaskCompany}
Links = dict[str, set[tuple[int, int]]]


class Updates:
    """What rows say of known tasks. `known` is the task of each row; `refused` says by row why it cannot be."""

    def __init__(
        self, given: Import, member: Membership, known: Mapping[int, int], rows: Sequence[TaskRow]
    ) -> None:
        self._given, self.known = given, {row.number: known[row.number] for row in rows}
        self.rows = {row.number: row for row in rows}
        self._held = tasks.held_of(list(self.known.values()))
        self._steps: dict[int, list[Step]] = defaultdict(list)
        seen = Step.objects.filter(board__in=policies.boards_of(member)).select_related("board")
        for step in seen.order_by("position", "pk"):
            self._steps[step.board_id].append(step)
        self._home = {one.pk: one for steps in self._steps.values() for one in steps}
        self.refused: dict[int, str] = {}
        self._to = {number: self._step(number, row) for number, row in self.rows.items()}

    def _step(self, number: int, row: TaskRow) -> Step | None:
        """Where the row puts its task; None where it is."""
        here = self._home.get(self._held.get(self.known[number], {}).get("step", 0))
        if here is None or not row.said.keys() & {"board", "step", "done_at"}:
            return None
        if row.said.get("board") and row.step is not None and row.step.board_id != here.board_id:
            return row.step
        steps = self._steps[here.board_id]
        wanted = said_step(row, steps)
        if wanted is None and row.said.get("step"):
            self.refused[number] = stepless(here.board.name, steps)
        by_name = bool(wanted and row.said.get("step") == wanted.name)
        is_there = wanted is None or wanted.pk == here.pk or (wanted.kind == here.kind and not by_name)
        return None if is_there else wanted

    def wanted(self, number: int, tags: Mapping[str, int]) -> dict[str, Any]:
        """What the task of this row is to say, by key: what differs, as far as the import may replace it. What would
        not fit together is in `refused` afterwards.
        """
        row, held = self.rows[number], self._held.get(self.known[number], {})
        if not held:
            return {}
        said = self._said(row, held, tags) | {
            f"field-{field}": contacts.plain(value)
            for field, value in row.values.items()
            if f"field-{field}" in held
        }
        if self._given.policy == Import.Policy.FILL:
            said = {key: value for key, value in said.items() if key not in ALWAYS and held.get(key) in EMPTY}
        elif (to := self._to[number]) is not None:
            said["step"] = to.pk
        said = {key: value for key, value in said.items() if held.get(key) != value}
        if said and (why := tasks.misfit({**held, **said})):
            self.refused[number] = why
        return said

    def _said(self, row: TaskRow, held: Mapping[str, Any], tags: Mapping[str, int]) -> dict[str, Any]:
        said = {key: row.said[name] for name, key in _PLAIN.items() if name in row.said}
        if row.assignee_id:
            said["assignee"] = row.assignee_id
        if "start" in row.said:
            said["start"] = tasks.plain_moment(row.said["start"])
        if "due" in row.said:
            at, is_day = row.said["due"]
            said["due"] = [tasks.plain_moment(at), is_day]
        if "observers" in row.said:
            said["observers"] = sorted({*held["observers"], *row.said["observers"]})
        if row.tags:
            said["tags"] = sorted({*held["tags"], *(tags[tag.casefold()] for tag in row.tags)})
        return said

    def links(self, about: About) -> dict[int, Links]:
        """By row, what its task is to be about besides, as (task, record) pairs by kind; when filling, only where it
        is about nothing of the kind.
        """
        is_filling = self._given.policy == Import.Policy.FILL
        found: dict[int, Links] = defaultdict(dict)
        for kind, model in _LINKS.items():
            rows = model.objects.filter(task_id__in=list(self.known.values()))
            there = set(rows.values_list("task_id", f"{kind}_id"))
            full = {task_id for task_id, _ in there} if is_filling else set()
            for number, task_id in self.known.items():
                pairs = {(task_id, one) for one in _named(about, kind, number)} - there
                if pairs and task_id not in full:
                    found[number][kind] = pairs
        return dict(found)

    def apply(self, about: About, tags: Mapping[str, int], by: Actor) -> dict[int, dict[str, Any]]:
        """Make it so; by row, what taking it back needs: empty where nothing changed. Rows that cannot be are in
        `refused` afterwards.
        """
        with timeline.saying({"import": {"id": self._given.pk, "file": self._given.name[:100]}}):
            wanted = {number: self.wanted(number, tags) for number in self.known}
            given = {self.known[one]: said for one, said in wanted.items() if one not in self.refused}
            places = tasks.places_of(list(given))
            records = tasks.give_each(wanted=given, by=by)
            done = {
                number: {"was": record} | ({"place": places[pk]} if "step" in record else {})
                for number, pk in self.known.items()
                if (record := records.get(pk))
            }
            links = {one: found for one, found in self.links(about).items() if one not in self.refused}
            self._link(links, by)
        for number, found in links.items():
            linked = {kind: sorted(one for _, one in pairs) for kind, pairs in found.items()}
            done.setdefault(number, {})["linked"] = linked
        return done

    def _link(self, links: Mapping[int, Links], by: Actor) -> None:
        groups: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
        for number, found in links.items():
            for kind, pairs in found.items():
                groups[kind, tuple(sorted(one for _, one in pairs))].append(self.known[number])
        for (kind, ids), task_ids in groups.items():
            tasks.link_tasks(task_ids=task_ids, kind=kind, ids=ids, by=by)


def _named(about: About, kind: str, number: int) -> Sequence[int]:
    if kind == tasks.COMPANY:
        return about.companies.get(number, ())
    one = (about.contacts if kind == tasks.CONTACT else about.deals).get(number)
    return (one,) if one else ()


def find_known(given: Import, rows: Sequence[TaskRow], numbers: Mapping[str, int]) -> dict[int, int]:
    """By row, the present task that it names; `numbers` are tasks by their number in the other system."""
    if given.match == Import.Match.NUMBER:
        asked = {row.number: row.said["number"] for row in rows if "number" in row.said}
    else:
        asked = {row.number: numbers[row.external_id] for row in rows if row.external_id in numbers}
    present = set(Task.objects.present().filter(pk__in=asked.values()).values_list("pk", flat=True))
    return {number: pk for number, pk in asked.items() if pk in present}
