"""Work for people: tasks, calls and meetings, and ending them; tags on the people of a deal."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine import timing
from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.timing import Interval, Unit
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.who import NEEDS, RESPONSIBLE, people_of, people_problems
from afluente.automation.services.actions.wording import filled, text_problems
from afluente.contacts import services as contacts
from afluente.delivery.services import BadTemplateError
from afluente.tasks import services as tasks
from afluente.tasks.models import PLACE, TITLE, Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

LAST = dt.time(23, 59, 59)
MOST_DAYS, MOST_MINUTES = 3650, 1440
LONGEST = 2_000  # signs of a description
TEXTS = {"title": TITLE, "description": LONGEST, "place": PLACE}
RULE = "rule"  # the source of tasks that rules made


@dataclass(frozen=True)
class Plan:
    """Make a task, a call or a meeting about the deal: `title`, `description`, `to` (who; the responsible when
    nobody is named), `due_days` from now, and with `at` a time of day. Of a task without `at` only the day is
    meant; a call or a meeting lasts `minutes`.
    """

    kind: str = Task.Kind.TASK
    is_outside: bool = False

    @property
    def slug(self) -> str:
        return self.kind

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A title is needed, and days and times that can be read."""
        said = text_problems("title", params, most=TITLE, is_required=True)
        said += text_problems("description", params, most=LONGEST)
        said += text_problems("place", params, most=PLACE)
        if not _is_whole(params.get("due_days", 0), MOST_DAYS):
            said.append(f"due_days: {_up_to(MOST_DAYS)}")
        if not _is_whole(params.get("minutes", 30), MOST_MINUTES):
            said.append(f"minutes: {_up_to(MOST_MINUTES)}")
        if params.get("at"):
            try:
                dt.time.fromisoformat(str(params["at"]))
            except ValueError:
                said.append(f"at: {gettext('A time of day such as 09:00.')}")
        return [*said, *(people_problems(params["to"]) if params.get("to") else [])]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """One for whoever is meant; a task of nobody when nobody is."""
        members = people_of(params.get("to") or [RESPONSIBLE], scene, params)
        if params.get("to") and not members:
            return Skip("no_recipient", ",".join(params["to"]))
        try:
            words = {name: filled(params.get(name), scene, most=most) for name, most in TEXTS.items()}
        except BadTemplateError as bad:
            return Fail("template", str(bad))
        said = {
            **words,
            "kind": self.kind,
            "assignee": members[0] if members else None,
            "observers": members[1:],
            **_when(self.kind, params, scene),
        }
        return Done(effects=[Effect("task", said)])


def _up_to(most: int) -> str:
    return gettext("A whole number from 0 to {most}.").format(most=most)


def _is_whole(said: Any, most: int) -> bool:
    return isinstance(said, int | None) and not isinstance(said, bool) and 0 <= (said or 0) <= most


def _when(kind: str, params: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """When it begins and is due, by the clock of whoever is responsible."""
    zone = scene.zone(Zone.RESPONSIBLE)
    days, at = params.get("due_days"), params.get("at")
    local = scene.now.astimezone(zone)
    day = timing.add_days(local.date(), Interval(days or 0, Unit.DAYS))
    if kind == Task.Kind.TASK:
        if days is None and not at:
            return {"start_at": None, "due_at": None, "due_is_day": False}
        time = dt.time.fromisoformat(str(at)) if at else LAST
        due = dt.datetime.combine(day, time, zone).astimezone(dt.UTC)
        return {"start_at": None, "due_at": due, "due_is_day": not at}
    start = dt.datetime.combine(day, dt.time.fromisoformat(str(at)) if at else local.time(), zone)
    start = start.replace(second=0, microsecond=0).astimezone(dt.UTC)
    if start < scene.now and at:  # that time is over today
        start = timing.add(start, Interval(1, Unit.DAYS), zone)
    return {
        "start_at": start,
        "due_at": start + dt.timedelta(minutes=params.get("minutes") or 30),
        "due_is_day": False,
    }


@dataclass(frozen=True)
class EndTasks:
    """Complete the open tasks of the deal that rules made; with `whose` `all`, every one."""

    slug: str = "end_tasks"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Which tasks is one of two."""
        return [] if params.get("whose", "rules") in {"rules", "all"} else ["whose: rules or all."]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done:
        """Which there are is seen when it is done."""
        return Done(effects=[Effect("end_tasks", {"whose": params.get("whose", "rules")})])


@dataclass(frozen=True)
class Tags:
    """Put tags on the people of the deal, or take them off: `{"tags": [3], "on": "main"}`; `on` is `main`, the
    deal's main person, or `all`.
    """

    slug: str = "add_tags"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Tags must be named."""
        tags = params.get("tags")
        good = isinstance(tags, list) and tags and all(isinstance(one, int) for one in tags)
        said = [] if good else [f"tags: {gettext('Choose at least one.')}"]
        return said if params.get("on", "main") in {"main", "all"} else [*said, "on: main or all."]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """On whoever the deal is about; skipped when that is nobody."""
        people = scene.facts["people"].get(scene.record.id, [])
        if not people:
            return Skip("no_recipient", "contact")
        chosen = people if params.get("on") == "all" else people[:1]
        return Done(effects=[Effect(self.slug, {"tags": params["tags"], "people": chosen})])


def _task(group: Sequence[Wanted]) -> None:
    made = [
        tasks.NewTask(
            title=one.values["title"],
            description=one.values["description"],
            place=one.values["place"],
            kind=one.values["kind"],
            assignee_id=one.values["assignee"],
            observer_ids=one.values["observers"],
            start_at=one.values["start_at"],
            due_at=one.values["due_at"],
            due_is_day=one.values["due_is_day"],
            deal_ids=[one.deal_id],
            source=RULE,
        )
        for one in group
    ]
    tasks.create_tasks(tasks=made, by=group[0].actor)


def _end_tasks(group: Sequence[Wanted]) -> None:
    found = Task.objects.open().filter(deals__in=[one.deal_id for one in group])
    if group[0].values["whose"] == "rules":
        found = found.filter(source=RULE)
    ids = list(found.order_by("pk").values_list("pk", flat=True).distinct())
    if ids:
        tasks.complete_tasks(task_ids=ids, by=group[0].actor)


def _add_tags(group: Sequence[Wanted]) -> None:
    people = sorted({pk for one in group for pk in one.values["people"]})
    contacts.attach_tags(contact_ids=people, tag_ids=group[0].values["tags"], by=group[0].actor)


def _remove_tags(group: Sequence[Wanted]) -> None:
    people = sorted({pk for one in group for pk in one.values["people"]})
    contacts.detach_tags(contact_ids=people, tag_ids=group[0].values["tags"], by=group[0].actor)


def register() -> None:
    """Let rules give people work."""
    for kind, label in (
        (Task.Kind.TASK, _("Make a task")),
        (Task.Kind.CALL, _("Schedule a call")),
        (Task.Kind.MEETING, _("Schedule a meeting")),
    ):
        register_action(
            Known(
                action=Plan(kind=kind),
                label=label,
                needs=NEEDS,
                appliers=(("task", _task),),
                mixed=frozenset({"task"}),
            )
        )
    register_action(Known(action=EndTasks(), label=_("End tasks"), appliers=(("end_tasks", _end_tasks),)))
    for slug, label, make in (
        ("add_tags", _("Add tags"), _add_tags),
        ("remove_tags", _("Take tags off"), _remove_tags),
    ):
        known = Known(
            action=Tags(slug=slug), label=label, needs=frozenset({"people"}), appliers=((slug, make),)
        )
        register_action(known)
