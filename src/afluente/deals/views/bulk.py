"""Many deals at once, from the list or the board."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from afluente.accounts.policies import assignable_by
from afluente.deals import policies, services
from afluente.deals.models import Stage
from afluente.deals.views import asking
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.requests import Request

MOST = 1_000  # deals in one request
ALLOWED = {"move": policies.movable_by, "assign": policies.movable_by, "delete": policies.deletable_by}


@require_POST
def bulk(request: Request) -> HttpResponse:
    """Move, give or put away the deals `id` that this member may change; the others are left alone."""
    act = request.POST.get("act", "")
    ids = _ids(request.POST.getlist("id"))
    if act not in ALLOWED or not ids:
        return HttpResponseBadRequest()
    stage, assignee = None, None
    if act == "move":
        stages = Stage.objects.filter(pipeline__in=policies.pipelines_of(request.member))
        number = asking.number(request.POST.get("stage")) or 0
        stage = get_object_or_404(stages.select_related("pipeline"), pk=number)
    if act == "assign" and request.POST.get("assignee"):
        number = asking.number(request.POST["assignee"]) or 0
        assignee = get_object_or_404(assignable_by(request.member).select_related("user"), pk=number)
    allowed = ALLOWED[act](request.member).filter(pk__in=ids).order_by("position", "pk")
    wanted = list(allowed.values_list("pk", flat=True))
    try:
        done = services.change_many(
            deal_ids=wanted,
            by=asking.by(request),
            act=act,
            stage=stage,
            assignee=assignee,
            lost_reason=text.clean(request.POST.get("reason", ""), limit=255),
        )
    except services.StageGoneError:
        return _answer(request, ids, asking.stage_gone(), "", status=422)
    return _answer(request, ids, _said(act, done, len(ids) - len(wanted)), _way_back(done, wanted))


@require_POST
def undo(request: Request) -> HttpResponse:
    """Take one change of many back, as far as nobody has changed it since."""
    first, last = (asking.number(request.GET.get(name)) or 0 for name in ("first", "last"))
    ids = _ids(request.GET.get("ids", "").split(","))
    seen = policies.movable_by(request.member).filter(pk__in=ids).values_list("pk", flat=True)
    gone = policies.restorable_by(request.member).filter(pk__in=ids).values_list("pk", flat=True)
    services.undo_many(first=first, last=last, deal_ids=[*seen, *gone], by=asking.by(request))
    response = HttpResponse(status=204)
    return htmx.trigger(response, "af:cards", {"ids": ids})


def _ids(said: Sequence[str]) -> list[int]:
    numbers = [asking.number(one) for one in said]
    return [number for number in numbers if number][:MOST]


def _said(act: str, done: services.Done, refused: int) -> str:
    words = {
        "move": ngettext("{n} deal moved", "{n} deals moved", done.count),
        "assign": ngettext("{n} deal given", "{n} deals given", done.count),
        "delete": ngettext("{n} deal deleted", "{n} deals deleted", done.count),
    }
    parts = [words[act].format(n=done.count)]
    if done.lacking:
        n = len(done.lacking)
        said = ngettext("{n} lacks what the stage wants", "{n} lack what the stage wants", n)
        parts.append(said.format(n=n))
    if refused:
        parts.append(gettext("{n} may not be changed by you").format(n=refused))
    return ". ".join(parts)


def _way_back(done: services.Done, ids: Sequence[int]) -> str:
    if not done.count:
        return ""
    wish = {"first": done.first, "last": done.last, "ids": ",".join(map(str, ids))}
    return f"{reverse('deals:bulk_undo')}?{urlencode(wish)}"


def _answer(
    request: Request, ids: Sequence[int], said: str, way_back: str, *, status: int = 200
) -> HttpResponse:
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(status=status), "af:cards", {"ids": list(ids)})
        htmx.trigger(response, "af:deals", {})
        return htmx.toast(response, said, undo_url=way_back or None)
    messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    page = asking.number(request.POST.get("pipeline"))
    back = reverse("deals:pipeline", args=[page]) if page else reverse("deals:board")
    return asking.see_other(f"{back}?status=list" if "list" in request.POST else back)
