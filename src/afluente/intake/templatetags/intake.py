"""The states of an arrival as signs and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from afluente.ui.templatetags.ui import icon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.intake.selectors.incoming import Filter

register = template.Library()

# One sign and one word per state (DESIGN-LANGUAGE 6): sign, tone, word.
_STATES: Mapping[str, tuple[str, str, object]] = {
    "done": ("circle-check", "ok", _("Done")),
    "waiting": ("clock", "m3", _("Waiting")),
    "again": ("clock", "warn", _("Trying again")),
    "failed": ("circle-x", "bad", _("Failed")),
    "robot": ("circle-slash", "warn", _("Robot")),
}


@register.simple_tag
def state_sign(state: str) -> str:
    """The sign and the word of a state."""
    sign, tone, word = _STATES[state]
    return format_html('<span class="row gs state">{}<span>{}</span></span>', icon(sign, css=tone), word)


@register.filter
def older(before: int | None, asked: Filter) -> str:
    """The address of the page after this one, or nothing."""
    return reverse("intake:incoming") + asked.query(before=before) if before else ""


@register.filter
def newer(after: int | None, asked: Filter) -> str:
    """The address of the page before this one, or nothing."""
    return reverse("intake:incoming") + asked.query(after=after) if after else ""


@register.filter
def opened(pk: int, asked: Filter) -> str:
    """The address part of the list with this arrival open beside it."""
    return asked.query(open=pk)
