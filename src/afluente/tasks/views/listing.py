"""My tasks, the tasks of a record, and adding one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.accounts.policies import assignable_by
from afluente.kernel import htmx, once
from afluente.tasks import forms, policies, selectors, services
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def tasks(request: Request) -> HttpResponse:
    """Tasks by deadline: one's own, those given to others, followed ones, or all that one sees."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    wanted = selectors.Wanted.read(request.GET)
    page = selectors.my_tasks(member=request.member, wanted=wanted)
    context = {
        "page": page,
        "wanted": wanted,
        "here": request.path + wanted.address(after=wanted.after),
        "more_url": request.path + wanted.address(after=page.next_after) if page.next_after else "",
        "views": _views(wanted),
        "states": _states(wanted),
        "may_create": policies.may_create(request.member),
        "tomorrow": timezone.localdate() + dt.timedelta(days=1),
    }
    fragment = "more" if wanted.after else "list"
    return htmx.respond(request, "tasks/list.html", context, fragment=fragment)


def _views(wanted: selectors.Wanted) -> list[tuple[str, str, bool]]:
    """The tabs above the list: what they are called, where they lead, whether they are open."""
    labels = (
        ("mine", pgettext("tasks", "Mine")),
        ("given", gettext("Given to others")),
        ("followed", gettext("Followed")),
        ("all", pgettext("tasks", "All")),
    )
    base = reverse("tasks:list")
    return [(label, base + wanted.address(whose=slug), wanted.whose == slug) for slug, label in labels]


def _states(wanted: selectors.Wanted) -> list[tuple[str, str, bool]]:
    base = reverse("tasks:list")
    labels = (("open", gettext("To do")), ("done", pgettext("task", "Done")))
    return [(label, base + wanted.address(state=slug), wanted.state == slug) for slug, label in labels]


@require_safe
def of(request: Request, area: str, entity: int) -> HttpResponse:
    """The tasks of a contact, deal or company: what its tab shows, read again after a change."""
    found = asking.record(request, area, entity)
    if not htmx.wants_fragment(request):
        return redirect(found.url)
    return _drawn_of(request, found)


def _drawn_of(request: Request, found: asking.Record) -> HttpResponse:
    context = {"part": part_of(request.member, found.kind, found.pk)}
    return render(request, "tasks/_record_rows.html", context)


def part_of(member: Any, kind: str, pk: int) -> dict[str, Any]:
    """What the tab of a record is drawn with."""
    return {
        "rows": selectors.tasks_of(member=member, kind=kind, record_id=pk),
        "may_create": policies.may_create(member),
        **_quick_part(member, kind, pk),
    }


def _quick_part(member: Any, kind: str, pk: int) -> dict[str, Any]:
    """What the line that adds a task to a record is drawn with."""
    members = list(assignable_by(member).order_by("user__name", "pk"))
    return {
        "kind": kind,
        "pk": pk,
        "members": members,
        "me": member.pk,
        "form": forms.NewTask(members=assignable_by(member), known=selectors.asked_fields()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Add a task: a page of its own, a form in a dialog, or the line above the tasks of a record."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    found = asking.asked_record(request)
    data = request.POST if request.method == "POST" else None
    form = forms.NewTask(
        data,
        members=assignable_by(request.member),
        known=selectors.asked_fields(),
        initial={"assignee": request.member.pk, "priority": 2, "kind": request.GET.get("kind", "")},
    )
    if data is not None and form.is_valid():
        return _create(request, form, found)
    if data is not None and found is not None and htmx.target_id(request) == "quick-add":
        part = _quick_part(request.member, found.kind, found.pk) | {"form": form}
        return render(request, "tasks/_quick.html", {"part": part, "form": form}, status=422)
    context = {"form": form, "record": found, "is_part": htmx.wants_fragment(request)}
    status = 422 if form.errors else 200
    return htmx.respond(request, "tasks/new.html", context, fragment="form", status=status)


def _create(request: Request, form: forms.NewTask, found: asking.Record | None) -> HttpResponse:
    if address := once.led_to(request.POST, by=request.member.pk):
        return htmx.go(request, address)
    about: dict[str, Any] = {f"{found.kind}_ids": [found.pk]} if found else {}
    assignee = form.cleaned_data["assignee"]
    (task_id,) = services.create_tasks(
        tasks=[
            services.NewTask(
                title=form.cleaned_data["title"],
                description=form.cleaned_data["description"],
                priority=form.cleaned_data["priority"],
                assignee_id=assignee.pk if assignee else None,
                created_by_id=request.member.pk,
                kind=form.cleaned_data["kind"],
                **form.times,
                **about,
            )
        ],
        by=asking.by(request),
    )
    services.fill_values(given={task_id: form.held}, by=asking.by(request), is_told=False)
    address = reverse("tasks:task", args=[task_id])
    once.keep(request.POST, by=request.member.pk, address=address)
    said = gettext("Task added")
    way_back = reverse("tasks:deletion", args=[task_id])
    if not htmx.wants_fragment(request):
        messages.success(request, said, extra_tags=f"undo:{way_back}")
        return asking.see_other(found.url if found else reverse("tasks:list"))
    if found is not None and htmx.target_id(request) == "quick-add":
        part = _quick_part(request.member, found.kind, found.pk)
        response = render(request, "tasks/_quick.html", {"part": part, "is_next": True})
    else:
        response = htmx.trigger(HttpResponse(status=204), "af:close", {})
    htmx.trigger(response, "af:tasks", {})
    return htmx.toast(htmx.trigger(response, "af:history", {}), said, undo_url=way_back)
