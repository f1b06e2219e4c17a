"""One question to a provider over HTTP, judged: what was certainly not taken, and what nobody knows (S-TX)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.delivery.services.providers.base import Later, Refused, Unknown
from afluente.kernel import outbound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.delivery.services.providers.base import Outcome

BUSY = {408, 425, 429, 503}  # says of itself that it took nothing


def asked(
    method: str, url: str, *, body: bytes, headers: Mapping[str, str]
) -> outbound.Answer | Later | Refused | Unknown:
    """The answer, or why there is none. Once the connection stands, silence is Unknown and not Later."""
    try:
        return outbound.ask(method, url, body=body, headers=headers)
    except outbound.ForbiddenPlaceError as forbidden:
        return Refused(str(forbidden), reason="forbidden_place")
    except outbound.NoAnswerError as lost:
        return Unknown(str(lost))
    except outbound.UnreachableError as problem:
        return Later(str(problem))
    except ValueError as strange:  # headers that are none
        return Refused(f"{type(strange).__name__}: {strange}"[:300], reason="bad_message")


def judged(answer: outbound.Answer) -> Outcome:
    """What an answer means that is no success."""
    said = f"{answer.status} {answer.text}".strip()[:300]
    if answer.status in BUSY:
        wait = answer.headers.get("retry-after", "")
        return Later(said, int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 7 else 0)
    return Unknown(said) if answer.status >= 500 else Refused(said)
