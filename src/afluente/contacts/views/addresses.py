"""The ways to reach a contact, changed in place."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.models import Contact, ContactMessenger
from afluente.contacts.views.contact import actor_of, answer, changed_since, editable
from afluente.kernel import email, htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

KINDS = ("email", "phone", "messenger")
_NAMES = {"email": _("E-mail"), "phone": _("Phone"), "messenger": _("Messenger")}


@require_http_methods(["GET", "POST"])
def addresses(request: Request, pk: int) -> HttpResponse:
    """The box for a new address, and adding it. Undo sends its values in the address of the request."""
    editable(request, pk)
    kind = _kind(request.POST.get("kind") or request.GET.get("kind", ""))
    sent = request.POST if "typed" in request.POST else request.GET
    if request.method == "GET":
        return _editor(request, pk, kind, {})
    try:
        made = services.add_address(
            contact_id=pk,
            address=_address(request, kind, sent),
            by=actor_of(request),
            is_primary=sent.get("main") == "1",
        )
    except services.AddressRefusedError as refused:
        return _editor(request, pk, kind, {"error": str(refused), "typed": sent.get("typed", "")})
    if "undo" in request.GET:
        return htmx.trigger(HttpResponse(status=204), "af:history", {})
    undo = reverse("contacts:address_deletion", args=[pk, kind, made])
    drawn = htmx.toast(
        answer(request, pk), gettext("{field} added").format(field=_NAMES[kind]), undo_url=undo
    )
    return _warned(request, pk, kind, sent.get("typed", ""), drawn)


@require_http_methods(["GET", "POST"])
def address(request: Request, pk: int, kind: str, address: int) -> HttpResponse:
    """The box in which an address is changed, and changing it. Undo sends its values in the address."""
    found = _found(request, pk, kind, address)
    if request.method == "GET":
        return _editor(request, pk, kind, {"address": found, "typed": found.value})
    sent = request.GET if "undo" in request.GET else request.POST
    error, typed = "", sent.get("typed", "")
    try:
        services.change_address(
            contact_id=pk,
            address_id=address,
            address=_address(request, _kind(kind), sent),
            by=actor_of(request),
            seen=sent.get("seen"),
        )
        return _warned(request, pk, kind, typed, _changed(request, pk, found))
    except services.AddressRefusedError as refused:
        error = str(refused)
    except services.ChangedMeanwhileError as changed:
        if "undo" in request.GET:
            return changed_since()
        error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
        found = _found(request, pk, kind, address)
    except services.AddressGoneError:
        return answer(request, pk)
    return _editor(request, pk, kind, {"address": found, "typed": typed, "error": error})


@require_POST
def main(request: Request, pk: int, kind: str, address: int) -> HttpResponse:
    """Make an address the main one of its kind, with a way back."""
    found = _found(request, pk, kind, address)
    former = next((row for row in _all(request, pk, kind) if row.is_primary), None)
    with suppress(services.AddressGoneError):
        services.make_primary(contact_id=pk, kind=_kind(kind), address_id=address, by=actor_of(request))
    if former is None or former.id == address:
        return answer(request, pk)
    undo = reverse("contacts:address_main", args=[pk, kind, former.id])
    sentence = gettext("{address} is the main one").format(address=found.shown)
    return htmx.toast(answer(request, pk), sentence, undo_url=undo)


@require_POST
def deletion(request: Request, pk: int, kind: str, address: int) -> HttpResponse:
    """Remove an address, with a way back."""
    found = _found(request, pk, kind, address)
    try:
        services.remove_address(contact_id=pk, kind=_kind(kind), address_id=address, by=actor_of(request))
    except services.NamelessContactError:
        sentence = gettext("Keep a name or an address to know them by.")
        return _editor(request, pk, kind, {"address": found, "typed": found.value, "error": sentence})
    except services.AddressGoneError:
        return answer(request, pk)
    values = {
        "kind": kind,
        "typed": found.value,
        "messenger": found.label,
        "main": int(found.is_primary),
        "undo": 1,
    }
    undo = f"{reverse('contacts:addresses', args=[pk])}?{urlencode(values)}"
    return htmx.toast(
        answer(request, pk), gettext("{address} removed").format(address=found.shown), undo_url=undo
    )


def _changed(request: Request, pk: int, had: selectors.Address) -> HttpResponse:
    """The contact after a change of an address, with a way back when there was one."""
    drawn = answer(request, pk)
    now = next((row for row in _all(request, pk, had.kind) if row.id == had.id), None)
    if now is None or (now.value, now.label) == (had.value, had.label):
        return drawn
    values = {"typed": had.value, "messenger": had.label, "seen": now.value, "undo": 1}
    undo = f"{request.path}?{urlencode(values)}"
    return htmx.toast(drawn, gettext("{field} changed").format(field=_NAMES[had.kind]), undo_url=undo)


def _warned(request: Request, pk: int, kind: str, typed: str, response: HttpResponse) -> HttpResponse:
    """Say who else has the e-mail (Q2): it is kept all the same, and the card names them with a link."""
    key = email.match_key(typed) if kind == "email" else None
    same = Contact.objects.present().filter(emails__key=key).exclude(pk=pk).order_by("pk") if key else None
    other = same.first() if same is not None else None
    if other is None:
        return response
    undo = htmx.undo_of(response)
    if not policies.visible_to(request.member).filter(pk=other.pk).exists():
        return htmx.toast(response, gettext("A contact of another team has this e-mail."), undo_url=undo)
    sentence = gettext("Another contact has this e-mail: {name}.")
    return htmx.toast(response, sentence.format(name=other.name or f"#{other.pk}"), undo_url=undo)


def _editor(request: Request, pk: int, kind: str, values: dict[str, Any]) -> HttpResponse:
    context = {
        "contact_id": pk,
        "kind": kind,
        "address": None,
        "typed": "",
        "error": "",
        "messengers": ContactMessenger.Kind.choices,
        **values,
    }
    status = 422 if context["error"] else 200
    return htmx.respond(request, "contacts/address.html", context, fragment="editor", status=status)


def _address(request: Request, kind: Any, sent: Any) -> services.NewAddress:
    form = forms.Address(sent)
    form.is_valid()
    return services.NewAddress(
        kind=kind,
        typed=sent.get("typed", ""),
        country=request.workspace.country,
        messenger=form.cleaned_data.get("messenger") or ContactMessenger.Kind.WHATSAPP,
        is_checked="undo" not in request.GET,  # a way back gives what was there, whatever it was
    )


def _kind(kind: str) -> Any:
    if kind not in KINDS:
        raise Http404
    return kind


def _found(request: Request, pk: int, kind: str, address: int) -> selectors.Address:
    """The address of a contact that the member may change."""
    editable(request, pk)
    for row in _all(request, pk, _kind(kind)):
        if row.id == address:
            return row
    raise Http404


def _all(request: Request, pk: int, kind: str) -> list[selectors.Address]:
    card = selectors.contact_card(member=request.member, contact_id=pk)
    return [row for row in card.addresses if row.kind == kind] if card else []
