"""Components: `{% load ui %}`. Reference in docs/reference/components.md, samples at /styleguide/."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from afluente.kernel import once, text
from afluente.ui import channels, fields, formats

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from django.forms import BoundField
    from django_stubs_ext import StrOrPromise

SPRITE = "ui/vendor/lucide-1.62.0.svg"
HUES = 24

register = template.Library()


@register.simple_tag
def form_key() -> str:
    """A hidden key of a form that makes a record: sent twice, it makes one (kernel.once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.NAME, once.new_key())


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The signs of the sprite (scripts/icons.txt lists them)."""
    sprite = Path(str(finders.find(SPRITE))).read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))


@register.simple_tag
def icon(name: str, *, css: str = "") -> SafeString:
    """A sign, hidden from screen readers: put the word beside it or on the control.

    Raises TemplateSyntaxError for a sign that the sprite does not hold.
    """
    return _icon(str(name), css, _sprite())


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static(SPRITE)


# A board draws thousands of the same few signs and people, hence the caches.
@lru_cache(maxsize=512)
def _icon(name: str, css: str, sprite: str) -> SafeString:
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"No sign called {name!r}; add it to scripts/icons.txt")
    classes = f"i {css}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, sprite, name
    )


@register.filter
def hue(seed: object) -> str:
    """The hue class of a person or tag, from its id or name: always the same one."""
    if isinstance(seed, int):
        return f"hue-{seed * 7 % HUES}"
    return f"hue-{zlib.crc32(str(seed).encode()) % HUES}"


@register.simple_tag
def avatar(
    *,
    name: str,
    seed: object = None,
    size: str = "",
    online: bool = False,
    square: bool = False,
    decorative: bool = False,
) -> SafeString:
    """Initials on a hue. `size` is "", "md" or "lg"; `square` for organisations; `seed` decides the hue."""
    classes = ["av", size, "sqr" if square else "", hue(name if seed is None else seed)]
    return _labelled(" ".join(filter(None, classes)), escape(name), text.initials(name), decorative, online)


@register.simple_tag
def channel(kind: str, *, size: str = "", label: str = "", decorative: bool = False) -> SafeString:
    """The sign of a source (`api`, `form`, `webhook` …). `label` says more, such as the form's name."""
    sign = channels.channel(kind)
    classes = ["ch", size, f"ch-{sign.css}"]
    return _labelled(
        " ".join(filter(None, classes)), escape(label or sign.label), icon(sign.icon), decorative, False
    )


@lru_cache(maxsize=4096)
def _labelled(classes: str, name: str, inside: str, is_decorative: bool, is_online: bool) -> SafeString:
    """A small sign whose name is in the tooltip and for screen readers, unless it stands beside it.

    `name` comes escaped: safe and unsafe text are equal as keys of the cache.
    """
    presence = SafeString(" data-on") if is_online else ""
    if is_decorative:
        return format_html('<span class="{}" aria-hidden="true"{}>{}</span>', classes, presence, inside)
    return format_html(
        '<span class="{}" role="img" aria-label="{}" title="{}"{}>{}</span>',
        classes,
        name,
        name,
        presence,
        inside,
    )


@register.filter
def breakable(address: object) -> SafeString:
    """A long e-mail or web address that may end a line before @, a dot, a slash or an underscore.

    What is copied is the address alone: the places are elements, no characters.
    """
    return SafeString(re.sub(r"(?<=[^@._/])(?=[@._/])", "<wbr>", escape(str(address))))


@register.filter
def channel_name(kind: str) -> StrOrPromise:
    """The name of a source kind."""
    return channels.channel(kind).label


@register.simple_tag
def badge(label: StrOrPromise, *, tone: str = "", sign: str = "") -> SafeString:
    """A state in one word. `tone` is "", "info", "ok", "warn" or "bad"."""
    return format_html(
        '<span class="badge{}">{}{}</span>', f" {tone}" if tone else "", icon(sign) if sign else "", label
    )


@register.simple_tag
def field(
    bound: BoundField, *, label: str = "", hint: str = "", warning: str = "", compact: bool = False
) -> SafeString:
    """A form field with its label, hint and errors. `compact` hides the label from the eye only."""
    context = fields.describe(bound, label=label, hint=hint, warning=warning, is_compact=compact)
    return SafeString(render_to_string("ui/components/field.html", context))


@register.simple_tag
def bar(value: Decimal | float, *, of: Decimal | float) -> SafeString:
    """A horizontal bar, `value` of `of` wide, in the colour of the stage class around it."""
    share = min(100.0, 100 * float(value) / float(of)) if of else 0.0
    return format_html(
        '<svg class="hbar" aria-hidden="true"><rect width="{}%" height="100%" rx="3"/></svg>', f"{share:.1f}"
    )


@register.simple_tag
def since(moment: dt.datetime) -> SafeString:
    """How long ago, kept up to date by the page; the full date on hover."""
    return format_html(
        '<af-since><time class="n" datetime="{}" title="{}">{}</time></af-since>',
        moment.isoformat(),
        formats.when(moment),
        formats.ago(moment),
    )


@register.simple_tag
def moment(at: dt.datetime) -> SafeString:
    """The time of day of something under the heading of its day; the full date on hover."""
    return format_html(
        '<time class="n" datetime="{}" title="{}">{}</time>',
        timezone.localtime(at).isoformat(timespec="seconds"),
        formats.when(at),
        formats.clock(at),
    )


@register.simple_tag
def dated(at: dt.datetime) -> SafeString:
    """Day and time of something that stands under no heading of its day."""
    return format_html(
        '<time class="n" datetime="{}">{}</time>',
        timezone.localtime(at).isoformat(timespec="seconds"),
        formats.when(at),
    )


@register.simple_block_tag
def empty_state(content: str, *, title: str, text: str = "", sign: str = "inbox") -> SafeString:
    """What is missing, what will appear here, and one act inside the block."""
    context = {"content": SafeString(content.strip()), "title": title, "text": text, "sign": sign}
    return SafeString(render_to_string("ui/components/empty.html", context))


@register.simple_block_tag
def panel(content: str, *, title: str, close_url: str = "", name: str = "panel") -> SafeString:
    """A side panel: it takes a column of a `.split.peek`. Esc follows `close_url`."""
    context = {"content": SafeString(content), "title": title, "close_url": close_url, "name": name}
    return SafeString(render_to_string("ui/components/panel.html", context))


@register.simple_block_tag
def dialog(content: str, *, name: str, title: str) -> SafeString:
    """A modal dialog, opened by any control with `data-opens="<name>"`."""
    context = {"content": SafeString(content), "title": title, "name": name}
    return SafeString(render_to_string("ui/components/dialog.html", context))


@register.inclusion_tag("ui/components/pagination.html")
def pagination(*, next_url: str = "", previous_url: str = "", summary: str = "") -> dict[str, Any]:
    """Links to the neighbouring pages of a list read by keyset, and what is shown now."""
    return {"next_url": next_url, "previous_url": previous_url, "summary": summary}


register.filter("money", formats.money)
register.filter("number", formats.number)
register.filter("filesize", formats.size)
register.filter("percent", formats.percent)
register.filter("ago", formats.ago)
register.filter("when", formats.when)
register.filter("clock", formats.clock)
register.filter("day", formats.day)
register.filter("day_name", formats.day_name)
register.filter("weekday_short", formats.weekday_short)
register.filter("month", formats.month)
