"""How many calls a token may make, and the headers that say so (ADR 0142).

Counted in PostgreSQL, so that any number of web processes count together. The headers are those of the
IETF draft «RateLimit header fields for HTTP»: `RateLimit-Policy` names the quota and its window in
seconds, `RateLimit` what is left of it and after how many seconds it is whole again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from afluente.kernel import limits

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WINDOW = 60  # seconds
# Sending a lead has no limit of its own: its door takes what the machine takes, and says 503 beyond.
FREE = {("POST", "/api/v1/leads")}


@dataclass(frozen=True)
class Taken:
    """One call counted; `quota` 0 means that nothing is counted."""

    name: str = "token"
    quota: int = 0
    left: int = 0
    resets_in: int = 0
    is_over: bool = False

    def say(self, response: HttpResponse) -> HttpResponse:
        """The answer with the headers; a refused one says when to come back."""
        if self.quota:
            response["RateLimit-Policy"] = f'"{self.name}";q={self.quota};w={WINDOW}'
            response["RateLimit"] = f'"{self.name}";r={self.left};t={self.resets_in}'
        if self.is_over:
            response["Retry-After"] = str(max(self.resets_in, 1))
        return response


def take(token_text: str, request: HttpRequest) -> Taken:
    """Count one call of a token. Ask outside the workspace: inside, the row stays locked until COMMIT."""
    return _take(request, "token", token_text)


def take_of_stranger(request: HttpRequest) -> Taken:
    """Count a call without anything like a token, by the address it comes from."""
    return _take(request, "address", request.META.get("REMOTE_ADDR", ""))


def _take(request: HttpRequest, name: str, subject: str) -> Taken:
    quota: int = settings.API_RATE
    if not quota or (request.method, request.path_info) in FREE:
        return Taken()
    verdict = limits.take(limits.Limit("api" if name == "token" else f"api-{name}", quota, WINDOW), subject)
    return Taken(name, quota, verdict.left, verdict.resets_in, not verdict.is_allowed)
