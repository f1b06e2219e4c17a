"""The list and the calendar of tasks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.contacts.models import Tag
from afluente.contacts.selectors import offered_columns
from afluente.contacts.services import arranging
from afluente.kernel import htmx, slots
from afluente.kernel.conditions import ALL
from afluente.tasks import policies, selectors
from afluente.tasks.models import Task
from afluente.tasks.selectors.calendar import MONTH, WEEK
from afluente.tasks.selectors.orders import DONE, NEWEST, OPEN, USUAL
from afluente.tasks.selectors.table import EVERYTHING, TASK
from afluente.tasks.views import asking
from afluente.tasks.views.filtering import filter_frame

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

TAGS = 100  # offered in the menu of the picked tasks


@require_safe
def table(request: Request) -> HttpResponse:
    """Every task one sees, filtered; several can be picked and changed at once (K14)."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    asked, state = selectors.TaskFilter.read(request.GET), asking.state(request.GET)
    after = asking.number(request.GET.get("after"))
    order = request.GET.get("sort", "")
    page = selectors.table(member=request.member, asked=asked, state=state, order=order, after=after)
    base, said = reverse("tasks:table"), "" if state == OPEN else state
    sort = "" if page.order == USUAL.get(state, NEWEST) else page.order
    plain, query = base + asked.query(state=said), asked.query(state=said).lstrip("?")
    following = asked.query(state=said, sort=sort, after=page.next_after) if page.next_after else ""
    context = {
        "page": page,
        "heads": selectors.table_heads(page, plain + ("&" if query else "?"), state),
        "here": base + asked.query(state=said, sort=sort),
        "list_query": asked.query(state=said),
        "columns_url": f"{reverse('tasks:columns')}?{urlencode({'query': query})}",
        "more_url": base + following if following else "",
        "states": _states(asked, base, state),
        "boards": selectors.boards(),
        "members": asking.members(request),
        "tags": list(Tag.objects.order_by("name")[:TAGS]),
        "priorities": Task.Priority.choices,
        "may_create": policies.may_create(request.member),
        "menu": slots.parts("tasks.menu", member=request.member, query=query),
        "acts": slots.parts("tasks.bulk", member=request.member),
        **filter_frame(request, asked, base),
    }
    return htmx.respond(request, "tasks/table.html", context, fragment="more" if after else "rows")


def _states(asked: selectors.TaskFilter, base: str, state: str) -> list[tuple[str, str, bool]]:
    """The tabs above the list: what they are called, where they lead, whether they are open."""
    labels = (
        (OPEN, gettext("To do")),
        (DONE, pgettext("task", "Done")),
        (EVERYTHING, pgettext("tasks", "All")),
    )
    return [
        (label, base + asked.query(state="" if slug == OPEN else slug), slug == state)
        for slug, label in labels
    ]


@require_http_methods(["GET", "POST"])
def columns(request: Request) -> HttpResponse:
    """The form with every column; POST changes them, as `contacts.services.arranging.change_columns` says."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    said = QueryDict((request.POST if request.method == "POST" else request.GET).get("query", "").lstrip("?"))
    asked, state = selectors.TaskFilter.read(said), asking.state(said)
    query = asked.query(state="" if state == OPEN else state)
    view = selectors.view_for(member=request.member, asked=asked)
    list_url = reverse("tasks:table") + query
    if request.method == "POST":
        act = arranging.change_columns(member=request.member, view=view, data=request.POST, entity=TASK)
        return _told(request, act, list_url, query)
    offered = offered_columns(member=request.member, view=view, entity=TASK)
    context = {
        "shown": [one for one in offered if one.is_shown],
        "hidden": [one for one in offered if not one.is_shown],
        "query": query.lstrip("?"),
        "view": view,
        "columns_url": reverse("tasks:columns"),
        "list_url": list_url,
    }
    return htmx.respond(request, "contacts/columns.html", context, fragment="form")


def _told(request: Request, act: str, list_url: str, query: str) -> HttpResponse:
    if act == "width":
        return HttpResponse(status=204)
    if htmx.wants_fragment(request):
        if act == "reset":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return htmx.trigger(HttpResponse(status=204), "af:tasks", {})
    form_url = f"{reverse('tasks:columns')}?{urlencode({'query': query.lstrip('?')})}"
    return redirect(form_url if act in {"up", "down"} else list_url)


@require_safe
def calendar(request: Request) -> HttpResponse:
    """Tasks by their deadline: a month (`view=month`, with the list of its `day`) or a week, one's own or
    everybody's (`whose=all`).
    """
    if not policies.may_list(request.member):
        raise PermissionDenied
    asked = selectors.TaskFilter.read(request.GET)
    view = WEEK if request.GET.get("view") == WEEK else MONTH
    is_all = request.GET.get("whose") == "all"
    day = _date(said) if view == MONTH and (said := request.GET.get("day", "")) else None
    on = day or _date(request.GET.get("on", ""))
    shown = selectors.calendar(
        member=request.member, asked=asked, view=view, on=on, only_own=not is_all, day=day
    )
    base = reverse("tasks:calendar")
    context = {
        "calendar": shown,
        "weekdays": [date.date for date in shown.weeks[0]],
        "may_create": policies.may_create(request.member),
        **_addresses(asked, shown, on, day, is_all=is_all),
        **filter_frame(request, asked, base),
    }
    return htmx.respond(request, "tasks/calendar.html", context, fragment="calendar")


def _addresses(
    asked: selectors.TaskFilter, shown: selectors.Calendar, on: dt.date, day: dt.date | None, *, is_all: bool
) -> dict[str, Any]:
    """Where the calendar leads: on and back, to its other kinds, to a week, a day and a list, without their day."""
    base, view = reverse("tasks:calendar"), shown.view

    def address(on: dt.date, view: str = view, *, whose: bool = is_all) -> str:
        kept = "" if view == MONTH else view
        return base + asked.query(view=kept, whose="all" if whose else "", on=on.isoformat())

    kept = asked.query(whose="all" if is_all else "")
    day_base = f"{base}{kept}{'&' if kept else '?'}day="
    list_base = _list_of_a_day(asked, is_all=is_all)
    return {
        "before_url": address(shown.before),
        "after_url": address(shown.after),
        "today_url": address(timezone.localdate()),
        "here": day_base + on.isoformat() if day else address(on),
        "kinds": [
            (gettext("Month"), address(on, MONTH), view == MONTH),
            (gettext("Week"), address(on, WEEK), view == WEEK),
        ],
        "whose": [
            (pgettext("tasks", "Mine"), address(on, whose=False), not is_all),
            (pgettext("tasks", "All"), address(on, whose=True), is_all),
        ],
        "week_base": base + asked.query(view=WEEK, whose="all" if is_all else "") + "&on=",
        "day_base": day_base,
        "list_base": list_base,
        "more_base": list_base if day else day_base,
    }


def _list_of_a_day(asked: selectors.TaskFilter, *, is_all: bool) -> str:
    """The list of what is due on a day, without the day: what a full day of a week leads to."""
    kept = asked if asked.where.match == ALL else selectors.TaskFilter(q=asked.q)
    own = "" if is_all else "&where=assignee.is:me"
    return f"{reverse('tasks:table')}{kept.query(state=EVERYTHING)}{own}&where=due.on:"


def _date(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said[:10])
    except ValueError:
        return timezone.localdate()
