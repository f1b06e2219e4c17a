"""Settings: the boards of tasks, and the steps of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.accounts.policies import assignable_by
from afluente.kernel.htmx import respond
from afluente.kernel.places import reordered
from afluente.tasks import forms, policies, selectors, services
from afluente.tasks.models import Board, Step
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from afluente.accounts.requests import Request

PARTS = ("id", "name", "kind", "color")
ADD, UP, DOWN = "add", "up", "down"


@require_http_methods(["GET", "HEAD", "POST"])
def boards(request: Request) -> HttpResponse:
    """Every board. POST makes one (`name`), or orders them (`up`, `down`, `order`)."""
    _require(request)
    form = _properties(request, request.POST if "name" in request.POST else None)
    if request.method == "POST" and "name" not in request.POST:
        present = [board.pk for board in selectors.boards()]
        services.order_boards(ids=reordered(present, request.POST), by=asking.by(request))
        return asking.see_other(reverse("tasks:boards"))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_board(**_values(form), by=asking.by(request))
        except services.TaskRefusedError as refused:
            form.add_error(refused.field, str(refused))
        else:
            return asking.see_other(reverse("tasks:board_edit", args=[made.pk]))
    services.default_board()
    context = {"boards": selectors.boards(), "form": form}
    return render(request, "tasks/boards.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """One board: its properties (POST), and the editor of its steps."""
    _require(request)
    board = get_object_or_404(Board, pk=pk)
    form = _properties(request, request.POST if request.method == "POST" else None, board)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_board(board=board, changes=_values(form), by=asking.by(request))
        except services.TaskRefusedError as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("tasks:board_edit", args=[pk]))
    context = {"board": board, "form": form, **_lines(board, None)}
    return render(request, "tasks/board_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: Request, pk: int) -> HttpResponse:
    """The step editor. POST saves all lines; `add`, `up` and `down` change them without saving."""
    _require(request)
    board = get_object_or_404(Board, pk=pk)
    if request.method != "POST":
        return redirect("tasks:board_edit", pk)
    if {ADD, UP, DOWN} & request.POST.keys():
        return _draw(request, board, _rearranged(request.POST), is_draft=True)
    lines: Any = forms.StepLines(request.POST, prefix="steps")
    if not lines.is_valid():
        return _draw(request, board, request.POST)
    drafts = [services.StepDraft(**line.cleaned_data) for line in _in_order(lines, request.POST)]
    try:
        services.save_steps(board=board, drafts=drafts, by=asking.by(request))
    except services.TaskRefusedError as refused:
        return _draw(request, board, request.POST, said=str(refused))
    messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("tasks:board_edit", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def step_deletion(request: Request, pk: int) -> HttpResponse:
    """Ask where the tasks of a step go, move them there and delete it."""
    _require(request)
    step = get_object_or_404(Step.objects.select_related("board"), pk=pk)
    row = next(row for row in selectors.step_rows(step.board_id) if row.step.pk == pk)
    data = request.POST if request.method == "POST" else None
    form = forms.StepDeletion(data, board=step.board, step=step)
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.delete_step(step=step, to=form.cleaned_data["to"], by=asking.by(request))
        except services.TaskRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            said = gettext("Deleted the step {name}. {n} tasks moved.")
            messages.success(request, said.format(name=row.step.name, n=moved))
            return asking.see_other(reverse("tasks:board_edit", args=[step.board_id]))
    context = {"step": step, "board": step.board, "count": row.count, "form": form}
    return render(request, "tasks/step_deletion.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def board_deletion(request: Request, pk: int) -> HttpResponse:
    """Ask where the tasks of a board go, move them there and delete it."""
    _require(request)
    board = get_object_or_404(Board, pk=pk)
    count = sum(row.count for row in selectors.step_rows(pk))
    form = forms.StepDeletion(request.POST if request.method == "POST" else None, board=board)
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.delete_board(board=board, to=form.cleaned_data["to"], by=asking.by(request))
        except services.TaskRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            said = gettext("Deleted the board {name}. {n} tasks moved.")
            messages.success(request, said.format(name=board.name, n=moved))
            return asking.see_other(reverse("tasks:boards"))
    context = {"board": board, "count": count, "form": form}
    return render(request, "tasks/step_deletion.html", context, status=422 if form.errors else 200)


def _require(request: Request) -> None:
    if not policies.may_configure(request.member):
        raise PermissionDenied


def _properties(
    request: Request, data: QueryDict | None, board: Board | None = None
) -> forms.BoardProperties:
    initial = {
        "name": board.name if board else "",
        "color": board.color if board else 0,
        "default_assignee": board.default_assignee_id if board else None,
    }
    return forms.BoardProperties(data, initial=initial, members=assignable_by(request.member))


def _values(form: forms.BoardProperties) -> dict[str, Any]:
    data = form.cleaned_data
    assignee = data["default_assignee"]
    return {
        "name": data["name"],
        "color": data["color"],
        "default_assignee_id": assignee.pk if assignee else None,
    }


def _lines(board: Board, data: QueryDict | None) -> dict[str, Any]:
    """The step editor for the present steps, or for what was typed into it."""
    rows = selectors.step_rows(board.pk)
    initial = [{part: getattr(row.step, "pk" if part == "id" else part) for part in PARTS} for row in rows]
    lines: Any = forms.StepLines(data, initial=initial, prefix="steps")
    known = {str(row.step.pk): row for row in rows}
    return {
        "lines": lines,
        "pairs": [(line, known.get(str(line["id"].value() or ""))) for line in lines.forms],
    }


def _draw(
    request: Request, board: Board, data: QueryDict, *, is_draft: bool = False, said: str = ""
) -> HttpResponse:
    context = _lines(board, data)
    for line in context["lines"].forms:
        line.full_clean()
        if is_draft:  # a line that is still being written is no mistake yet
            line._errors = {}
    problems = sum(len(line.errors) for line in context["lines"].forms)
    context |= {
        "board": board,
        "form": _properties(request, None, board),
        "is_draft": True,
        "problems": problems,
        "said": said,
    }
    status = 200 if is_draft else 422
    return respond(request, "tasks/board_edit.html", context, fragment="steps", status=status)


def _in_order(lines: Any, data: QueryDict) -> list[Any]:
    """The lines as the page had them: dragging reorders the inputs, and a form sends them in that order."""
    places = [name for name in data if name.startswith("steps-") and name.endswith("-name")]
    numbers = [asking.number(name.split("-")[1]) for name in places]
    order = {number: place for place, number in enumerate(numbers)}
    numbered = sorted(enumerate(lines.forms), key=lambda pair: order.get(pair[0], len(order)))
    return [line for _, line in numbered]


def _rearranged(data: QueryDict) -> QueryDict:
    """The lines with an empty one more, or with one a place higher or lower."""
    count = asking.number(data.get("steps-TOTAL_FORMS")) or 0
    lines = [{part: data.get(f"steps-{n}-{part}", "") for part in PARTS} for n in range(min(count, 50))]
    for step, act in ((-1, UP), (1, DOWN)):
        at = asking.number(data.get(act))
        if at is not None and at < len(lines) and 0 <= at + step < len(lines):
            lines.insert(at + step, lines.pop(at))
    if ADD in data:
        lines.append({"id": "", "name": "", "kind": Step.Kind.PROGRESS, "color": ""})
    changed = data.copy()
    for n, line in enumerate(lines):
        for part, value in line.items():
            changed[f"steps-{n}-{part}"] = value
    changed["steps-TOTAL_FORMS"] = str(len(lines))
    return changed
