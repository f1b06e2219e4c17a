"""Whom a rule means: roles are people only when it runs (S-WHO)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene

RESPONSIBLE, SUPERVISOR, ADMINS = "responsible", "supervisor", "admins"
MEMBER, ROLE = "member:", "role:"
NEEDS = frozenset({"supervisors", "roles"})


def people_problems(said: Any, *, name: str = "to") -> list[str]:
    """What is wrong with a list of recipients, in words."""
    if not isinstance(said, list) or not said:
        return [f"{name}: {gettext('Choose who.')}"]
    good = [
        one in {RESPONSIBLE, SUPERVISOR, ADMINS}
        or (isinstance(one, str) and one.startswith(ROLE) and len(one) > len(ROLE))
        or (isinstance(one, str) and one.startswith(MEMBER) and one.removeprefix(MEMBER).isdecimal())
        for one in said
    ]
    return (
        [] if all(good) else [f"{name}: responsible, supervisor, admins, role:… or member:… with a number."]
    )


def people_of(said: Sequence[str], scene: Scene, params: Mapping[str, Any]) -> list[int]:
    """The members that are meant and are still here, each once; else whom the rule falls back to, if anybody."""
    active = scene.facts["members"]
    found = [member for one in said for member in _named(one, scene) if member in active]
    fallback = params.get("fallback")
    if not found and isinstance(fallback, int) and fallback in active:
        found = [fallback]
    return list(dict.fromkeys(found))


def _named(one: str, scene: Scene) -> Sequence[int]:
    responsible = scene.record.get("assignee")
    if one == RESPONSIBLE:
        return [responsible] if responsible else []
    if one == SUPERVISOR:
        supervisor = scene.facts["supervisors"].get(responsible)
        return [supervisor] if supervisor else scene.facts["roles"][ADMINS]
    if one == ADMINS:
        return list(scene.facts["roles"][ADMINS])
    if one.startswith(ROLE):
        return list(scene.facts["roles"].get(one.removeprefix(ROLE), ()))
    return [int(one.removeprefix(MEMBER))]


def present(members: Sequence[int], scene: Scene) -> list[int]:
    """Those of `members` who are here and not away now."""
    away = scene.facts.get("absent", frozenset())
    return [one for one in members if one in scene.facts["members"] and one not in away]
