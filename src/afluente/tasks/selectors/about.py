"""What tasks are about, as far as a member sees it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from afluente.contacts import policies as contacts
from afluente.deals import policies as deals
from afluente.tasks.models import TaskCompany, TaskContact, TaskDeal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A record a task is linked to. `kind` is contact, deal or company."""

    kind: str
    id: int
    name: str
    url: str
    icon: str


def linked(task_ids: Sequence[int], *, member: Membership) -> dict[int, list[Linked]]:
    """The contacts, deals and companies of these tasks that `member` sees, in that order: at most 3 queries."""
    found: dict[int, list[Linked]] = defaultdict(list)
    if not task_ids:
        return found
    for task_id, one in _contacts(task_ids, member):
        found[task_id].append(one)
    for task_id, one in _deals(task_ids, member):
        found[task_id].append(one)
    for task_id, one in _companies(task_ids, member):
        found[task_id].append(one)
    return found


def _contacts(task_ids: Sequence[int], member: Membership) -> Iterable[tuple[int, Linked]]:
    links = TaskContact.objects.filter(
        contacts.named_by(member, "contact"), task_id__in=task_ids, contact__deleted_at=None
    )
    for link in links.select_related("contact").order_by("pk"):
        name = link.contact.name or f"#{link.contact_id}"
        url = reverse("contacts:contact", args=[link.contact_id])
        yield link.task_id, Linked(kind="contact", id=link.contact_id, name=name, url=url, icon="user")


def _deals(task_ids: Sequence[int], member: Membership) -> Iterable[tuple[int, Linked]]:
    links = TaskDeal.objects.filter(task_id__in=task_ids, deal__in=deals.visible_to(member))
    for link in links.select_related("deal").order_by("pk"):
        url = reverse("deals:deal", args=[link.deal_id])
        yield (
            link.task_id,
            Linked(kind="deal", id=link.deal_id, name=link.deal.name, url=url, icon="briefcase"),
        )


def _companies(task_ids: Sequence[int], member: Membership) -> Iterable[tuple[int, Linked]]:
    if not contacts.may_list_companies(member):
        return
    links = TaskCompany.objects.filter(task_id__in=task_ids, company__deleted_at=None)
    for link in links.select_related("company").order_by("pk"):
        url = reverse("contacts:company", args=[link.company_id])
        yield (
            link.task_id,
            Linked(kind="company", id=link.company_id, name=link.company.name, url=url, icon="building-2"),
        )
