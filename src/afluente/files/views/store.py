"""The page of the store: folders, files, room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.files import policies, selectors, services
from afluente.files.views import asked
from afluente.kernel import blobs, htmx, text
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.files.models import Folder


@require_http_methods(["GET", "HEAD", "POST"])
def store(request: Request, pk: int | None = None) -> HttpResponse:
    """A folder, the top without `pk`; a POST brings files in without any script."""
    folder = asked.folder_asked(request.member, pk)
    if request.method == "POST":
        asked.may_bring(request.member, "")
        return _keep_all(request, folder)
    return shown(request, folder)


@require_POST
def folders(request: Request) -> HttpResponse:
    """A new folder."""
    asked.may_bring(request.member, "")
    parent = asked.folder_asked(request.member, request.POST.get("folder"))
    try:
        services.create_folder(name=request.POST.get("name", ""), parent=parent, member=request.member)
    except services.FileRefusedError as refused:
        return _refused(request, parent, str(refused))
    return back(request, parent)


@require_http_methods(["GET", "POST"])
def folder_name(request: Request, pk: int) -> HttpResponse:
    """Call a folder something else."""
    folder = get_object_or_404(policies.folders_changeable_by(request.member), pk=pk)
    action = reverse("files:folder_name", args=[pk])
    if request.method == "GET":
        return asks_name(request, action, folder.name)
    try:
        services.rename_folder(folder=folder, name=request.POST.get("name", ""))
    except services.FileRefusedError as refused:
        return asks_name(request, action, request.POST.get("name", ""), str(refused))
    return back(request, folder.parent)


@require_http_methods(["GET", "POST"])
def folder_place(request: Request, pk: int) -> HttpResponse:
    """Put a folder elsewhere."""
    folder = get_object_or_404(policies.folders_changeable_by(request.member), pk=pk)
    if request.method == "GET":
        return asks_place(
            request,
            reverse("files:folder_place", args=[pk]),
            folder.parent_id,
            without=selectors.within(folder),
        )
    to = asked.folder_asked(request.member, request.POST.get("folder"))
    origin = folder.parent
    try:
        services.move_folder(folder=folder, to=to)
    except services.FileRefusedError as refused:
        return _refused(request, origin, str(refused))
    return back(request, origin, gettext("Moved to {place}").format(place=place_name(to)))


@require_http_methods(["GET", "POST"])
def folder_deletion(request: Request, pk: int) -> HttpResponse:
    """Delete a folder with all that is in it, after having said how much that is."""
    folder = get_object_or_404(policies.folders_changeable_by(request.member), pk=pk)
    held = selectors.holdings(folder=folder)
    if request.method == "GET":
        return render(request, "files/_folder_deletion.html", {"folder": folder, "held": held})
    services.delete_folder(folder=folder)
    undo = reverse("files:folder_restoration", args=[pk])
    return back(request, folder.parent, gettext("{name} was deleted").format(name=folder.name), undo_url=undo)


@require_POST
def folder_restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted folder back: that is how Undo asks."""
    folder = get_object_or_404(policies.folders_restorable_by(request.member), pk=pk)
    try:
        services.restore_folder(folder=folder)
    except services.FileRefusedError as refused:
        return _refused(request, None, str(refused))
    return back(request, folder.parent)


@require_safe
def choice(request: Request) -> HttpResponse:
    """Files of the store to attach to a record."""
    kind, entity_id = asked.record_asked(
        request.member, request.GET.get("kind", ""), request.GET.get("record")
    )
    if entity_id is None:
        raise Http404
    query = text.clean(request.GET.get("q", ""), limit=100)
    context = {
        "files": selectors.choices(member=request.member, kind=kind, entity_id=entity_id, query=query),
        "kind": kind,
        "record": entity_id,
        "query": query,
    }
    return htmx.respond(request, "files/choice.html", context, fragment="chooser")


@require_safe
def along(request: Request) -> HttpResponse:
    """Files of the store that fit `q`, for the form of a record that is being added; those `stored` stay."""
    offer = selectors.store_offer(
        member=request.member,
        query=text.clean(request.GET.get("q", ""), limit=100),
        chosen=services.chosen_numbers(request.GET.getlist("stored")),
    )
    return render(request, "files/_offer.html", {"offer": offer})


def shown(request: Request, folder: Folder | None, *, error: str = "", status: int = 200) -> HttpResponse:
    """The page, or the part of it that changes."""
    page = selectors.store_page(
        member=request.member,
        folder=folder,
        query=text.clean(request.GET.get("q", ""), limit=100),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": page,
        "here": reverse("files:folder", args=[folder.pk]) if folder else reverse("files:store"),
        "error": error,
        "found": asked.number(request.GET.get("show")),
    }
    if htmx.target_id(request) == "more-files":
        return render(request, "files/_rows.html", context)
    return htmx.respond(request, "files/store.html", context, fragment="store", status=status)


def back(
    request: Request, folder: Folder | None, sentence: str = "", *, undo_url: str | None = None
) -> HttpResponse:
    """After a change: the folder as it is now, or the page when there is no script."""
    if not htmx.wants_fragment(request):
        if sentence:
            messages.info(request, sentence)
        return redirect(reverse("files:folder", args=[folder.pk]) if folder else reverse("files:store"))
    answer = shown(request, folder)
    htmx.trigger(answer, "af:close", {})
    return htmx.toast(answer, sentence, undo_url=undo_url) if sentence else answer


def asks_name(request: Request, action: str, name: str, error: str = "") -> HttpResponse:
    """The field for another name."""
    context = {"action": action, "name": name, "error": error}
    return render(request, "files/_name.html", context, status=422 if error else 200)


def asks_place(
    request: Request, action: str, now: int | None, *, without: list[int] | None = None
) -> HttpResponse:
    """The list of folders something can be moved to."""
    tree = [one for one in selectors.folder_tree(member=request.member) if one[0] not in (without or ())]
    return render(request, "files/_place.html", {"action": action, "now": now, "tree": tree})


def place_name(folder: Folder | None) -> str:
    return folder.name if folder else gettext("Files")


def _refused(request: Request, folder: Folder | None, sentence: str) -> HttpResponse:
    if not htmx.wants_fragment(request):
        messages.error(request, sentence)
        return back(request, folder)
    return shown(request, folder, error=sentence, status=422)


def _keep_all(request: Request, folder: Folder | None) -> HttpResponse:
    """Files from a plain form; what was refused is said, the rest is kept."""
    kept = 0
    refusals = []
    for one in asked.brought(request, "file"):
        try:
            services.keep_file(
                name=one.name,
                body=one.body,
                size=one.size,
                member=request.member,
                by=asked.who(request),
                folder=folder,
            )
            kept += 1
        except services.FileRefusedError as refused:
            refusals.append(f"{one.name}: {refused}")
        except blobs.BlobError:
            refusals.append(gettext("The store does not answer. Try again in a moment."))
    return _told(request, folder, kept, refusals)


def _told(request: Request, folder: Folder | None, kept: int, refusals: list[str]) -> HttpResponse:
    if kept:
        messages.info(
            request, ngettext("{n} file was kept", "{n} files were kept", kept).format(n=formats.number(kept))
        )
    elif not refusals:
        refusals = [gettext("Choose a file first.")]
    if refusals:
        return shown(request, folder, error=" ".join(refusals), status=422)
    return back(request, folder)
