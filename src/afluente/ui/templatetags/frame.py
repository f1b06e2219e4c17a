"""The frame of a page: `{% load frame %}`. It is the same on page after page, and drawn once (ui.drawing)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from afluente.ui.drawing import draw_once

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from afluente.ui.context import Shell

register = template.Library()


@register.simple_tag
def frame_nav(shell: Shell, user: Any, rail: object = None) -> SafeString:
    """The navigation at the left, or at the foot of a phone; `rail` for the narrow one."""
    looks = (*_whose(shell, user), shell.outline, shell.is_settings, bool(rail))
    return draw_once("ui/shell/_nav.html", {"shell": shell, "user": user, "rail": rail}, looks=looks)


@register.simple_tag
def frame_menus(shell: Shell, user: Any, *, path: str, csrf_token: str) -> SafeString:
    """The menus of the frame. `path` is where their forms come back to."""
    looks = (*_whose(shell, user), shell.outline, tuple(shell.profile), tuple(shell.switches), shell.theme)
    return draw_once(
        "ui/shell/_menus.html",
        {"shell": shell, "user": user},
        looks=(*looks, shell.sign_out_url),
        later={"path": path, "csrf_token": csrf_token},
    )


@register.simple_tag
def frame_keys(shell: Shell, page: str = "") -> SafeString:
    """The sheet of keys; `page` is the template with those of this page alone."""
    looks = (tuple((str(link.label), link.key) for link in shell.links), page)
    return draw_once("ui/shell/_keys.html", {"shell": shell, "page": page}, looks=looks)


def _whose(shell: Shell, user: Any) -> tuple[object, ...]:
    place, member = shell.workspace, shell.member
    return (
        (place.pk, place.name) if place else None,
        member.pk if member else None,
        (user.pk, getattr(user, "name", "")),
    )
