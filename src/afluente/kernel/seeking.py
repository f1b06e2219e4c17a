"""What a program looks for, as its parameter says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from afluente.kernel import text


def _visible(typed: str) -> str:
    if typed and not text.clean(typed, limit=len(typed)):
        raise ValueError("It holds nothing that can be looked for. Leave it out to find everything.")
    return typed


# Signs that nobody sees are cleaned away: what is left would be no search, and find everybody.
Sought = Annotated[str, AfterValidator(_visible)]
