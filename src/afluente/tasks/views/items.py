"""The checklist and the subtasks of a task, changed in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from afluente.kernel import htmx, text
from afluente.kernel.places import reordered
from afluente.tasks import forms, policies, selectors, services
from afluente.tasks.models import CheckItem
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_POST
def items(request: Request, pk: int) -> HttpResponse:
    """Add a line (`text`), or put the lines in another order (`order`, `up`, `down`)."""
    asking.editable(request, pk)
    if "text" not in request.POST:
        present = list(
            CheckItem.objects.filter(task_id=pk).order_by("position", "pk").values_list("pk", flat=True)
        )
        services.order_items(task_id=pk, ids=reordered(present, request.POST), by=asking.by(request))
        return _drawn(request, pk)
    try:
        services.add_items(task_id=pk, texts=[request.POST["text"]], by=asking.by(request))
    except services.TaskRefusedError as refused:
        return _drawn(request, pk, refused=str(refused), typed=request.POST["text"])
    return _drawn(request, pk)


@require_POST
def item(request: Request, pk: int, item: int) -> HttpResponse:
    """Tick a line off or not (`done`), say something else (`text`), or take it off (`remove`)."""
    asking.editable(request, pk)
    line = get_object_or_404(CheckItem, pk=item, task_id=pk)
    by = asking.by(request)
    try:
        if "remove" in request.POST:
            services.remove_item(item=line, by=by)
        elif "text" in request.POST:
            services.change_item(item=line, words=request.POST["text"], by=by)
        else:
            is_done = request.POST.get("done") == "1"
            services.tick_items(item_ids=[item], is_done=is_done, by=by, member=request.member)
    except services.TaskRefusedError as refused:
        return _drawn(request, pk, refused=str(refused))
    return _drawn(request, pk)


@require_POST
def subtasks(request: Request, pk: int) -> HttpResponse:
    """Add a task below this one, on the same board; or hang it below another (`parent`, empty: none)."""
    present = asking.editable(request, pk)
    by = asking.by(request)
    try:
        if "parent" in request.POST:
            number = asking.number(request.POST["parent"])
            if number is not None:
                asking.visible(request, number)
            services.set_parent(task_ids=[pk], parent_id=number, by=by)
            return _drawn(request, pk, part="subtasks")
        form = forms.Title(request.POST)
        if not form.is_valid() or not policies.may_create(request.member):
            return _drawn(
                request, pk, part="subtasks", refused=" ".join(map(str, form.errors.get("value", [])))
            )
        first = selectors.step_of_kind(present.board_id, "new", "progress")
        services.create_tasks(
            tasks=[
                services.NewTask(
                    title=form.cleaned_data["value"],
                    step_id=first.pk if first else None,
                    assignee_id=present.assignee_id,
                    created_by_id=request.member.pk,
                    parent_id=pk,
                )
            ],
            by=by,
        )
    except services.TaskRefusedError as refused:
        return _drawn(request, pk, part="subtasks", refused=str(refused))
    return _drawn(request, pk, part="subtasks")


@require_safe
def parents(request: Request, pk: int) -> HttpResponse:
    """Tasks that this one can be put below, by what is typed (`q`)."""
    present = asking.editable(request, pk)
    words = text.clean(request.GET.get("q", ""), limit=100)
    found = selectors.possible_parents(member=request.member, task=present, typed=words)
    context = {"task": present, "options": found, "words": words}
    return htmx.respond(request, "tasks/parents.html", context, fragment="options")


def _drawn(
    request: Request, pk: int, part: str = "items", refused: str = "", typed: str = ""
) -> HttpResponse:
    if not htmx.wants_fragment(request) and not refused:
        return asking.see_other(reverse("tasks:task", args=[pk]))
    card = selectors.task_card(member=request.member, task_id=pk)
    context = {
        "card": card,
        "task": card.task if card else None,
        "may_edit": True,
        "refused": refused,
        "typed": typed,
    }
    status = 422 if refused else 200
    response = render(request, f"tasks/_inside.html#{part}", context, status=status)
    return response if refused else htmx.trigger(response, "af:tasks", {})
