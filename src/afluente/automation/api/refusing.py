"""What a call is told that cannot be answered."""

from __future__ import annotations

from typing import Any

from ninja import Status


def refused(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """A refusal; `field` names what is wrong."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def missing(what: str) -> Status[Any]:
    """What is not there, or not for whoever asks."""
    return refused(404, "not_found", f"There is no such {what}.")


NOT_ALLOWED: Status[Any] = refused(403, "not_allowed", "Whoever made this token may not do that.")
