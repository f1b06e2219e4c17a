"""The list of forms and the form editor. Every act of the editor works without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.models import User
from afluente.capture import policies, selectors, services
from afluente.capture.forms.answers import answers_form
from afluente.capture.forms.editor import Editor
from afluente.capture.services import fields as questions
from afluente.capture.views.sharing import share
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.capture.models import Form


@require_http_methods(["GET", "HEAD", "POST"])
def forms(request: Request) -> HttpResponse:
    """All forms; POST makes one that can be published at once and opens its editor."""
    if not policies.may_capture(request.member):
        raise Http404
    if request.method == "POST":
        made = services.create_form(name=_("New form"), language=request.workspace.language)
        return redirect("capture:form", made.pk)
    found = list(policies.forms_of(request.member).order_by("-source__is_on", "source__name", "pk"))
    traffic = selectors.traffic_of([form.source_id for form in found])
    rows = [(form, traffic.get(form.source_id, selectors.Traffic())) for form in found]
    return render(request, "capture/forms.html", {"rows": rows, "days": selectors.DAYS})


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: Request, pk: int) -> HttpResponse:
    """The editor. POST saves, or does one of the acts on questions and saves nothing."""
    found = get_object_or_404(policies.forms_of(request.member), pk=pk)
    if request.method != "POST":
        return _show(request, Editor(found))
    editor = Editor(found, request.POST)
    act, _sep, subject = request.POST.get("do", "").partition(":")
    if act:
        acted = _acted(editor.fields, act, subject or request.POST.get("new_kind", ""))
        editor.show(acted)
        opened = acted[-1].name if act == "add" and acted else subject
        return _show(request, editor, is_unsaved=True, opened=opened)
    if not editor.is_valid():
        return _show(request, editor, status=422)
    services.change_form(form=found, fields=editor.fields, **editor.settings.cleaned_data)
    messages.success(request, _("Saved"))
    return HttpResponseRedirect(reverse("capture:form", args=[pk]), status=303)


def _acted(fields: list[questions.Field], act: str, subject: str) -> list[questions.Field]:
    if act == "add":
        return questions.with_new(fields, subject)
    if act == "remove":
        return questions.without(fields, subject)
    if act in {"up", "down"}:
        return questions.moved(fields, subject, -1 if act == "up" else 1)
    return fields


def _show(
    request: Request, editor: Editor, *, status: int = 200, is_unsaved: bool = False, opened: str = ""
) -> HttpResponse:
    found = editor.form
    context = {
        "form": found,
        "editor": editor,
        "preview": _preview_of(found, editor),
        "kinds": questions.Kind.choices,
        "share": share(found),
        "is_unsaved": is_unsaved,
        "opened": opened,
        "traffic": selectors.traffic_of([found.source_id]).get(found.source_id, selectors.Traffic()),
    }
    response = htmx.respond(request, "capture/form.html", context, fragment="questions", status=status)
    return htmx.trigger(response, "af:draft", {}) if is_unsaved else response


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """The form as it would look, from what is typed and not saved."""
    found = get_object_or_404(policies.forms_of(request.member), pk=pk)
    context = {"preview": _preview_of(found, Editor(found, request.POST))}
    return render(request, "capture/_preview.html", context)


def _preview_of(found: Form, editor: Editor) -> dict[str, object]:
    """What the preview shows, drawn in the form's language."""
    said = editor.settings
    shown = selectors.as_public(found)
    value = {name: str(said[name].value() or "") for name in ("title", "intro", "button", "language")}
    language = value["language"] if value["language"] in User.Language.values else shown.language
    with override(language):
        answers = answers_form(editor.fields, language=language)(auto_id="preview_%s")
    return {
        "form": replace(
            shown,
            fields=editor.fields,
            language=language,
            title=value["title"],
            intro=value["intro"],
            button=value["button"],
        ),
        "answers": answers,
    }


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    """Put a form on or off."""
    found = get_object_or_404(policies.forms_of(request.member), pk=pk)
    is_on = request.POST.get("is_on") == "1"
    services.switch_form(form=found, is_on=is_on)
    messages.success(request, _("The form is open") if is_on else _("The form is closed"))
    return HttpResponseRedirect(reverse("capture:form", args=[pk]), status=303)


@require_POST
def copy(request: Request, pk: int) -> HttpResponse:
    """Make another form with the same questions, switched off."""
    found = get_object_or_404(policies.forms_of(request.member), pk=pk)
    made = services.duplicate_form(form=found, name=_("%(name)s, copy") % {"name": found.source.name[:90]})
    messages.success(request, _("Copied. The copy is switched off."))
    return HttpResponseRedirect(reverse("capture:form", args=[made.pk]), status=303)


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Shut a form for good."""
    found = get_object_or_404(policies.forms_of(request.member), pk=pk)
    services.delete_form(form=found)
    messages.success(request, _("Deleted. Its leads stay."))
    return HttpResponseRedirect(reverse("capture:forms"), status=303)
