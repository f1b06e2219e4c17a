"""Who acts for a program, and how it is refused."""

from __future__ import annotations

from django.http import JsonResponse


def missing() -> JsonResponse:
    """There is no such deal, or the token's maker does not see it."""
    return refuse(404, "not_found", "There is no such deal.")


def refuse(status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """A refusal in the shape all refusals have."""
    return JsonResponse({"error": {"code": code, "message": message, "field": field}}, status=status)
