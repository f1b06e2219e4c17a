"""Changing the tasks that somebody picked in the list, as one act with one way back (K14)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from afluente.accounts.policies import assignable_by
from afluente.contacts import services as contacts
from afluente.contacts.models import Tag
from afluente.kernel import htmx, text
from afluente.tasks import policies, services
from afluente.tasks.models import Step, Task, TaskTag
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from afluente.accounts.requests import Request

MOST = 200  # tasks changed in one request
SALT = "tasks.bulk"
Back = dict[str, Any]  # what the way back needs: the act, and the tasks by what they had


@require_POST
def bulk(request: Request) -> HttpResponse:
    """`do` says what: `step:4`, `assignee:2` (empty: nobody), `priority:3`, `tag:5`, `untag:5`, `tag` with
    `tag_name`, `delete`. Those among `id` that the member may change are; the rest stays.
    """
    act, _, value = request.POST.get("do", "").partition(":")
    if act not in _ACTS:
        raise Http404
    ids = [number for number in map(asking.number, request.POST.getlist("id")) if number][: MOST + 1]
    if len(ids) > MOST:
        return _said(request, gettext("Pick at most {n} tasks at once.").format(n=MOST))
    allowed = policies.deletable_by if act == "delete" else policies.editable_by
    mine = list(allowed(request.member).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    try:
        back = _ACTS[act](request, mine, value) if mine else {}
    except (services.TaskRefusedError, contacts.TagRefusedError) as refused:
        return _said(request, str(refused))
    n = sum(len(some) for some in back.get("had", {}).values())
    said = ngettext("{n} task changed", "{n} tasks changed", n).format(n=n)
    if act == "delete":
        said = ngettext("{n} task deleted", "{n} tasks deleted", n).format(n=n)
    if left := len(ids) - len(mine):
        said += ". " + ngettext("{n} is out of your reach.", "{n} are out of your reach.", left).format(
            n=left
        )
    way_back = f"{reverse('tasks:bulk_undo')}?back={signing.dumps(back, salt=SALT, compress=True)}"
    return _said(request, said, way_back if n else None)


@require_POST
def undo(request: Request) -> HttpResponse:
    """Take a bulk change back, as its address says; whoever may no longer change a task leaves it."""
    try:
        back: Back = signing.loads(request.GET.get("back", ""), salt=SALT, max_age=86_400)
    except signing.BadSignature as error:
        raise Http404 from error
    by, act = asking.by(request), back["act"]
    allowed = policies.restorable_by if act == "delete" else policies.editable_by
    for value, numbers in back["had"].items():
        ids = list(allowed(request.member).filter(pk__in=numbers).values_list("pk", flat=True))
        _take_back(act, value, ids, by)
    if asking.asks_quietly(request) or htmx.wants_fragment(request):
        return htmx.trigger(HttpResponse(status=204), "af:tasks", {})
    return asking.see_other(reverse("tasks:table"))


def _take_back(act: str, value: str, ids: Sequence[int], by: Any) -> None:
    number = int(value) if value.isdigit() else None
    if act == "delete":
        services.restore_tasks(task_ids=ids, by=by)
    elif act == "step":
        step = Step.objects.filter(pk=number or 0).first()
        if step is not None:
            services.move_tasks(task_ids=ids, to=step, by=by)
    elif act in {"assignee", "priority"}:
        field = {"assignee": "assignee_id"}.get(act, act)
        services.change_tasks(task_ids=ids, changes={field: number}, by=by)
    elif number is not None:
        services.change_tags(
            task_ids=ids,
            add=[number] if act == "untag" else [],
            remove=[number] if act == "tag" else [],
            by=by,
        )


def _step(request: Request, ids: Sequence[int], value: str) -> Back:
    steps = Step.objects.filter(board__in=policies.boards_of(request.member))
    to = get_object_or_404(steps, pk=asking.number(value) or 0)
    had: dict[str, list[int]] = defaultdict(list)
    for pk, before in services.move_tasks(task_ids=ids, to=to, by=asking.by(request)).items():
        had[str(before)].append(pk)
    return {"act": "step", "had": had}


def _field(name: str) -> Callable[[Request, Sequence[int], str], Back]:
    def change(request: Request, ids: Sequence[int], value: str) -> Back:
        wanted = asking.number(value)
        if name == "assignee_id" and wanted is not None:
            get_object_or_404(assignable_by(request.member), pk=wanted)
        if name == "priority" and wanted not in Task.Priority.values:
            raise Http404
        before = dict(Task.objects.filter(pk__in=ids).values_list("pk", name))
        had: dict[str, list[int]] = defaultdict(list)
        changed = services.change_tasks(task_ids=ids, changes={name: wanted}, by=asking.by(request))
        for pk in changed:
            had["" if before[pk] is None else str(before[pk])].append(pk)
        return {"act": name.removesuffix("_id"), "had": had}

    return change


def _tag(request: Request, ids: Sequence[int], value: str) -> Back:
    name = text.clean(request.POST.get("tag_name", ""), limit=1_000)
    if value:
        tag = get_object_or_404(Tag, pk=asking.number(value) or 0)
    elif name:
        (tag,) = contacts.ensure_tags(names=[name], by=asking.by(request))
    else:
        raise services.TaskRefusedError(gettext("Name a tag."), "tag")
    changed = services.change_tags(task_ids=ids, add=[tag.pk], remove=[], by=asking.by(request))
    return {"act": "tag", "had": {str(tag.pk): changed}}


def _untag(request: Request, ids: Sequence[int], value: str) -> Back:
    tag = get_object_or_404(Tag, pk=asking.number(value) or 0)
    having = list(TaskTag.objects.filter(tag=tag, task_id__in=ids).values_list("task_id", flat=True))
    services.change_tags(task_ids=having, add=[], remove=[tag.pk], by=asking.by(request))
    return {"act": "untag", "had": {str(tag.pk): having}}


def _delete(request: Request, ids: Sequence[int], _value: str) -> Back:
    return {"act": "delete", "had": {"": services.delete_tasks(task_ids=ids, by=asking.by(request))}}


_ACTS: dict[str, Callable[[Request, Sequence[int], str], Back]] = {
    "step": _step,
    "assignee": _field("assignee_id"),
    "priority": _field("priority"),
    "tag": _tag,
    "untag": _untag,
    "delete": _delete,
}


def _said(request: Request, said: str, way_back: str | None = None) -> HttpResponse:
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(status=204), "af:tasks", {})
        return htmx.toast(response, said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    return asking.see_other(reverse("tasks:table"))
