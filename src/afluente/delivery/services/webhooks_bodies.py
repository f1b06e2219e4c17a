"""Bodies of calls that people write: JSON with variables, whose values cannot leave their place (S-9)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from afluente.delivery.selectors import variables
from afluente.delivery.services import rendering
from afluente.delivery.services.rendering import BadTemplateError
from afluente.kernel import jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def fill_body(source: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """Put values in as they stand inside the quotes of JSON. Raises BadTemplateError, also for what is then none."""
    quoted = {
        first: {last: json.dumps(str(value), ensure_ascii=False)[1:-1] for last, value in held.items()}
        for first, held in words.items()
    }
    filled = rendering.fill(source, quoted)
    try:
        jsonin.loads(filled.encode())
    except ValueError as bad:
        raise BadTemplateError(rendering.no_json(bad)) from bad
    return filled


def body_problems(source: str, *, more: Sequence[str] = ()) -> list[str]:
    """What is wrong with a body, in words. It may also name `more` variables."""
    known = [*(one.name for one in variables()), *more]
    found = rendering.problems(subject="", body=source, known=known)
    if found:
        return found
    sample: dict[str, dict[str, str]] = {}
    for name in known:
        first, _, last = name.partition(".")
        sample.setdefault(first, {})[last] = "1"
    try:
        fill_body(source, sample)
    except BadTemplateError as bad:
        return [str(bad)]
    return []
