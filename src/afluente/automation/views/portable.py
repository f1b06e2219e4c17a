"""A pipeline's automation as a file: taken out, and brought in where it is arranged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.automation import services
from afluente.automation.services.portable import Words
from afluente.automation.views.designer import address_of, configured
from afluente.deals.models import Stage
from afluente.kernel.htmx import go
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.requests import Request
    from afluente.automation.services import Named
    from afluente.deals.models import Pipeline

LEAVE = "leave"


@require_safe
def download(request: Request, pk: int) -> HttpResponse:
    """The file of what is arranged now."""
    pipeline = configured(request, pk)
    written = json.dumps(services.file_of(pipeline), ensure_ascii=False, indent=2)
    answer = HttpResponse(written, content_type="application/json; charset=utf-8")
    name = slugify(pipeline.name) or f"pipeline-{pipeline.pk}"
    answer["Content-Disposition"] = f'attachment; filename="{name}-automation.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: Request, pk: int) -> HttpResponse:
    """Choose a file; say where its stages go and what is meant by what is not here; bring it in."""
    pipeline = configured(request, pk)
    if request.method != "POST":
        return _page(request, pipeline)
    try:
        text = _text(request)
        read = services.read_file(text)
        if "stages" in request.POST:
            return _bring(request, pipeline, read)
        return _page(request, pipeline, text=text, read=read)
    except services.UnknownNamesError as unknown:
        problem = gettext("Choose what is meant by: {names}").format(names=str(unknown))
        return _page(request, pipeline, text=text, read=read, problem=problem)
    except services.BadFileError as bad:
        return _page(request, pipeline, problem=str(bad))


def _text(request: Request) -> str:
    """What was chosen, or what the second step carries. Raises BadFileError."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        if text := request.POST.get("text", ""):
            return text
        raise services.BadFileError("", gettext("Choose a file."))
    try:
        return str(uploaded.read().decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise services.BadFileError("", gettext("This is no text in UTF-8.")) from wrong


def _page(
    request: Request,
    pipeline: Pipeline,
    *,
    text: str = "",
    read: Mapping[str, Any] | None = None,
    problem: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {"pipeline": pipeline, "problem": problem, "rail": True}
    if read is not None:
        words = Words(pipeline)
        context |= {
            "text": text,
            "parts": [
                _part(request, number, one, words)
                for number, one in enumerate(read["stages"])
                if one.get("rules") or one.get("triggers")
            ],
            "here": Stage.objects.lasting().filter(pipeline=pipeline).order_by("position", "pk"),
            "unknown": [
                (
                    f"instead-{number}",
                    one,
                    words.table(one.kind, one.of),
                    request.POST.get(f"instead-{number}", ""),
                )
                for number, one in enumerate(services.unknown_names(pipeline, read))
            ],
            "is_replacing": request.POST.get("mode") == "replace",
        }
    return render(request, "automation/file.html", context, status=422 if problem else 200)


def _part(request: Request, number: int, said: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A stage of the file, and the one that it goes to."""
    return {
        "field": f"stage-{number}",
        "name": said["name"],
        "rules": len(said.get("rules", [])),
        "triggers": len(said.get("triggers", [])),
        "chosen": request.POST.get(f"stage-{number}", words.find("here", said["name"]) or ""),
    }


def _bring(request: Request, pipeline: Pipeline, read: Mapping[str, Any]) -> HttpResponse:
    names = services.unknown_names(pipeline, read)
    said = {one: request.POST.get(f"instead-{number}", "") for number, one in enumerate(names)}
    brought = services.bring_in(
        pipeline=pipeline,
        file=read,
        places={
            one["name"]: _number(request.POST.get(f"stage-{number}", ""))
            for number, one in enumerate(read["stages"])
        },
        instead={one: value for one, value in said.items() if value not in {"", LEAVE}},
        is_replacing=request.POST.get("mode") == "replace",
        leaves_out=_are_left(said),
    )
    _tell(request, brought)
    return go(request, address_of(pipeline))


def _are_left(said: Mapping[Named, str]) -> bool:
    """Whether somebody decided about each name: what is meant, or to do without."""
    return all(said.values())


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _tell(request: Request, brought: services.Brought) -> None:
    rules = ngettext("{n} rule", "{n} rules", brought.rules).format(n=formats.number(brought.rules))
    triggers = ngettext("{n} trigger", "{n} triggers", brought.triggers)
    said = gettext(
        "Imported: {rules}, {triggers}. Nothing runs until you publish; triggers are switched off."
    )
    messages.success(
        request, said.format(rules=rules, triggers=triggers.format(n=formats.number(brought.triggers)))
    )
    if brought.left_out:
        left = gettext("Left out, because they name what is not here: {names}")
        messages.warning(request, left.format(names=", ".join(brought.left_out[:10])))
