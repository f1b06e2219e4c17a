"""What every view of sales reads from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

from afluente.kernel import http
from afluente.kernel.places import reordered as reordered
from afluente.sales import policies
from afluente.sales.models import Product
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

_NUMBERS = {"BR": "pt-br", "PL": "pl"}


def by(request: Request) -> Actor:
    """The signed-in member as the log names them."""
    return Actor("member", request.member.pk, request.user.name)


def number_locale(request: Request) -> str:
    """How amounts are read: as written in the workspace's country, else in the person's language."""
    return _NUMBERS.get(request.workspace.country, get_language() or "en")


def product(request: Request, pk: int) -> Product:
    """A product this member sees; 403 when they see none, 404 when there is none."""
    allowed = policies.products_visible_to(request.member).select_related("tax", "image")
    return http.pick(allowed, present=Product.objects.present(), pk=pk)


def editable_product(request: Request, pk: int) -> Product:
    """A product this member may change; otherwise as `product`."""
    allowed = policies.products_editable_by(request.member).select_related("tax", "image")
    return http.pick(allowed, present=Product.objects.present(), pk=pk)


def require_configurer(request: Request) -> None:
    """403 for people who may not set sales up."""
    if not policies.may_configure(request.member):
        raise PermissionDenied


def see_other(url: str) -> HttpResponse:
    """The answer to a form that was sent without script: go on with a GET."""
    return HttpResponseRedirect(url, status=303)


def asks_quietly(request: Request) -> bool:
    """Whether script sent this by itself, such as Undo, and needs no page back."""
    return request.headers.get("X-Requested-With") == "fetch"
