"""A board of tasks: its steps as columns of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.kernel.htmx import respond, toast, trigger, wants_fragment
from afluente.tasks import forms, policies, selectors, services
from afluente.tasks.models import Step, Task
from afluente.tasks.views import asking
from afluente.tasks.views.filtering import filter_frame

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.tasks.models import Board

MANY = 200  # ids in one request for cards; a burst larger than this is a reload


@require_safe
def board(request: Request, pk: int | None = None) -> HttpResponse:
    """One board, the first one unless told otherwise."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    if pk is None and not policies.boards_of(request.member).exists():
        services.default_board()
    boards = selectors.boards()
    shown = next((one for one in boards if pk in {None, one.pk}), None)
    if shown is None:
        shown = get_object_or_404(policies.boards_of(request.member), pk=pk)
    asked = selectors.TaskFilter.read(request.GET)
    found = selectors.columns(board=shown, member=request.member, asked=asked)
    context = {
        "board": shown,
        "boards": boards,
        "columns": found,
        "first": found[0],
        "is_empty": not any(column.count for column in found),
        "may_create": policies.may_create(request.member),
        "may_configure": policies.may_configure(request.member),
        **filter_frame(request, asked, reverse("tasks:board", args=[shown.pk])),
    }
    return respond(request, "tasks/board.html", context, fragment="work")


@require_safe
def column(request: Request, pk: int) -> HttpResponse:
    """The next cards of one column, as it is scrolled; without script, a page of them."""
    step = get_object_or_404(_steps(request).select_related("board"), pk=pk)
    asked = selectors.TaskFilter.read(request.GET)
    heads = selectors.heads(board=step.board, member=request.member, asked=asked)
    head = next(head for head in heads if head.step.pk == pk)
    try:
        page = selectors.column_page(
            column=head, member=request.member, asked=asked, after=request.GET.get("after", "")
        )
    except (ValueError, ArithmeticError):
        return HttpResponseBadRequest()
    context = {"page": page, "column": head, "board": step.board, "query": asked.query()}
    return respond(request, "tasks/column.html", context, fragment="cards")


def _steps(request: Request) -> Any:
    return Step.objects.filter(board__in=policies.boards_of(request.member))


@require_safe
def cards(request: Request) -> HttpResponse:
    """The cards `ids` as this member sees them now, and every column's count. A task that is not in the
    answer has left this board.
    """
    number = asking.number(request.GET.get("board"))
    shown = get_object_or_404(policies.boards_of(request.member), pk=number or 0)
    ids = [found for found in map(asking.number, request.GET.get("ids", "").split(",")) if found][:MANY]
    return _changed(request, shown, ids)


def _changed(request: Request, shown: Board, ids: list[int]) -> HttpResponse:
    asked = selectors.TaskFilter.read(request.GET)
    context = {
        "cards": selectors.cards(board=shown, member=request.member, asked=asked, ids=ids),
        "columns": selectors.heads(board=shown, member=request.member, asked=asked),
    }
    response = render(request, "tasks/_changed.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def moves(request: Request, pk: int) -> HttpResponse:
    """POST moves the task; GET shows every place it can go to."""
    task = asking.editable(request, pk)
    if request.method != "POST":
        return render(request, "tasks/move.html", {"task": task, "boards": selectors.boards()})
    form = forms.Move(request.POST or request.GET, steps=_steps(request))  # undo says it in the address
    try:
        if form.is_valid():
            return _move(request, task, form)
        said = gettext("That step is gone. Reload the page to see the present ones.")
    except services.MovedMeanwhileError as moved:
        return _tell_moved(request, task, moved)
    except services.TaskRefusedError as refused:
        said = str(refused)
    if wants_fragment(request):
        return toast(HttpResponse(status=422), said)
    context = {"task": task, "boards": selectors.boards(), "error": said}
    return render(request, "tasks/move.html", context, status=422)


def _tell_moved(request: Request, task: Task, moved: services.MovedMeanwhileError) -> HttpResponse:
    """Somebody else was first: say so, and have the card fetched where it stands."""
    said = gettext("{who} moved it to {stage} meanwhile. It stays there.")
    said = said.format(who=gettext("Somebody"), stage=moved.step)
    if wants_fragment(request):
        return trigger(toast(HttpResponse(status=409), said), "af:cards", {"ids": [task.pk]})
    messages.error(request, said)
    return asking.see_other(reverse("tasks:board", args=[task.board_id]))


def _move(request: Request, task: Task, form: forms.Move) -> HttpResponse:
    step, data = form.cleaned_data["stage"], form.cleaned_data
    way_back, shown = _way_back(task), task.board
    moved = services.move_tasks(
        task_ids=[task.pk],
        to=step,
        by=asking.by(request),
        after_id=data["after"],
        before_id=data["before"],
        seen_step_id=None if "undo" in request.GET else data["seen"],
    )
    said = gettext("Moved to {stage}").format(stage=step.name)
    if wants_fragment(request):
        response = _changed(request, shown, [task.pk])
        return toast(response, said, undo_url=way_back) if moved and "undo" not in request.GET else response
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    if moved:
        messages.success(request, said)
    return asking.see_other(reverse("tasks:board", args=[step.board_id]))


def _way_back(task: Task) -> str:
    """The address whose POST puts the task back where it is now, below its present neighbour."""
    column = Task.objects.present().filter(step_id=task.step_id)
    above = column.filter(position__lt=task.position).order_by("-position").values_list("pk", flat=True)
    wish: dict[str, Any] = {"stage": task.step_id, "undo": 1}
    if (found := above.first()) is not None:
        wish["after"] = found
    else:
        below = column.filter(position__gt=task.position).order_by("position").values_list("pk", flat=True)
        wish |= {"before": below_id} if (below_id := below.first()) else {}
    return f"{reverse('tasks:moves', args=[task.pk])}?{urlencode(wish)}"


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, pk: int) -> HttpResponse:
    """Quick add at the top of a column; without script, a page. The board says who gets it."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    step = get_object_or_404(_steps(request).select_related("board"), pk=pk)
    known = selectors.asked_fields(step.board_id)
    form = forms.Draft(request.POST if request.method == "POST" else None, known=known)
    if request.method == "POST" and form.is_valid():
        assignee_id = selectors.takes_tasks_of(step.board) or request.member.pk
        (task_id,) = services.create_tasks(
            tasks=[
                services.NewTask(
                    title=form.cleaned_data["value"],
                    step_id=step.pk,
                    assignee_id=assignee_id,
                    created_by_id=request.member.pk,
                )
            ],
            by=asking.by(request),
        )
        services.fill_values(given={task_id: form.held}, by=asking.by(request), is_told=False)
        if not wants_fragment(request):
            return redirect("tasks:board", step.board_id)
        response = render(request, "tasks/add.html#draft", {"step": step, "form": forms.Draft(known=known)})
        return trigger(response, "af:cards", {"ids": [task_id], "own": True})
    context = {"step": step, "board": step.board, "form": form}
    return respond(request, "tasks/add.html", context, fragment="draft", status=422 if form.errors else 200)
