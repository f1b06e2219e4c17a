"""The demo's address: whoever opens it is signed in. Only there while `afluente demo` runs."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from afluente.accounts.models import User
from afluente.config import demo

if TYPE_CHECKING:
    from django.http import HttpResponse


@login_not_required
@require_GET
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as the owner of the demo's workspace and show the board's home."""
    facts = demo.read_note(settings.ENVIRONMENT.data_dir)
    if not hmac.compare_digest(key, facts["key"]):
        raise Http404
    if not request.user.is_authenticated:
        perform_login(request, Login(user=User.objects.get(email=facts["owner"]), email=facts["owner"]))
    return redirect("/")
