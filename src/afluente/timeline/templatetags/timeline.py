"""What the entries of a history need to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from afluente.ui import formats
from afluente.ui.drawing import draw_once

if TYPE_CHECKING:
    from afluente.timeline.models import Comment
    from afluente.timeline.selectors.entries import Entry, Feed

register = template.Library()


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
    )
    return draw_once("timeline/_entry.html", {"entry": entry}, looks=looks)


@register.simple_tag
def kinds_menu(feed: Feed, *, csrf_token: str) -> SafeString:
    """The menu Kinds and the day to begin with: the same for every record but for its addresses."""
    chosen = {"groups": feed.groups, "hidden": bool(feed.hidden_groups), "date": feed.date}
    where = tuple(feed.context.items())
    looks = (tuple((slug, is_shown) for slug, _, is_shown in feed.groups), chosen["hidden"], feed.date, where)
    return draw_once(
        "timeline/_kinds.html",
        {**chosen, "where": where},
        looks=looks,
        later={"all_url": feed.all_url, "page_url": feed.page_url, "csrf_token": csrf_token},
    )


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
