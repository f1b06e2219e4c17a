"""Templates become messages: variables by liquid, signs of Markdown as HTML, nothing that runs (S-SEC, S-9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import mistune
import nh3
from django.utils.translation import gettext
from liquid.exceptions import LiquidError

from afluente.kernel import liquids, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from liquid import BoundTemplate

ROOM = 100_000  # characters of a message
LINE = 250  # of a subject
SMS = 1_000
_LIQUID = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_KEPT = re.compile(r"xliquid(\d+)x")
_plain = liquids.environment(room=ROOM)
_html = liquids.environment(room=ROOM, escapes=True)
_markdown = mistune.create_markdown(escape=True, plugins=["url", "strikethrough"], hard_wrap=True)
TAGS = {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
}
TAGS |= {"pre", "strong", "u", "ul"}


class BadTemplateError(ValueError):
    """The template cannot be read or filled in; the text says why."""


@dataclass(frozen=True)
class Rendered:
    """A message in words. `html` is clean and stands inside a page."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=512)
def _compiled(source: str, *, escapes: bool) -> BoundTemplate:
    try:
        return (_html if escapes else _plain).from_string(source)
    except LiquidError as error:
        raise BadTemplateError(liquids.why(error)) from error


@lru_cache(maxsize=512)
def _as_html(body: str) -> str:
    """Markdown as HTML with the places of variables still in it: what they hold is no Markdown."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"xliquid{len(kept) - 1}x"

    marked = str(_markdown(_LIQUID.sub(keep, body)))
    return _KEPT.sub(lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else found[0], marked)


def render(*, subject: str, body: str, words: Mapping[str, Any]) -> Rendered:
    """Fill a template in. Raises BadTemplateError, also for what would become longer than ROOM."""
    filled = _filled(_compiled(body, escapes=False), words)
    html = _filled(_compiled(_as_html(body), escapes=True), words)
    return Rendered(
        subject=text.clean(_filled(_compiled(subject, escapes=False), words), limit=LINE),
        text=filled.strip(),
        html=nh3.clean(html, tags=TAGS, url_schemes={"http", "https", "mailto", "tel"}).strip(),
    )


def fill(source: str, words: Mapping[str, Any]) -> str:
    """Fill in a text that is neither a page nor a letter. Raises BadTemplateError."""
    return _filled(_compiled(source, escapes=False), words)


def _filled(template: BoundTemplate, words: Mapping[str, Any]) -> str:
    try:
        return template.render(**words)
    except LiquidError as error:
        raise BadTemplateError(liquids.why(error)) from error
    except Exception as error:
        raise BadTemplateError(gettext("It cannot be filled in.")) from error


def no_json(problem: ValueError) -> str:
    """What is wrong with a text that was to be JSON; the library says it in English."""
    place = getattr(problem, "lineno", 0), getattr(problem, "colno", 0)
    if not all(place):
        return gettext("It is no JSON.")
    return gettext("It is no JSON: look at line {line}, place {place}.").format(line=place[0], place=place[1])


def problems(*, subject: str, body: str, known: Collection[str]) -> list[str]:
    """What is wrong with a template, in words: it cannot be read, names what is not known, or grows too long.

    What it grows to is tried with every variable empty and once with each filled.
    """
    found: list[str] = []
    for source in (subject, body):
        try:
            uses = _compiled(source, escapes=False).analyze().globals.values()
        except BadTemplateError as bad:
            return [str(bad)]
        except LiquidError as error:
            return [liquids.why(error)]
        names = {str(one) for each in uses for one in each}
        found += [
            gettext("There is no variable {name}.").format(name=name) for name in sorted(names - set(known))
        ]
    if not found:
        found += _too_long(subject, body, known)
    return found


def _too_long(subject: str, body: str, known: Collection[str]) -> list[str]:
    sample: dict[str, dict[str, str]] = {}
    for name in known:
        first, _, last = name.partition(".")
        sample.setdefault(first, {})[last] = "Ana"
    try:
        for words in (sample, {}):
            render(subject=subject, body=body, words=words)
    except BadTemplateError as bad:
        return [str(bad)]
    return []
