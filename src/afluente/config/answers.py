"""The shape that every refusal of the API has."""

from __future__ import annotations

from django.http import JsonResponse


def problem(status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """A refusal: a code for programs that never changes, a sentence, and the field to mend."""
    return JsonResponse({"error": {"code": code, "message": message, "field": field}}, status=status)
