"""What a task can be linked to, while somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts import policies as contacts
from afluente.contacts.models import Contact
from afluente.contacts.selectors import find_ids
from afluente.deals import policies as deals
from afluente.kernel import text
from afluente.tasks.models import TaskCompany, TaskContact, TaskDeal
from afluente.tasks.selectors.about import Linked
from afluente.tasks.selectors.wording import found_by_title

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.tasks.models import Task

EACH = 5  # offered of a kind
PARENTS = 8


def linkable(*, member: Membership, task_id: int, typed: str) -> list[Linked]:
    """Contacts, deals and companies that fit `typed`, that `member` sees and the task is not linked to."""
    folded = text.norm(typed)
    if not folded:
        return []
    return [
        *_contacts(member, task_id, typed),
        *_deals(member, task_id, folded),
        *_companies(member, task_id, folded),
    ]


def possible_parents(*, member: Membership, task: Task, typed: str) -> list[Task]:
    """Tasks with the words `typed` in their title, that `member` sees and that this one could be put below: open ones
    first, then the newest. One further down below it is refused when it is chosen.
    """
    seen = found_by_title(member, typed)
    others = seen.exclude(pk__in=[task.pk, task.parent_id or 0]).exclude(parent_id=task.pk)
    return list(others.select_related("board")[:PARENTS])


def _contacts(member: Membership, task_id: int, typed: str) -> list[Linked]:
    ids = find_ids(member=member, typed=typed, limit=EACH)
    known = TaskContact.objects.filter(task_id=task_id).values("contact_id")
    found = Contact.objects.filter(pk__in=ids).exclude(pk__in=known).order_by("-pk")
    return [
        Linked(kind="contact", id=one.pk, name=one.name or f"#{one.pk}", url="", icon="user") for one in found
    ]


def _deals(member: Membership, task_id: int, folded: str) -> list[Linked]:
    known = TaskDeal.objects.filter(task_id=task_id).values("deal_id")
    found = deals.visible_to(member).filter(search_name__contains=folded).exclude(pk__in=known)
    pairs = found.order_by("-created_at", "-pk").values_list("pk", "name")[:EACH]
    return [Linked(kind="deal", id=pk, name=name, url="", icon="briefcase") for pk, name in pairs]


def _companies(member: Membership, task_id: int, folded: str) -> list[Linked]:
    known = TaskCompany.objects.filter(task_id=task_id).values("company_id")
    found = contacts.companies_visible_to(member).filter(sort_name__contains=folded).exclude(pk__in=known)
    pairs = found.order_by("sort_name", "pk").values_list("pk", "name")[:EACH]
    return [Linked(kind="company", id=pk, name=name, url="", icon="building-2") for pk, name in pairs]
