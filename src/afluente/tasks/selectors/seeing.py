"""Tasks as other slices know them: who is linked to a contact through one, and what tasks are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from afluente.tasks import policies
from afluente.tasks.models import TaskContact
from afluente.timeline.events import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


def contacts_of_own_tasks(member: Membership) -> QuerySet[TaskContact, Any]:
    """Ids of the contacts of present tasks assigned to `member`, for rights that say «linked» (A9)."""
    own = TaskContact.objects.filter(task__deleted_at=None, task__assignee_id=member.pk)
    return own.values_list("contact_id", flat=True)


def people_linked_to(contact_id: int, viewer: Membership) -> dict[int, str]:
    """The members whose own tasks have this contact, each with a sentence that says so.

    It names the task when `viewer` sees it.
    """
    links = TaskContact.objects.filter(
        contact_id=contact_id, task__deleted_at=None, task__assignee__isnull=False
    )
    pairs = links.order_by("task_id").values_list("task__assignee_id", "task_id", "task__title")
    seen = set(
        policies.visible_to(viewer).filter(contact_links__contact_id=contact_id).values_list("pk", flat=True)
    )
    names: dict[int, str] = {}
    for member_id, task_id, title in pairs:
        if not names.get(member_id):
            names[member_id] = title if task_id in seen else ""
    return {
        member_id: gettext("It is in their task «{name}».").format(name=name)
        if name
        else gettext("It is in a task of theirs.")
        for member_id, name in names.items()
    }


def subjects(member: Membership, task_ids: Iterable[int]) -> dict[int, Subject]:
    """Titles and pages of these tasks, as far as `member` sees them."""
    found = policies.visible_to(member).filter(pk__in=list(task_ids)).values_list("pk", "title")
    return {pk: Subject(title, reverse("tasks:task", args=[pk])) for pk, title in found}


def named(member: Membership, task_ids: Iterable[int]) -> dict[int, Subject]:
    """The same for a history, which speaks of deleted tasks too; those have no page."""
    ids = list(task_ids)
    found = subjects(member, ids)
    gone = policies.gone_for(member).filter(pk__in=[pk for pk in ids if pk not in found])
    return found | {pk: Subject(title, "") for pk, title in gone.values_list("pk", "title")}
