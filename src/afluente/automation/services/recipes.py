"""Ready rules for an empty stage: useful as they are, and a beginning for one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A rule that can be added with one press. `words` are texts, put into params in the language of whoever adds it."""

    label: StrOrPromise
    icon: str
    rule: Mapping[str, Any]
    words: Mapping[str, StrOrPromise]


RECIPES: dict[str, Recipe] = {
    "first-contact": Recipe(
        label=_("First contact task, today"),
        icon="list-checks",
        rule={"action": "task", "params": {"due_days": 0}},
        words={"title": _("Get in touch")},
    ),
    "stuck": Recipe(
        label=_("Stuck for 3 days: alert the supervisor"),
        icon="shield-alert",
        rule={"action": "control", "when": {"amount": 3, "unit": "days"}},
        words={"text": _("The deal has been here for 3 days")},
    ),
    "due": Recipe(
        label=_("A day before the due date: remind whoever is responsible"),
        icon="bell",
        rule={
            "action": "notify",
            "params": {"to": ["responsible"]},
            "when": {"anchor": "field", "field": "due", "amount": -1, "unit": "days"},
        },
        words={"text": _("The deal is due tomorrow")},
    ),
    "call": Recipe(
        label=_("A call the next day"),
        icon="phone-outgoing",
        rule={"action": "call", "params": {"due_days": 1, "at": "10:00"}},
        words={"title": _("Ask how it is going")},
    ),
    "again": Recipe(
        label=_("Ask again in 90 days"),
        icon="rotate-ccw",
        rule={"action": "task", "params": {"due_days": 0}, "when": {"amount": 90, "unit": "days"}},
        words={"title": _("Ask whether there is something new")},
    ),
}


def rule_of(recipe: Recipe) -> dict[str, Any]:
    """The rule of a recipe, ready to be kept."""
    params = dict(recipe.rule.get("params", {})) | {name: str(said) for name, said in recipe.words.items()}
    return {**recipe.rule, "params": params}
