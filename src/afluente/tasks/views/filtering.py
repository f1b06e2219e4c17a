"""The panel that builds a filter of tasks, and filters kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors.saved import filter_fields, own_filters, saved_tabs
from afluente.contacts.selectors.wording import Draft
from afluente.contacts.services import saving
from afluente.kernel import htmx, text
from afluente.tasks import policies, selectors
from afluente.tasks.selectors.filtering import USUAL
from afluente.tasks.selectors.questions import task_criteria

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

TASK = SavedFilter.Entity.TASK
APPLY, FIELDS = "apply", "fields"


def filter_frame(request: Request, asked: selectors.TaskFilter, page: str) -> dict[str, Any]:
    """What the line of the filter above a page of tasks is drawn with."""
    return {
        "asked": asked,
        "query": asked.query(),
        "page_url": page,
        "panel_url": reverse("tasks:filter") + asked.query(page=page),
        "chips": asked.chips(request.member, page),
        "problems": asked.problems(request.member) if asked else [],
        "saved_tabs": saved_tabs(member=request.member, query=asked.query(), start=page, entity=TASK),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request) -> HttpResponse:
    """The panel. POST adds or takes out conditions, remembers the fields shown, or goes to the page."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    known = task_criteria()
    if request.method != "POST":
        asked = selectors.TaskFilter.read(request.GET)
        usual = filter_fields(member=request.member, entity=TASK, usual=USUAL)
        return _draw(request, Draft.of(asked.where, usual), asked, _page(request.GET))
    draft, rest = Draft.read(request.POST), QueryDict(request.POST.get("rest", ""))
    asked = selectors.TaskFilter(q=text.clean(rest.get("q", ""), limit=100))
    act, _, place = request.POST.get("do", APPLY).partition(":")
    if act == APPLY:
        chosen = selectors.TaskFilter(q=asked.q, where=draft.expression(known))
        address = _page(rest) + chosen.query()
        if htmx.wants_fragment(request):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)
    if act == FIELDS:
        wanted = [slug for slug in known if slug in request.POST.getlist("field")]
        saving.change_list(member=request.member, fields=wanted, entity=TASK)
        draft = Draft.of(draft.expression(known), wanted)
    return _draw(request, draft.acted(act, place, next(iter(known))), asked, _page(rest))


def _draw(request: Request, draft: Draft, asked: selectors.TaskFilter, page: str) -> HttpResponse:
    known = task_criteria()
    context: dict[str, Any] = {
        "groups": draft.lines(known, request.member),
        "match": draft.match,
        "rest": selectors.TaskFilter(q=asked.q).query(page=page).lstrip("?"),
        "criteria": list(known.values()),
        "shown": {condition.name for group in draft.groups for condition in group},
        "saved": own_filters(member=request.member, entity=TASK),
        "panel_url": reverse("tasks:filter"),
        "list_url": page,
    }
    return htmx.respond(request, "tasks/filter.html", context, fragment="form")


@require_POST
def save(request: Request) -> HttpResponse:
    """Keep the filter of a page of tasks under a name, for oneself or for everybody."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    query = _kept(request.POST.get("query", ""))
    if (kept := _save(request, request.POST, query)) is not None:
        messages.success(request, gettext("Saved the filter {name}").format(name=kept.name))
    return redirect(f"{_page(request.POST)}?{query}")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Forget a filter of one's own; Undo keeps it again."""
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.member, entity=TASK)
    again = QueryDict(mutable=True)
    again.update({"name": kept.name, "query": kept.query} | ({"is_shared": "1"} if kept.is_shared else {}))
    kept.delete()
    messages.success(
        request,
        gettext("Deleted the filter {name}").format(name=kept.name),
        extra_tags=f"undo:{reverse('tasks:filter_restore')}?{again.urlencode()}",
    )
    return redirect(_page(request.POST))


@require_POST
def restore(request: Request) -> HttpResponse:
    """The way back of `delete`: the filter stands in the address."""
    query = _kept(request.GET.get("query", ""))
    _save(request, request.GET, query)
    return redirect(f"{reverse('tasks:table')}?{query}")


def _save(request: Request, data: QueryDict, query: str) -> SavedFilter | None:
    try:
        return saving.save_filter(
            owner=request.member,
            name=data.get("name", ""),
            query=query,
            is_shared="is_shared" in data,
            entity=TASK,
        )
    except saving.NamelessFilterError:
        messages.error(request, gettext("Give the filter a name."))
    except saving.TooManyFiltersError:
        messages.error(request, gettext("You keep a hundred filters already. Delete one first."))
    return None


def _kept(query: str) -> str:
    """What belongs to a filter of an address: its conditions and words, not which page it stood over."""
    return selectors.TaskFilter.read(QueryDict(query.lstrip("?"))).query().lstrip("?")


def _page(data: QueryDict) -> str:
    """The page of tasks that a filter stands over, as forms name it."""
    page = data.get("page", "")
    base = reverse("tasks:list")
    is_ours = page.startswith(base) and "?" not in page and url_has_allowed_host_and_scheme(page, None)
    return page if is_ours else reverse("tasks:table")
