"""Changing the tasks that somebody picked in the list, as one act with one way back (K14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from afluente.accounts.policies import assignable_by
from afluente.contacts import services as contacts
from afluente.contacts.models import BulkChange, Tag
from afluente.contacts.services import bulk as engine
from afluente.contacts.services.bulk_shapes import Change
from afluente.kernel import htmx, text
from afluente.tasks import forms, policies, services
from afluente.tasks.models import Step, Task
from afluente.tasks.selectors.filtering import TaskFilter
from afluente.tasks.selectors.picking import TaskSelection
from afluente.tasks.services import bulk as many
from afluente.tasks.services.bulk_kinds import words_of
from afluente.tasks.views import asking
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.requests import Request


@require_POST
def bulk(request: Request) -> HttpResponse:
    """`do` says what: `step:4`, `assignee:2` (empty: nobody), `priority:3`, `due` with `due_day` or `due:none`,
    `tag:5`, `untag:5`, `tag` with `tag_name`, `delete`. Of those picked (`id`, or `all` that `query` finds) those
    that the member may change are; the rest stays. Many are changed by a job.
    """
    act, _, value = request.POST.get("do", "").partition(":")
    if act not in _ACTS:
        raise Http404
    selection = TaskSelection.read(request.POST)
    try:
        change = _ACTS[act](request, value)
    except (services.TaskRefusedError, contacts.TagRefusedError) as refused:
        return _answer(request, str(refused))
    done = many.change_many(selection=selection, change=change, member=request.member, by=asking.by(request))
    if done.is_busy:
        return htmx.go(request, reverse("tasks:bulk_change", args=[done.pk]))
    way_back = reverse("tasks:bulk_undo", args=[done.pk]) if done.changed else None
    return _answer(request, said(done), way_back)


@require_safe
def change(request: Request, pk: int) -> HttpResponse:
    """How far a change has come; asked again every second while it runs."""
    found = _own(request, pk)
    is_undoing = found.state == BulkChange.State.UNDOING
    context = {
        "bulk": found,
        "words": words_of(Change(**found.change)),
        "said": said(found),
        "done": found.restored + found.kept if is_undoing else found.seen,
        "total": found.changed if is_undoing else found.total,
        "list_url": reverse("tasks:table"),
        "here": reverse("tasks:bulk_change", args=[pk]),
        "undo_url": reverse("tasks:bulk_undo", args=[pk]),
        "home_url": reverse("tasks:table"),
        "home": gettext("To the tasks"),
    }
    return htmx.respond(request, "contacts/bulk_change.html", context, fragment="progress")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a change back, as far as nobody has changed the same since."""
    _own(request, pk)
    found = engine.undo_bulk(bulk_id=pk, by=asking.by(request))
    if found is None:
        raise Http404
    if found.is_busy:
        return htmx.go(request, reverse("tasks:bulk_change", args=[pk]))
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    return _answer(request, said(found))


def said(done: BulkChange) -> str:
    """What became of a change, in a sentence or two."""
    if done.state in {BulkChange.State.UNDOING, BulkChange.State.UNDONE}:
        first = ngettext("{n} task is as it was", "{n} tasks are as they were", done.restored)
        rest = ngettext("{n} was changed since and stays", "{n} were changed since and stay", done.kept)
        counts = (done.restored, done.kept)
    else:
        changed = ngettext("{n} task changed", "{n} tasks changed", done.changed)
        gone = ngettext("{n} task deleted", "{n} tasks deleted", done.changed)
        first = gone if done.change["kind"] == "delete" else changed
        rest = ngettext("{n} stays: it cannot be so, or you may not change it", "{n} stay: they cannot be so, or you may not change them", done.refused)  # fmt: skip
        counts = (done.changed, done.refused)
    parts = [
        first.format(n=formats.number(counts[0])),
        *([rest.format(n=formats.number(counts[1]))] if counts[1] else []),
    ]
    return ". ".join(parts)


def _step(request: Request, value: str) -> Change:
    steps = Step.objects.filter(board__in=policies.boards_of(request.member))
    return Change("step", value=get_object_or_404(steps, pk=asking.number(value) or 0).pk)


def _assignee(request: Request, value: str) -> Change:
    wanted = asking.number(value)
    if wanted is not None:
        get_object_or_404(assignable_by(request.member), pk=wanted)
    return Change("assignee", value=wanted)


def _priority(_request: Request, value: str) -> Change:
    if (wanted := asking.number(value)) not in Task.Priority.values:
        raise Http404
    return Change("priority", value=wanted)


def _due(request: Request, value: str) -> Change:
    if value == "none":
        return Change("due", value=None)
    form = forms.Due({"value": request.POST.get("due_day", "")})
    if not form.is_valid() or form.cleaned_data["value"] is None:
        raise services.TaskRefusedError(gettext("Choose a day."), "due")
    at, is_day = forms.deadline(form.cleaned_data["value"], None)
    assert at is not None
    return Change("due", value=[at.isoformat(), is_day])


def _tag(request: Request, value: str) -> Change:
    name = text.clean(request.POST.get("tag_name", ""), limit=1_000)
    if value:
        tag = get_object_or_404(Tag, pk=asking.number(value) or 0)
    elif name:
        (tag,) = contacts.ensure_tags(names=[name], by=asking.by(request))
    else:
        raise services.TaskRefusedError(gettext("Name a tag."), "tag")
    return Change("tags", "add", [tag.pk])


def _untag(_request: Request, value: str) -> Change:
    return Change("tags", "remove", [get_object_or_404(Tag, pk=asking.number(value) or 0).pk])


_ACTS: dict[str, Callable[[Request, str], Change]] = {
    "step": _step,
    "assignee": _assignee,
    "priority": _priority,
    "due": _due,
    "tag": _tag,
    "untag": _untag,
    "delete": lambda _request, _value: Change("delete", value=False),
}


def _own(request: Request, pk: int) -> BulkChange:
    return get_object_or_404(BulkChange, pk=pk, member=request.member, entity=many.TASK)


def _answer(request: Request, said: str, way_back: str | None = None) -> HttpResponse:
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(status=204), "af:tasks", {})
        return htmx.toast(response, said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    query = QueryDict(request.POST.get("query", "").lstrip("?"))
    return asking.see_other(reverse("tasks:table") + TaskFilter.read(query).query())
