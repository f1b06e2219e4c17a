"""Settings, Outgoing mail: letters that were written to files because no mail server is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afluente.accounts import policies
from afluente.accounts.models import Role
from afluente.accounts.views.gates import only
from afluente.kernel import mail

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@only(policies.may_administer)
@require_safe
def outgoing(request: Request) -> HttpResponse:
    """The latest letters of this workspace. With a mail server there is no such page."""
    if not mail.is_written_to_files():
        raise Http404
    letters = mail.written_letters(
        workspace_id=request.workspace.pk, owners_too=request.member.role == Role.OWNER
    )
    return render(request, "accounts/mail.html", {"letters": letters, "folder": settings.MAIL_DIR})
