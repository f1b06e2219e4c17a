"""One file: what it is, its name, its place, its end; and with which records it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.files import policies, selectors, services
from afluente.files.views import asked, store
from afluente.kernel import blobs, htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def file(request: Request, pk: int) -> HttpResponse:
    """Look at a file: its picture, what it is, where it is used."""
    found = asked.file_seen(request.member, pk)
    places, hidden = selectors.uses(member=request.member, file=found)
    (row,) = selectors.rows(files=[pk], member=request.member)
    context = {
        "file": row,
        "places": places,
        "hidden": hidden,
        "folder": found.folder,
        "path": selectors.folder_path(found.folder),
    }
    return htmx.respond(request, "files/file.html", context, fragment="look")


@require_http_methods(["GET", "POST"])
def name(request: Request, pk: int) -> HttpResponse:
    """Call a file something else."""
    found = asked.file_changeable(request.member, pk)
    action = reverse("files:name", args=[pk])
    if request.method == "GET":
        return store.asks_name(request, action, found.name)
    try:
        services.rename_file(file=found, name=request.POST.get("name", ""))
    except services.FileRefusedError as refused:
        return store.asks_name(request, action, request.POST.get("name", ""), str(refused))
    return store.back(request, found.folder)


@require_http_methods(["GET", "POST"])
def place(request: Request, pk: int) -> HttpResponse:
    """Put a file into another folder."""
    found = asked.file_changeable(request.member, pk)
    if request.method == "GET":
        return store.asks_place(request, reverse("files:place", args=[pk]), found.folder_id)
    to = asked.folder_asked(request.member, request.POST.get("folder"))
    origin = found.folder
    services.move_files(files=[found], to=to)
    return store.back(request, origin, gettext("Moved to {place}").format(place=store.place_name(to)))


@require_http_methods(["GET", "POST"])
def deletion(request: Request, pk: int) -> HttpResponse:
    """Delete a file from the store; a GET says first where it is used (SP-168)."""
    found = asked.file_changeable(request.member, pk)
    kind, entity = request.GET.get("kind", ""), asked.number(request.GET.get("record"))
    if request.method == "GET":
        places, hidden = selectors.uses(member=request.member, file=found)
        context = {"file": found, "places": places, "hidden": hidden, "kind": kind, "record": entity}
        return render(request, "files/_deletion.html", context)
    services.delete_files(files=[found], by=asked.who(request))
    said = gettext("{name} was deleted").format(name=found.name)
    undo = reverse("files:restoration", args=[pk])
    if kind and entity is not None:
        return _section(request, kind, entity, said, undo)
    return store.back(request, found.folder, said, undo_url=undo)


@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted file back: that is how Undo asks."""
    found = get_object_or_404(policies.restorable_by(request.member), pk=pk)
    services.restore_files(files=[found])
    return asked.nothing() if asked.is_script(request) else store.back(request, found.folder)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: Request, area: str, entity: int) -> HttpResponse:
    """The files of a record; a POST attaches a file of the store or brings new ones in."""
    if request.method != "POST":
        return _section(request, area, entity)
    kind, entity_id = asked.record_asked(request.member, area, entity)
    assert entity_id is not None
    if number := request.POST.get("file"):
        chosen = asked.file_seen(request.member, asked.number(number) or 0)
        services.attach_file(
            file=chosen, kind=kind, entity_id=entity_id, member=request.member, by=asked.who(request)
        )
        return _section(request, kind, entity_id)
    refusals = _keep_all(request, kind, entity_id)
    return _section(request, kind, entity_id, error=" ".join(refusals))


@require_POST
def detachment(request: Request, area: str, entity: int, pk: int) -> HttpResponse:
    """Take a file off a record; it stays in the store (SP-167). With `back` it is put there again."""
    kind, entity_id = asked.record_asked(request.member, area, entity)
    assert entity_id is not None
    found = asked.file_seen(request.member, pk)
    by = asked.who(request)
    if request.GET.get("back"):
        services.attach_file(file=found, kind=kind, entity_id=entity_id, member=request.member, by=by)
        return asked.nothing() if asked.is_script(request) else _section(request, kind, entity_id)
    services.detach_file(file=found, kind=kind, entity_id=entity_id, by=by)
    undo = f"{request.path}?back=1"
    return _section(request, kind, entity_id, gettext("{name} was taken off").format(name=found.name), undo)


def _keep_all(request: Request, kind: str, entity_id: int) -> list[str]:
    refusals = []
    for one in asked.brought(request, "upload"):
        try:
            services.keep_file(
                name=one.name,
                body=one.body,
                size=one.size,
                member=request.member,
                by=asked.who(request),
                kind=kind,
                entity_id=entity_id,
            )
        except services.FileRefusedError as refused:
            refusals.append(f"{one.name}: {refused}")
        except blobs.BlobError:
            refusals.append(gettext("The store does not answer. Try again in a moment."))
    return refusals


def _section(
    request: Request, kind: str, entity: int, said: str = "", undo_url: str | None = None, *, error: str = ""
) -> HttpResponse:
    """The section Files of a record, or its page when there is no script."""
    found = selectors.attached_files(member=request.member, kind=kind, entity_id=entity)
    described = policies.kind_of(kind)
    if found is None or described is None:
        raise Http404
    if not htmx.wants_fragment(request):
        if said or error:
            messages.info(request, error or said)
        subject = described.subjects(request.member, [entity])[entity]
        return redirect(subject.url)
    context = {"files": found, "error": error}
    answer = render(request, "files/_section.html", context, status=422 if error else 200)
    htmx.trigger(answer, "af:close", {})
    return htmx.toast(answer, said, undo_url=undo_url) if said else answer
