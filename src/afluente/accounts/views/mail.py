"""Settings, E-mail: the server that sends letters, whether it works, and letters that became files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts import forms, policies, services
from afluente.accounts.models import Role
from afluente.accounts.views.gates import only
from afluente.kernel import mail, mail_server

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request


def _may_set(member: Membership) -> bool:
    """The server serves the whole installation: owners of the workspace that set it, while the environment
    leaves it open.
    """
    server = mail_server.present()
    is_ours = server is None or server.set_by_workspace == member.workspace_id
    return member.role == Role.OWNER and is_ours and not mail_server.is_of_environment()


@only(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing(request: Request) -> HttpResponse:
    """The server, the latest test of it, and without a server the latest letters of this workspace."""
    may_set = _may_set(request.member)
    if request.method == "POST" and not may_set:
        raise Http404
    form = forms.MailServer(request.POST or None, server=mail_server.present() if may_set else None)
    if request.method == "POST" and form.is_valid():
        services.set_mail_server(by=request.member, **form.values())
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(request.path, status=303)
    context = {
        "form": form if may_set else None,
        "server": mail_server.present(),
        "is_of_environment": mail_server.is_of_environment(),
        "host": getattr(settings, "EMAIL_HOST", ""),
        "outcome": mail_server.outcome(workspace_id=request.workspace.pk) if "test" in request.GET else None,
        "failed": mail_server.failed_count(workspace_id=request.workspace.pk),
        "letters": _letters(request),
        "folder": settings.MAIL_DIR,
    }
    return render(request, "accounts/mail.html", context, status=422 if form.errors else 200)


def _letters(request: Request) -> list[mail.WrittenLetter] | None:
    if not mail.is_written_to_files():
        return None
    return mail.written_letters(
        workspace_id=request.workspace.pk,
        owners_too=request.member.role == Role.OWNER,
        reader=request.user.email,
    )


@only(policies.may_administer)
@require_POST
def test(request: Request) -> HttpResponse:
    """Send a letter to oneself; the page then says what became of it."""
    services.send_test_letter(to=request.member)
    return HttpResponseRedirect(f"{reverse('accounts:mail')}?test#test", status=303)


@only(policies.may_administer)
@require_POST
def removal(request: Request) -> HttpResponse:
    """Forget the server that was set here."""
    if not _may_set(request.member):
        raise Http404
    services.forget_mail_server(by=request.member)
    messages.success(request, _("Saved"))
    return HttpResponseRedirect(reverse("accounts:mail"), status=303)
