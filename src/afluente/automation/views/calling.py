"""The address of a trigger, for other programs: nobody is signed in, the secret is the permission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from afluente.automation import services
from afluente.kernel import ids, jsonin, limits
from afluente.kernel.limits import Limit
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ANSWERS = Limit("rule-answer", most=6_000, seconds=60)
CALLS = Limit("trigger-call", most=600, seconds=60)
LARGEST = 100_000  # bytes of a call


def _public(view: Any) -> Any:
    """For whoever has the address; there is no session that a forged request could borrow."""
    view = login_not_required(csrf_exempt(view))
    view.workspace_free = True
    return view


@_public
@require_POST
def call(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """Keep a call. `deal` is a deal's number; or `email`, `phone`, `external_id` of its person, as JSON, as a
    form or in the address. A header `Idempotency-Key` or `Webhook-Id`, or `id` in the body, names the call.
    """
    workspace_id = ids.workspace_of(public_id)
    verdict = limits.take(CALLS, public_id)
    if not verdict.is_allowed:
        return _too_many(verdict.retry_after)
    if workspace_id is None:
        return _said(services.NOT_FOUND)
    try:
        body = _body(request)
    except ValueError as wrong:
        return _said(services.Answer(400, "unreadable", str(wrong) or "The body cannot be read."))
    key = request.headers.get("Idempotency-Key") or request.headers.get("Webhook-Id") or ""
    with scope(workspace_id):
        answer = services.take_call(public_id=public_id, secret=secret, body=body, key=key[:200])
    return _said(answer)


@_public
@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Another program that a rule called says that it is done, or failed: `state` and `detail`, as JSON or a form."""
    meant = services.read_answer(token)
    if meant is None:
        return _said(services.STRANGE)
    workspace_id, step = meant
    verdict = limits.take(ANSWERS, str(workspace_id))
    if not verdict.is_allowed:
        return _too_many(verdict.retry_after)
    try:
        body = _body(request)
    except ValueError as wrong:
        return _said(services.Answer(400, "unreadable", str(wrong) or "The body cannot be read."))
    with scope(workspace_id):
        said = services.take_answer(step=step, body=body)
    return _said(said)


def _too_many(retry_after: int) -> JsonResponse:
    said = {"code": "too_many", "message": "Too many calls.", "field": None}
    return JsonResponse({"error": said}, status=429, headers={"Retry-After": str(retry_after)})


def _body(request: HttpRequest) -> dict[str, Any]:
    """What the call says: the address, over it the form or the JSON. Raises ValueError."""
    said: dict[str, Any] = request.GET.dict()
    raw = request.body
    if len(raw) > LARGEST:
        raise ValueError("The body is too large.")
    if request.content_type == "application/json" and raw:
        found = jsonin.loads(raw)
        if not isinstance(found, dict):
            raise ValueError("The body must be an object.")
        return _kept(said | found)
    return _kept(said | request.POST.dict())


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    if any(isinstance(one, str) and "\0" in one for one in said.values()):
        raise ValueError("The body holds a sign that no text has: NUL.")
    return said


def _said(answer: services.Answer) -> JsonResponse:
    if answer.status < 300:
        return JsonResponse({"state": answer.code, "message": answer.message}, status=answer.status)
    said = {"code": answer.code, "message": answer.message, "field": None}
    return JsonResponse({"error": said}, status=answer.status)
