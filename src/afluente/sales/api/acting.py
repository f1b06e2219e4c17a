"""Who acts for a program, and how it is refused."""

from __future__ import annotations

from typing import Any

from ninja import Status


def refusal(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """A refusal in the shape all refusals have."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def not_allowed() -> Status[Any]:
    """The token's maker sees it and may not do that."""
    return refusal(403, "not_allowed", "Whoever made this token may not do that.")


def missing(what: str) -> Status[Any]:
    """There is no such record, or the token's maker does not see it."""
    return refusal(404, "not_found", f"There is no such {what}.")
