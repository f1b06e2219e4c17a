"""Settings, Audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from afluente.accounts import policies, selectors, services
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@only(policies.may_administer)
@require_safe
def audit(request: Request) -> HttpResponse:
    """What was written down, the newest first; with `?check` also whether every seal fits."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 18 else None
    is_checked = "check" in request.GET
    context = {
        "page": selectors.audit_page(member=request.member, before=before),
        "checked": is_checked,
        "broken": services.first_broken() if is_checked else None,
    }
    return render(request, "accounts/audit.html", context)
