"""What the entries of a history need to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.timeline.models import Comment
    from afluente.timeline.selectors.entries import Entry

register = template.Library()


@dataclass(frozen=True)
class _Shown:
    """An entry, told from others by all that is shown of it."""

    looks: tuple[object, ...]
    entry: Entry = field(compare=False)


@register.simple_tag
def history_entry(entry: Entry, *, csrf_token: str) -> SafeString:
    """A line of a history. The same ones are shown again and again, and after each live change: a line
    that says the same to somebody of the same language, zone and day is not drawn anew.
    """
    if entry.comment is not None or entry.attachments:
        return SafeString(
            render_to_string("timeline/_entry.html", {"entry": entry, "csrf_token": csrf_token})
        )
    looks = (
        entry.id,
        entry.at,
        entry.kind.name,
        repr(entry.data),
        (entry.actor_kind, entry.actor_id, entry.actor_name),
        (entry.deal_id, entry.deal, entry.subject, entry.is_own),
        tuple((str(one.label), one.before, one.after, one.is_list) for one in entry.changes),
        (get_language(), formats.home(), timezone.get_current_timezone_name(), timezone.localdate()),
    )
    return _line(_Shown(looks, entry))


@lru_cache(maxsize=2048)  # of some two kilobytes each
def _line(shown: _Shown) -> SafeString:
    return SafeString(render_to_string("timeline/_entry.html", {"entry": shown.entry}))


@register.filter
def event_money(amount: object, currency: str) -> str:
    """An amount from the log, where it is a text."""
    try:
        return formats.money(Decimal(str(amount)), str(currency))
    except (InvalidOperation, ValueError):
        return str(amount)


@register.filter
def pairs(fields: object) -> list[tuple[str, Any]]:
    """Label and value of what was filled in: from a mapping, or from a list of pairs (which keeps order)."""
    if isinstance(fields, Mapping):
        return [(str(label), value) for label, value in fields.items()]
    return [(str(pair[0]), pair[1]) for pair in fields if len(pair) == 2] if isinstance(fields, list) else []


@register.filter
def said(comment: Comment) -> SafeString:
    """The words of a comment, whom it names as chips under their present names.

    Who has left is named plainly. The comment comes with its mentions at hand (threads.name_mentioned).
    """
    pieces, place = [], 0
    for named in comment.mentions.all() if "@" in comment.text else ():
        if named.start < place:
            continue
        pieces.append(words(comment.text[place : named.start]))
        name, is_here = named.member.user.name, named.member.is_active and named.member.user.is_active
        if is_here:
            pieces.append(format_html('<span class="at">@{}</span>', name))
        else:
            pieces.append(format_html('<span title="{}">@{}</span>', gettext("No longer here"), name))
        place = named.start + named.length
    pieces.append(words(comment.text[place:]))
    return format_html("{}" * len(pieces), *pieces)


@register.filter(needs_autoescape=True)
def words(text: str, autoescape: bool = True) -> SafeString:
    """What somebody wrote: escaped, line breaks kept, addresses turned into links."""
    return linebreaksbr(urlize(text, nofollow=True, autoescape=autoescape), autoescape=False)
