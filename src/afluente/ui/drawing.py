"""Parts of a page that look as they looked before are not drawn anew (ADR 0013).

The navigation is the same on every page, a value of a field the same on every card. Their markup follows
from values alone, and the values are the key of a bounded memory: nothing has to be told that something
changed, because whatever looks different is another key.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = secrets.token_hex(12)  # nobody can write it into a value: it is made anew with each process


def draw_once(
    template: str,
    context: Mapping[str, Any],
    *,
    looks: tuple[object, ...],
    later: Mapping[str, str] | None = None,
) -> SafeString:
    """`template` drawn with `context`, from memory when it was drawn so before.

    `looks` are hashable and say all that the template shows; language, region, zone and day are added.
    `later` are texts that differ where the rest is the same, such as the key of a form or the address of
    a record: the template sees them as variables of that name, may only write them out, and they are
    put in afterwards, escaped.
    """
    around = (get_language(), formats.home(), timezone.get_current_timezone_name(), timezone.localdate())
    put_in = later or {}
    kept = _kept(template, (*around, *looks))
    if not kept:
        shown = {**context, **{name: _mark(name) for name in put_in}}
        kept.append(render_to_string(template, shown))
    markup = kept[0]
    for name, text in put_in.items():
        markup = markup.replace(_mark(name), conditional_escape(text))
    return SafeString(markup)


@lru_cache(maxsize=4096)  # of some two kilobytes each
def _kept(_template: str, _looks: tuple[object, ...]) -> list[str]:
    """Where the markup is kept: empty until it was drawn. What it was drawn from is let go."""
    return []


def _mark(name: str) -> str:
    return f"{MARK}-{name}-"
