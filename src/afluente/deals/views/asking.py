"""What every view of deals reads from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext

from afluente.accounts import policies as accounts
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.kernel.places import reordered as reordered
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request
    from afluente.deals.models import DealQuerySet

_NUMBERS = {"BR": "pt-br", "PL": "pl"}


def by(request: Request) -> Actor:
    """The signed-in member as the log names them."""
    return Actor("member", request.member.pk, request.user.name)


def number_locale(request: Request) -> str:
    """How amounts are read: as written in the workspace's country, else in the person's language."""
    return _NUMBERS.get(request.workspace.country, get_language() or "en")


def movable(request: Request, pk: int) -> Deal:
    """A deal this member may change; 403 when it is out of reach, 404 when there is none."""
    return _picked(policies.movable_by(request.member), pk)


def mergeable(request: Request, pk: int) -> Deal:
    """A deal this member may make one with another; otherwise as `movable`."""
    return _picked(policies.mergeable_by(request.member), pk)


def visible(request: Request, pk: int) -> Deal:
    """A deal this member sees; otherwise as `movable`."""
    return _picked(policies.visible_to(request.member), pk)


def deletable(request: Request, pk: int) -> Deal:
    """A deal this member may put away; otherwise as `movable`."""
    return _picked(policies.deletable_by(request.member), pk)


def _picked(allowed: DealQuerySet, pk: int) -> Deal:
    return http.pick(allowed.select_related("pipeline", "stage"), present=Deal.objects.present(), pk=pk)


def stage_gone() -> str:
    """What is said when somebody deleted the stage a deal was to enter."""
    return gettext("That stage is gone. Reload the page to see the present ones.")


def members(request: Request) -> list[Membership]:
    """Everybody a deal can be given to, by name."""
    return list(accounts.assignable_by(request.member).order_by("user__name", "pk"))


def see_other(url: str) -> HttpResponse:
    """The answer to a form that was sent without script: go on with a GET."""
    return HttpResponseRedirect(url, status=303)


def way_back_to(deal: Deal, field: str, value: Any) -> str:
    """The address whose POST gives a field back what it says now; "" when `value` is that."""
    present = deal.assignee_id if field == "assignee" else deal.type_id if field == "type" else None
    if field in {"assignee", "type"}:
        is_so = present == (value.pk if value else None)
        said = str(present or "")
    else:
        said = f"{deal.amount:f}" if field == "amount" else getattr(deal, field)
        is_so = getattr(deal, field) == value
    address = reverse("deals:field", args=[deal.pk, field])
    return "" if is_so else f"{address}?{urlencode({'undo': 1, 'value': said})}"


def asks_quietly(request: Request) -> bool:
    """Whether script sent this by itself, such as Undo, and needs no page back."""
    return request.headers.get("X-Requested-With") == "fetch"


def require_configurer(request: Request) -> None:
    """403 for people who may not configure pipelines: they can see that settings exist."""
    if not policies.may_configure(request.member):
        raise PermissionDenied


def address(said: str) -> QueryDict:
    """What an address says, as if it were asked for."""
    return QueryDict(said.lstrip("?"))


def number(text: str | None) -> int | None:
    """An id as an address or a form says it; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
