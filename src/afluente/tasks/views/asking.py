"""What every view of tasks reads from a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from afluente.accounts.policies import assignable_by
from afluente.contacts import policies as contact_policies
from afluente.contacts.models import Company, Contact
from afluente.deals import policies as deal_policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.tasks import policies
from afluente.tasks.models import Task
from afluente.tasks.selectors.orders import DONE, OPEN
from afluente.tasks.selectors.table import EVERYTHING
from afluente.tasks.services import COMPANY, CONTACT, DEAL
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request


@dataclass(frozen=True)
class Record:
    """What a task is linked to from the page of a record."""

    kind: str
    pk: int
    row: Any

    @property
    def url(self) -> str:
        """The page of the record with its tab of tasks open."""
        return f"{reverse(_PAGES[self.kind], args=[self.pk])}?tab=tasks"

    @property
    def name(self) -> str:
        return getattr(self.row, "name", "") or f"#{self.pk}"


_PAGES = {CONTACT: "contacts:contact", DEAL: "deals:deal", COMPANY: "contacts:company"}


def seen_records(member: Membership, kind: str) -> QuerySet[Any]:
    """The present records of a kind that `member` sees. Raises Http404 for a kind there is not."""
    allowed: dict[str, QuerySet[Any]] = {
        CONTACT: contact_policies.visible_to(member),
        DEAL: deal_policies.visible_to(member),
        COMPANY: contact_policies.companies_visible_to(member),
    }
    if kind not in allowed:
        raise Http404
    return allowed[kind]


def record(request: Request, kind: str, pk: int) -> Record:
    """A record that this member sees; 403 when it is out of reach, 404 when there is none."""
    present = {CONTACT: Contact, DEAL: Deal, COMPANY: Company}.get(kind)
    if present is None:
        raise Http404
    rows: Any = present.objects
    return Record(kind, pk, http.pick(seen_records(request.member, kind), present=rows.present(), pk=pk))


def asked_record(request: Request) -> Record | None:
    """The record that a form or an address names as `contact`, `deal` or `company`; None for none."""
    for kind in (CONTACT, DEAL, COMPANY):
        if value := request.POST.get(kind) or request.GET.get(kind):
            found = number(value)
            if found is None:
                raise Http404
            return record(request, kind, found)
    return None


def visible(request: Request, pk: int) -> Task:
    """A task that this member sees; 403 when it is out of reach, 404 when there is none."""
    return http.pick(policies.visible_to(request.member), present=Task.objects.present(), pk=pk)


def editable(request: Request, pk: int) -> Task:
    """A task that this member may change; otherwise as `visible`."""
    return http.pick(policies.editable_by(request.member), present=Task.objects.present(), pk=pk)


def deletable(request: Request, pk: int) -> Task:
    return http.pick(policies.deletable_by(request.member), present=Task.objects.present(), pk=pk)


def by(request: Request) -> Actor:
    """The signed-in member as the log names them."""
    return Actor("member", request.member.pk, request.user.name)


def members(request: Request) -> list[Membership]:
    """Everybody a task can be given to, by name."""
    return list(assignable_by(request.member).order_by("user__name", "pk"))


def state(said: QueryDict) -> str:
    """Which tasks a list asks for: open ones unless it says otherwise."""
    found = said.get("state", "")
    return found if found in {DONE, EVERYTHING} else OPEN


def see_other(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)


def asks_quietly(request: Request) -> bool:
    """Whether script sent this by itself, such as Undo, and needs no page back."""
    return request.headers.get("X-Requested-With") == "fetch"


def number(value: str | None) -> int | None:
    """An id as an address or a form says it; None for anything else."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 18 else None
