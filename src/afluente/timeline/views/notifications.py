"""What a member is told: the page, the number on the bell, reading, and how they want to be told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts.middleware import while_looking
from afluente.kernel import htmx, push
from afluente.timeline import forms, policies, services
from afluente.timeline.models import PushDevice
from afluente.timeline.selectors import notices
from afluente.timeline.selectors import notifications as reading
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

WAYS = (("bell", _("In Afluente")), ("mail", _("By e-mail")), ("monitor", _("On your devices")))
PEEK = 8  # lines in the drop-down
CHANGED = "af:notifications"  # tells the bell to count again


@require_safe
def notifications(request: Request) -> HttpResponse:
    """What the member is told, by record, unread first: without `show=all` only what is unread; `kind` is the
    only kind wanted. With `peek` the few newest, for the drop-down.
    """
    is_peek = "peek" in request.GET
    is_all = is_peek or request.GET.get("show") == "all"
    number = request.GET.get("before", "")
    before = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    known = {kind.name: kind for kind in notices.notification_kinds()}
    kind = known.get(request.GET.get("kind", ""))
    lines, following = reading.page(
        member=request.member,
        unread=not is_all,
        before=before,
        only=kind.name if kind else "",
        size=PEEK if is_peek else reading.PAGE,
    )
    step = {"show": "all"} if is_all else {}
    page, only = request.path, {"kind": kind.name} if kind else {}
    context = {
        "groups": reading.grouped(lines),
        "is_all": is_all,
        "kind": kind,
        "kinds": list(known.values()),
        "all_url": f"{page}?{urlencode({'show': 'all', **only})}",
        "unread_url": f"{page}?{urlencode(only)}" if only else page,
        "more_url": f"{page}?{urlencode({**step, **only, 'before': following})}" if following else "",
        "unread": reading.unread_count(request.member),
    }
    if is_peek:
        return render(request, "timeline/_peek.html", context)
    return htmx.respond(request, "timeline/notifications.html", context, fragment="list")


def _led_to(request: Request, pk: int) -> HttpResponse:
    """Go where one leads; it stays as it is."""
    found = policies.notifications_of(request.member).filter(pk=pk)
    lines = reading.lines(member=request.member, found=found)
    if not lines:
        raise Http404
    return HttpResponseRedirect(lines[0].url, status=303)


@while_looking(_led_to)
@require_POST
def opening(request: Request, pk: int) -> HttpResponse:
    """Read one, and go where it leads."""
    answer = _led_to(request, pk)
    services.mark_read(found=policies.notifications_of(request.member).filter(pk=pk))
    return answer


@require_POST
def reading_one(request: Request, pk: int) -> HttpResponse:
    """Mark one as read or, with `unread=1`, as unread."""
    get_object_or_404(policies.notifications_of(request.member), pk=pk)
    found = policies.notifications_of(request.member).filter(pk=pk)
    if request.POST.get("unread") == "1":
        services.mark_unread(found=found)
        return _answer(request, "")
    moment = services.mark_read(found=found)
    return _answer(request, gettext("Marked as read"), moment=moment)


@require_POST
def reading_all(request: Request) -> HttpResponse:
    """Mark everything as read, or all of one record, or of one kind, with a way back."""
    found = policies.notifications_of(request.member).filter(in_app=True, read_at=None)
    kind, record = request.POST.get("kind", ""), request.POST.get("record", "")
    if kind:
        found = found.filter(kind=kind)
    if record:
        name, _dash, number = record.rpartition("-")
        is_number = number.isascii() and number.isdigit() and len(number) < 19
        found = found.filter(record_kind=name, record_id=int(number)) if is_number else found.none()
    waiting = found.order_by()[: reading.COUNTED].count()
    moment = services.mark_read(found=found)
    said = ngettext("{n} marked as read", "{n} marked as read", waiting).format(n=formats.number(waiting))
    return _answer(request, said if moment else "", moment=moment)


@require_POST
def unreading(request: Request) -> HttpResponse:
    """Take back what was marked as read at the moment `at`."""
    try:
        moment = dt.datetime.fromtimestamp(int(request.GET.get("at", "")) / 1_000_000, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return HttpResponse(status=404)
    services.mark_unread(found=policies.notifications_of(request.member), moment=moment)
    return _answer(request, "")


def _answer(request: Request, said: str, *, moment: dt.datetime | None = None) -> HttpResponse:
    """The bell and the list read again; the page, when there is no script."""
    if not htmx.wants_fragment(request) and request.headers.get("X-Requested-With") != "fetch":
        if said:
            messages.success(request, said)
        return HttpResponseRedirect(reverse("timeline:notifications"), status=303)
    response = htmx.trigger(HttpResponse(status=204), CHANGED, {})
    if not said:
        return response
    undo = f"{reverse('timeline:unreading')}?at={_number_of(moment)}" if moment else None
    return htmx.toast(response, said, undo_url=undo)


def _number_of(moment: dt.datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: Request) -> HttpResponse:
    """Settings: by kind, in the product, by e-mail and by push; and when letters leave."""
    preference = notices.preferences_of([request.member.pk]).get(request.member.pk)
    form = forms.Channels(request.POST or None, member=request.member, preference=preference)
    if request.method == "POST" and form.is_valid():
        services.save_ways(member=request.member, ways=form.ways())
        messages.success(request, gettext("Saved"))
        return HttpResponseRedirect(request.path, status=303)
    context = {
        "form": form,
        "ways": WAYS,
        "devices": PushDevice.objects.filter(member=request.member).order_by("pk"),
        "push_key": push.public_key(),
    }
    return render(request, "timeline/channels.html", context, status=422 if form.errors else 200)
