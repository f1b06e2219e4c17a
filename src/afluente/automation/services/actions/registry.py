"""The actions that rules may name, what each needs to know beforehand, and who makes its effects so.

A slice above brings its own in `AppConfig.ready` (register_action).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.automation.selectors.params import Param, register_params
from afluente.automation.selectors.showing import register_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from afluente.automation.engine.actions import Action

Applier = Callable[[Sequence[Any]], None]


@dataclass(frozen=True, kw_only=True)
class Known:
    """An action and its label; `needs` are facts (services.facts) that it reads; appliers by kind of effect.

    `params` are what the editor asks for; those of our own actions stand in selectors.params.
    """

    action: Action
    label: StrOrPromise
    needs: frozenset[str] = frozenset()
    appliers: tuple[tuple[str, Applier], ...] = ()
    params: tuple[Param, ...] = ()
    leaves: frozenset[str] = frozenset()  # kinds of effects that take the deal out of its stage
    is_for_leads: bool = False  # deals have nothing of it
    mixed: frozenset[str] = frozenset()  # kinds of effects that are one set though each has values of its own


_known: dict[str, Known] = {}


def register_action(known: Known) -> None:
    """Let rules name an action. The last word wins."""
    _known[known.action.slug] = known
    register_label(known.action.slug, known.label)
    if known.params:
        register_params(known.action.slug, known.params)


def actions() -> dict[str, Action]:
    """Every action, by name."""
    return {slug: one.action for slug, one in _known.items()}


def outside() -> frozenset[str]:
    """The actions that reach a customer or another system."""
    return frozenset(slug for slug, one in _known.items() if one.action.is_outside)


def for_leads() -> frozenset[str]:
    """The actions that only leads have something of."""
    return frozenset(slug for slug, one in _known.items() if one.is_for_leads)


def applier(kind: str) -> Applier:
    """Who makes effects of this kind so."""
    return next(make for one in _known.values() for name, make in one.appliers if name == kind)


def leaving() -> frozenset[str]:
    """The kinds of effects that take a deal out of its stage: they come last."""
    return frozenset(kind for one in _known.values() for kind in one.leaves)


def mixed() -> frozenset[str]:
    """The kinds of effects whose values differ from deal to deal and that are made so together."""
    return frozenset(kind for one in _known.values() for kind in one.mixed)
