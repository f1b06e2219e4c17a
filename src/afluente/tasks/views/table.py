"""The list and the calendar of tasks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from afluente.contacts.models import Tag
from afluente.kernel import htmx
from afluente.kernel.conditions import ALL
from afluente.tasks import policies, selectors
from afluente.tasks.models import Task
from afluente.tasks.selectors.calendar import MONTH, WEEK
from afluente.tasks.selectors.table import DONE, EVERYTHING, OPEN
from afluente.tasks.views import asking
from afluente.tasks.views.filtering import filter_frame

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

TAGS = 100  # offered in the menu of the picked tasks


@require_safe
def table(request: Request) -> HttpResponse:
    """Every task one sees, filtered; several can be picked and changed at once (K14)."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    asked = selectors.TaskFilter.read(request.GET)
    state = request.GET.get("state", OPEN)
    state = state if state in {DONE, EVERYTHING} else OPEN
    after = asking.number(request.GET.get("after"))
    page = selectors.table(member=request.member, asked=asked, state=state, after=after)
    base, said = reverse("tasks:table"), "" if state == OPEN else state
    following = asked.query(state=said, after=page.next_after) if page.next_after else ""
    context = {
        "page": page,
        "here": base + asked.query(state=said),
        "list_query": asked.query(state=said),
        "more_url": base + following if following else "",
        "states": [
            (label, base + asked.query(state="" if slug == OPEN else slug), slug == state)
            for slug, label in (
                (OPEN, gettext("To do")),
                (DONE, pgettext("task", "Done")),
                (EVERYTHING, pgettext("tasks", "All")),
            )
        ],
        "boards": selectors.boards(),
        "members": asking.members(request),
        "tags": list(Tag.objects.order_by("name")[:TAGS]),
        "priorities": Task.Priority.choices,
        "may_create": policies.may_create(request.member),
        **filter_frame(request, asked, base),
    }
    return htmx.respond(request, "tasks/table.html", context, fragment="more" if after else "rows")


@require_safe
def calendar(request: Request) -> HttpResponse:
    """Tasks by their deadline: a month (`view=month`) or a week, one's own or everybody's (`whose=all`)."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    asked = selectors.TaskFilter.read(request.GET)
    view = WEEK if request.GET.get("view") == WEEK else MONTH
    is_all = request.GET.get("whose") == "all"
    on = _date(request.GET.get("on", ""))
    shown = selectors.calendar(member=request.member, asked=asked, view=view, on=on, only_own=not is_all)
    base = reverse("tasks:calendar")

    def address(on: dt.date, view: str = view, *, whose: bool = is_all) -> str:
        kept = "" if view == MONTH else view
        return base + asked.query(view=kept, whose="all" if whose else "", on=on.isoformat())

    context = {
        "calendar": shown,
        "before_url": address(shown.before),
        "after_url": address(shown.after),
        "today_url": address(timezone.localdate()),
        "here": address(on),
        "weekdays": [day.date for day in shown.weeks[0]],
        "kinds": [
            (gettext("Month"), address(on, MONTH), view == MONTH),
            (gettext("Week"), address(on, WEEK), view == WEEK),
        ],
        "whose": [
            (pgettext("tasks", "Mine"), address(on, whose=False), not is_all),
            (pgettext("tasks", "All"), address(on, whose=True), is_all),
        ],
        "week_base": base + asked.query(view=WEEK, whose="all" if is_all else "") + "&on=",
        "list_base": _list_of_a_day(asked, is_all=is_all),
        "may_create": policies.may_create(request.member),
        **filter_frame(request, asked, base),
    }
    return htmx.respond(request, "tasks/calendar.html", context, fragment="calendar")


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
