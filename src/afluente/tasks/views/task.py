"""One task: its card, its page, and changing it in place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from afluente.accounts.policies import assignable_by
from afluente.contacts import services as contacts
from afluente.contacts.models import Tag
from afluente.kernel import clock, htmx, text
from afluente.tasks import forms, policies, selectors, services
from afluente.tasks.models import Step, TaskTag
from afluente.tasks.views import asking, talking

if TYPE_CHECKING:
    from django import forms as django_forms

    from afluente.accounts.requests import Request
    from afluente.tasks.models import Task

PLANNED = {"kind", "start", "place", "phone", "repeat", "reminder"}  # drawn by _planned.html
HALF_AN_HOUR = dt.timedelta(minutes=30)
FIELDS = (
    "title",
    "description",
    "step",
    "priority",
    "assignee",
    "due",
    "start",
    "observers",
    "tags",
    "kind",
    "place",
    "phone",
    "repeat",
    "reminder",
)


@require_safe
def task(request: Request, pk: int) -> HttpResponse:
    """The page of a task, its side panel beside the list, or its card in a dialog."""
    asking.visible(request, pk)
    if talking.wants_history(request):
        return talking.history(request, pk)
    context = _context(request, pk) | {"feed": talking.feed(request, pk)}
    in_dialog = htmx.target_id(request) == "task-card"
    return htmx.respond(request, "tasks/task.html", context, fragment="card" if in_dialog else "panel")


def _context(request: Request, pk: int, **failed: Any) -> dict[str, Any]:
    card = selectors.task_card(member=request.member, task_id=pk)
    if card is None:
        raise Http404
    return {
        "card": card,
        "task": card.task,
        "members": asking.members(request),
        "tag_names": list(Tag.objects.order_by("name").values_list("name", flat=True)[:200]),
        "priorities": type(card.task).Priority.choices,
        "kinds": type(card.task).Kind.choices,
        "may_edit": not card.is_fixed,
        "may_delete": policies.deletable_by(request.member).filter(pk=pk).exists(),
        "failed": failed,
    }


@require_POST
def field(request: Request, pk: int, part: str) -> HttpResponse:
    """Save one field as soon as it is left. `was` is what it said when the person began."""
    if part not in FIELDS:
        raise Http404
    present = asking.editable(request, pk)
    form = _form(request, present, part)
    if form is not None and not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _draw(request, pk, part, said)
    try:
        _save(request, present, part, form)
    except (services.TaskRefusedError, contacts.TagRefusedError) as refused:
        return _draw(request, pk, part, str(refused))
    except services.ChangedMeanwhileError as changed:
        said = gettext("Somebody changed this to {value} meanwhile. Save again to replace it.")
        return _draw(request, pk, part, said.format(value=changed.present))
    return _draw(request, pk, part)


def _form(request: Request, present: Task, part: str) -> django_forms.Form | None:
    data = request.POST if "value" in request.POST or part in {"observers", "tags", "repeat"} else request.GET
    members = assignable_by(request.member)
    if part == "tags":
        return None
    if part in {"assignee", "observers"}:
        kind = forms.Assignee if part == "assignee" else forms.Observers
        return kind(data, members=members)
    if part == "step":
        return forms.StepChoice(data, steps=Step.objects.filter(board_id=present.board_id))
    plain: dict[str, type[django_forms.Form]] = {
        "title": forms.Title,
        "description": forms.Description,
        "priority": forms.Priority,
        "due": forms.Due,
        "start": forms.Start,
        "kind": forms.KindChoice,
        "place": forms.Words,
        "phone": forms.Words,
        "repeat": forms.Repeat,
        "reminder": forms.Reminder,
    }
    return plain[part](data)


def _save(request: Request, present: Task, part: str, form: Any) -> None:
    by, ids = asking.by(request), [present.pk]
    data: dict[str, Any] = form.cleaned_data if form else {}
    value: Any = data.get("value")
    if part == "step":
        services.move_tasks(task_ids=ids, to=value, by=by)
    elif part == "observers":
        services.set_observers(task_ids=ids, member_ids=[one.pk for one in value or ()], by=by)
    elif part == "tags":
        services.set_tags(task_ids=ids, tag_ids=_tags(request, present), by=by)
    else:
        changes = (
            {"repeat": form.rule(present.anchor)}
            if part == "repeat"
            else _changes(present, part, value, data)
        )
        seen = (
            {part: request.POST["was"]} if part in {"title", "description"} and "was" in request.POST else {}
        )
        if "description" in seen:  # browsers send line ends of their own
            seen["description"] = seen["description"].replace("\r\n", "\n")
        services.change_tasks(task_ids=ids, changes=changes, by=by, seen=seen)


def _changes(present: Task, part: str, value: Any, data: dict[str, Any]) -> dict[str, Any]:
    if part == "due":
        due_at, is_day = forms.deadline(value, data.get("time"))
        return {"due_at": due_at, "due_is_day": is_day}
    if part == "start":
        return _started(present, value, data.get("time"))
    if part == "reminder":
        return {"remind_before": value}
    if part == "kind":
        return _kind(present, value)
    if part == "assignee":
        return {"assignee_id": value.pk if value else None}
    return {part: value.replace("\r\n", "\n") if part == "description" else value}


def _started(present: Task, day: Any, time: Any) -> dict[str, Any]:
    """Another start; a call or a meeting keeps its length."""
    if day is None:
        return {"start_at": None}
    start = forms.deadline(day, time)[0] if time else selectors.midnight(day)
    if present.is_planned and present.start_at and present.due_at and start:
        return {"start_at": start, "due_at": start + (present.due_at - present.start_at)}
    return {"start_at": start}


def _kind(present: Task, kind: str) -> dict[str, Any]:
    """A task that becomes a call or a meeting begins half an hour before its deadline, or now."""
    if kind == present.Kind.TASK or (present.start_at and present.due_at):
        return {"kind": kind}
    if present.due_is_day and present.due_at:
        day = timezone.localtime(present.due_at).date()
        return {"kind": kind, "start_at": selectors.midnight(day)}
    end = present.due_at or clock.now().replace(second=0, microsecond=0) + HALF_AN_HOUR
    return {"kind": kind, "start_at": end - HALF_AN_HOUR, "due_at": end}


def _tags(request: Request, present: Task) -> set[int]:
    """The tags the task has, with what was typed and without what was taken off."""
    ids = set(TaskTag.objects.filter(task_id=present.pk).values_list("tag_id", flat=True))
    if gone := asking.number(request.POST.get("tag", "")):
        return ids - {gone}
    name = text.clean(request.POST.get("name", ""), limit=1_000)
    made = contacts.ensure_tags(names=[name], by=asking.by(request)) if name else []
    return ids | {tag.pk for tag in made}


def _draw(request: Request, pk: int, part: str, error: str = "") -> HttpResponse:
    status = 422 if error else 200
    if asking.asks_quietly(request):
        return HttpResponse(status=422 if error else 204)
    if not policies.visible_to(request.member).filter(pk=pk).exists():  # given out of one's reach
        if htmx.wants_fragment(request):
            return HttpResponse(headers={"HX-Redirect": reverse("tasks:list")})
        return asking.see_other(reverse("tasks:list"))
    typed = request.POST.get("name" if part == "tags" else "value", "")
    context = _context(request, pk, field=part, text=error, typed=typed) if error else _context(request, pk)
    if part == "kind" or error:
        context["feed"] = talking.feed(request, pk)
    if not htmx.wants_fragment(request):
        if error:
            return render(request, "tasks/task.html", context, status=422)
        return asking.see_other(reverse("tasks:task", args=[pk]))
    if part == "kind" and not error:  # what else the card shows depends on it
        response = render(request, "tasks/task.html#card", context)
    else:
        of = "_planned" if part in PLANNED else "_fields"
        response = render(request, f"tasks/{of}.html#{part}", context, status=status)
    return response if error else _told(response)


def _told(response: HttpResponse) -> HttpResponse:
    """Lists of tasks and histories read themselves again."""
    return htmx.trigger(htmx.trigger(response, "af:tasks", {}), "af:history", {})


@require_POST
def completion(request: Request, pk: int) -> HttpResponse:
    """Done, with a way back to the step it was on."""
    present = asking.editable(request, pk)
    before = services.complete_tasks(task_ids=[pk], by=asking.by(request)).get(pk)
    way_back = f"{reverse('tasks:field', args=[pk, 'step'])}?value={before}" if before else None
    return _answer(request, present, gettext("Done: {task}").format(task=present.title), way_back)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """Not done after all."""
    present = asking.editable(request, pk)
    services.reopen_tasks(task_ids=[pk], by=asking.by(request))
    way_back = reverse("tasks:completion", args=[pk])
    return _answer(request, present, gettext("Reopened: {task}").format(task=present.title), way_back)


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Put the task away, with a way back."""
    gone = asking.deletable(request, pk)
    services.delete_tasks(task_ids=[pk], by=asking.by(request))
    said = gettext("Deleted {name}").format(name=gone.title)
    way_back = reverse("tasks:restoring", args=[pk])
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(), "af:close", {})
        return htmx.toast(_told(response), said, undo_url=way_back)
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    messages.success(request, said, extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("tasks:list"))


@require_POST
def restoring(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted task back."""
    get_object_or_404(policies.restorable_by(request.member), pk=pk)
    services.restore_tasks(task_ids=[pk], by=asking.by(request))
    if asking.asks_quietly(request) or htmx.wants_fragment(request):
        return _told(HttpResponse(status=204))
    return asking.see_other(reverse("tasks:task", args=[pk]))


def _answer(request: Request, present: Task, said: str, way_back: str | None) -> HttpResponse:
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    if htmx.wants_fragment(request):
        return htmx.toast(_told(HttpResponse(status=204)), said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    return asking.see_other(_next(request, present.pk))


def _next(request: Request, pk: int) -> str:
    """Back to the record or the list that the person came from."""
    found = asking.asked_record(request)
    if found is not None:
        return found.url
    return reverse("tasks:list") if request.POST.get("next") == "list" else reverse("tasks:task", args=[pk])
