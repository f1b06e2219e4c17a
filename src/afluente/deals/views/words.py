"""Settings: the words that deals choose from, types and reasons for losing: one page for each list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import selectors, services
from afluente.deals.forms.types import ReasonName, TypeName
from afluente.deals.models import Deal, DealType, LostReason
from afluente.deals.views import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpResponse
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.requests import Request


@dataclass(frozen=True)
class Row:
    """A word in its list; `count` of deals that have it, where that is said."""

    word: Any
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class WordList:
    """What one list of words says and does. `urls` are its page, and those of one word: editing, archiving,
    deletion. `counted` says how many present deals have a word, `uses` which filters ask for it.
    """

    model: Any  # DealType or LostReason
    form: type[TypeName]
    urls: tuple[str, str, str, str]
    rows: Callable[[], tuple[Sequence[Row], Sequence[Row]]]
    create: Callable[..., Any]
    rename: Callable[..., Any]
    order: Callable[..., Any]
    archive: Callable[..., Any]
    delete: Callable[..., Any]
    counted: Callable[[Any], int]
    uses: Callable[[int], Sequence[Any]] = lambda _pk: ()
    taken: type[Exception]
    in_use: type[Exception] | tuple[()] = ()
    title: StrOrPromise
    new: StrOrPromise
    hint: StrOrPromise
    nothing: StrOrPromise
    kept: StrOrPromise
    back: StrOrPromise
    archived_hint: StrOrPromise
    end_hint: StrOrPromise
    in_use_hint: StrOrPromise = ""
    taken_by_archived: StrOrPromise
    taken_by_other: StrOrPromise
    ends: StrOrPromise


def _of_types() -> tuple[list[Row], list[Row]]:
    offered, archived = selectors.type_rows()
    return [Row(one.type, one.count) for one in offered], [Row(one.type, one.count) for one in archived]


def _of_reasons() -> tuple[list[Row], list[Row]]:
    offered, archived = selectors.reason_rows()
    return [Row(one) for one in offered], [Row(one) for one in archived]


TYPES = WordList(
    model=DealType,
    form=TypeName,
    urls=("deals:types", "deals:type_edit", "deals:type_archiving", "deals:type_deletion"),
    rows=_of_types,
    create=services.create_type,
    rename=lambda pk, **how: services.rename_type(type_id=pk, **how),
    order=services.order_types,
    archive=lambda pk, **how: services.archive_type(type_id=pk, **how),
    delete=lambda pk, **how: services.delete_type(type_id=pk, **how),
    counted=lambda word: selectors.deals_of_type(word.pk),
    uses=lambda pk: selectors.filters_about(name="type", number=pk),
    taken=services.TypeNameTakenError,
    in_use=services.TypeInUseError,
    title=_("Types of deals"),
    new=_("New type"),
    hint=_("What a deal can be when it is added, on its page and in filters. Drag to reorder."),
    nothing=_("No type is offered. Deals go without."),
    kept=_("Deals that have one of these keep it."),
    back=_("Back to the types"),
    archived_hint=_("An archived type is offered no more; deals that have it keep it."),
    end_hint=_("This cannot be undone."),
    in_use_hint=_("Only a type that no deal has can be deleted."),
    taken_by_archived=_("An archived type is called so. Bring it back instead."),
    taken_by_other=_("Another type is called so."),
    ends=_("Delete the type {name}"),
)
REASONS = WordList(
    model=LostReason,
    form=ReasonName,
    urls=(
        "deals:lost_reasons",
        "deals:lost_reason_edit",
        "deals:lost_reason_archiving",
        "deals:lost_reason_deletion",
    ),
    rows=_of_reasons,
    create=services.create_reason,
    rename=lambda pk, **how: services.rename_reason(reason_id=pk, **how),
    order=services.order_reasons,
    archive=lambda pk, **how: services.archive_reason(reason_id=pk, **how),
    delete=lambda pk, **how: services.delete_reason(reason_id=pk, **how),
    counted=lambda word: Deal.objects.present().filter(lost_reason=word.name).count(),
    taken=services.ReasonTakenError,
    title=_("Lost reasons"),
    new=_("New reason"),
    hint=_("Offered whenever a deal is lost; other words can be typed. Drag to reorder."),
    nothing=_("No reason is offered. Any words can be typed."),
    kept=_("Deals that were lost for one of these keep it."),
    back=_("Back to the reasons"),
    archived_hint=_("An archived reason is offered no more; deals that have it keep it."),
    end_hint=_("Deals keep their words. This cannot be undone."),
    taken_by_archived=_("An archived reason says so. Bring it back instead."),
    taken_by_other=_("Another reason says so."),
    ends=_("Delete the reason {name}"),
)


def _words(request: Request, of: WordList) -> HttpResponse:
    """Every word. POST makes one (`name`), or says their order (`order`, `up`, `down`)."""
    asking.require_configurer(request)
    offered, archived = of.rows()
    form = of.form(request.POST if "name" in request.POST else None)
    if request.method == "POST":
        if "name" not in request.POST:
            wanted = asking.reordered([row.word.pk for row in offered], request.POST)
            of.order(ids=wanted, by=asking.by(request))
            return _back(of)
        if form.is_valid():
            try:
                of.create(name=form.cleaned_data["name"], by=asking.by(request))
                return _back(of)
            except of.taken as taken:
                form.add_error("name", _taken(of, taken))
    context = {"of": of, "offered": offered, "archived": archived, "form": form}
    return render(request, "deals/words.html", context, status=422 if form.errors else 200)


def _edit(request: Request, pk: int, of: WordList) -> HttpResponse:
    """One word: its name (POST), where it is used, its end."""
    asking.require_configurer(request)
    found = get_object_or_404(of.model, pk=pk)
    form = of.form(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            of.rename(pk, name=form.cleaned_data["name"], by=asking.by(request))
            messages.success(request, gettext("Saved"))
            return _back(of)
        except of.taken as taken:
            form.add_error("name", _taken(of, taken))
    count = of.counted(found)
    context = {
        "of": of,
        "word": found,
        "form": form,
        "count": count,
        "uses": of.uses(pk),
        "is_kept": bool(count and of.in_use),
        "ends": str(of.ends).format(name=found.name),
    }
    return render(request, "deals/word_edit.html", context, status=422 if form.errors else 200)


def _archiving(request: Request, pk: int, of: WordList) -> HttpResponse:
    """Offer a word no more, or again (`back`)."""
    asking.require_configurer(request)
    found = get_object_or_404(of.model, pk=pk)
    is_back = "back" in request.POST
    of.archive(pk, by=asking.by(request), is_back=is_back)
    said = gettext("{name} is offered again") if is_back else gettext("Archived {name}")
    messages.success(request, said.format(name=found.name))
    return _back(of)


def _deletion(request: Request, pk: int, of: WordList) -> HttpResponse:
    """End a word; the page before it said where it is used."""
    asking.require_configurer(request)
    found = get_object_or_404(of.model, pk=pk)
    try:
        of.delete(pk, by=asking.by(request))
    except of.in_use:
        messages.error(request, gettext("Deals are of this type. Archive it, and they keep it."))
        return asking.see_other(reverse(of.urls[1], args=[pk]))
    messages.success(request, gettext("Deleted {name}").format(name=found.name))
    return _back(of)


def _taken(of: WordList, error: Any) -> StrOrPromise:
    return of.taken_by_archived if error.is_archived else of.taken_by_other


def _back(of: WordList) -> HttpResponse:
    return asking.see_other(reverse(of.urls[0]))


def views_of(of: WordList) -> tuple[Any, Any, Any, Any]:
    """The four views of a list of words, in the order of its `urls`."""
    reading = require_http_methods(["GET", "HEAD", "POST"])
    return (
        reading(partial(_words, of=of)),
        reading(partial(_edit, of=of)),
        require_POST(partial(_archiving, of=of)),
        require_POST(partial(_deletion, of=of)),
    )
