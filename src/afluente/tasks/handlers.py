"""What tasks bring to pages of others, and what they do when something happens below them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from afluente.accounts.policies import assignable_by
from afluente.files import policies as files
from afluente.kernel import slots
from afluente.tasks import policies, selectors, services
from afluente.tasks.models import Task
from afluente.tasks.selectors.repeats import reminder_words, repetition
from afluente.tasks.views.listing import part_of
from afluente.timeline.selectors import notices
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from afluente.accounts.models import Membership
    from afluente.contacts.events import TagMerged
    from afluente.contacts.models import Company, Contact, Tag
    from afluente.deals.models import Deal


def contact_tabs(*, member: Membership, contact: Contact) -> list[slots.Tab]:
    """The tab with the tasks of a contact (SP-182)."""
    return _tab(member, services.CONTACT, contact.pk)


def deal_tabs(*, member: Membership, deal: Deal) -> list[slots.Tab]:
    return _tab(member, services.DEAL, deal.pk)


def company_tabs(*, member: Membership, company: Company) -> list[slots.Tab]:
    return _tab(member, services.COMPANY, company.pk)


def _tab(member: Membership, kind: str, pk: int) -> list[slots.Tab]:
    if not policies.may_list(member):
        return []

    def part() -> slots.Part:
        return slots.Part(template="tasks/_record.html", context=part_of(member, kind, pk))

    _, count = selectors.next_task(member=member, kind=kind, record_id=pk)
    return [slots.Tab(slug="tasks", label=gettext("Tasks"), part=part, count=count, order=20)]


def contact_strip(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """What comes next with a contact, above its history."""
    return _strip(member, services.CONTACT, contact.pk, reverse("contacts:contact", args=[contact.pk]))


def deal_strip(*, member: Membership, deal: Deal) -> list[slots.Part]:
    return _strip(member, services.DEAL, deal.pk, reverse("deals:deal", args=[deal.pk]))


def _strip(member: Membership, kind: str, pk: int, page: str) -> list[slots.Part]:
    if not policies.may_list(member):
        return []
    task, _ = selectors.next_task(member=member, kind=kind, record_id=pk)
    if task is None and not policies.may_create(member):
        return []
    context = {
        "task": task,
        "due": selectors.due_words(task) if task else "",
        "tone": selectors.tone(task) if task else "",
        "url": f"{page}?tab=tasks",
    }
    return [slots.Part(template="tasks/_strip.html", context=context, order=90)]


def member_work(*, member: Membership, of: Membership) -> list[slots.Part]:
    """The open tasks of somebody who leaves, to be given to a colleague: as the list changes many, with a way back."""
    count = policies.editable_by(member).open().filter(assignee_id=of.pk).count()
    if not count:
        return []
    query = f"?where=assignee.is:{of.pk}"
    context = {
        "sentence": ngettext("{n} open task", "{n} open tasks", count).format(n=formats.number(count)),
        "query": query,
        "url": reverse("tasks:table") + query,
        "members": assignable_by(member).exclude(pk=of.pk).order_by("user__name", "pk"),
        "me": member.pk,
    }
    return [slots.Part(template="tasks/_hand_over.html", context=context, order=30)]


def tag_uses(*, member: Membership, tag: Tag) -> list[slots.Part]:
    """How many tasks have a tag, beside its contacts (SP-225, K13)."""
    n = policies.visible_to(member).filter(tag_links__tag_id=tag.pk).count()
    sentence = ngettext("{n} task", "{n} tasks", n).format(n=formats.number(n))
    return [slots.Part(template="tasks/_tag_use.html", context={"sentence": sentence})] if n else []


def move_tags(fact: TagMerged) -> None:
    """A tag became another one: tasks that had it have that one, once."""
    services.merge_tag(tag_id=fact.tag_id, into_id=fact.into_id)


def record_subjects(member: Membership, numbers: Any) -> Any:
    """Tasks as notifications name them."""
    return selectors.subjects(member, numbers)


def moment(value: Any) -> str:
    """A deadline of the log as people read it: a day, or a day and a time."""
    said = str(value or "")
    if not said:
        return ""
    found = dt.datetime.fromisoformat(said)
    return formats.day(found.date()) if len(said) == 10 else formats.when(found)


def priority(value: Any) -> str:
    """A priority of the log in words."""
    return str(dict(Task.Priority.choices).get(value, value))


def due_in_words(data: Mapping[str, Any]) -> dict[str, str]:
    """When a task of a reminder is due, in the reader's language and time zone."""
    found = dt.datetime.fromisoformat(data["due"])
    day = timezone.localtime(found).date()
    return {"when": formats.day(day) if data.get("is_day") else formats.when(found)}


def new_moment(data: Mapping[str, Any]) -> dict[str, str]:
    """When a task is due now that somebody changed it."""
    return due_in_words(data) if data.get("due") else {"when": gettext("no deadline")}


def show_reminder(value: Any) -> str:
    """How many minutes before somebody is reminded, in words."""
    return "" if value is None or value == "" else reminder_words(int(value))


def show_rule(value: Any) -> str:
    """A rule of the log in words."""
    return repetition(str(value or "")).words


def file_subjects(member: Membership, numbers: Iterable[int]) -> dict[int, files.Subject]:
    """Tasks as the list of places where a file is used names them."""
    found = selectors.subjects(member, numbers)
    return {pk: files.Subject(one.name, one.url) for pk, one in found.items()}


FILES = files.Kind(
    name="task",
    label=_("Task"),
    folder=_("Tasks"),
    removal=_("Remove from this task"),
    visible_to=policies.visible_to,
    editable_by=policies.editable_by,
    subjects=file_subjects,
)
DUE = notices.NotificationKind(
    name=services.DUE,
    label=_("A task of yours, or one you follow, is due soon"),
    sentence=_("The task {record} is due {when}"),
    sentence_alone=_("The task {record} is due {when}"),
    icon="calendar-clock",
    order=31,
    words=due_in_words,
    is_urgent=True,
)
NEWS = (
    notices.NotificationKind(
        name=services.FOLLOWED,
        label=_("Somebody lets you follow a task"),
        sentence=_("{actor} lets you follow the task {record}"),
        sentence_alone=_("You follow the task {record}"),
        icon="eye",
        order=32,
    ),
    notices.NotificationKind(
        name=services.DONE,
        label=_("A task of yours, or one you follow or made, is done"),
        sentence=_("{actor} has done the task {record}"),
        sentence_alone=_("The task {record} is done"),
        icon="check",
        order=33,
    ),
    notices.NotificationKind(
        name=services.RESCHEDULED,
        label=_("The deadline of a task of yours, or one you follow or made, changes"),
        sentence=_("{actor} changed the deadline of the task {record}: {when}"),
        sentence_alone=_("The task {record} has another deadline: {when}"),
        icon="calendar-clock",
        order=34,
        words=new_moment,
    ),
    notices.NotificationKind(
        name=services.OVERDUE,
        label=_("A task of yours, or one you follow, is overdue"),
        sentence=_("The task {record} is overdue: {when}"),
        sentence_alone=_("The task {record} is overdue: {when}"),
        icon="circle-alert",
        order=35,
        words=due_in_words,
    ),
)
