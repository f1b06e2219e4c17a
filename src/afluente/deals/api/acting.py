"""Who acts for a program, and how it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse

from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest


def actor_of(request: HttpRequest) -> Actor:
    """Who acts: the token."""
    token = request.token  # type: ignore[attr-defined]  # set by config.gate
    return Actor("token", token.pk, token.name)


def missing() -> JsonResponse:
    """There is no such deal, or the token's maker does not see it."""
    return refuse(404, "not_found", "There is no such deal.")


def refuse(status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """A refusal in the shape all refusals have."""
    return JsonResponse({"error": {"code": code, "message": message, "field": field}}, status=status)
