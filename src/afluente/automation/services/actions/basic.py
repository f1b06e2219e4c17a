"""Changing, moving and deleting the deal: planned purely, made so for a whole batch."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation import statements
from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.engine.records import Money
from afluente.automation.services.actions.registry import Known, register_action
from afluente.deals import services as deals
from afluente.deals.models import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

TEXTS = {"name": 255, "lost_reason": 255}


@dataclass(frozen=True)
class SetFields:
    """Give fields of the deal other values: `{"name": "…", "amount": "900"}`."""

    slug: str = "set"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Fields that do not exist, or cannot be set, and values that cannot be read."""
        found = [f"{name} cannot be set." for name in params if name not in {*TEXTS, "amount"}]
        if "amount" in params and amount_in(params["amount"]) is None:
            found.append(f"amount: {gettext('Write a number such as 1250.5.')}")
        return found or ([] if params else [gettext("Choose what to set.")])

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Set what differs."""
        record = scene.record
        changes: dict[str, Any] = {}
        told: dict[str, str] = {}
        for name, value in params.items():
            if name == "amount":
                amount = amount_in(value)
                if amount is None:
                    return Fail("bad_value", name)
                present = record.get(name)
                changes[name], told[name] = Money(amount, present.currency), str(amount)
            else:
                changes[name] = told[name] = str(value)[: TEXTS[name]]
        return Done(effects=[Effect("set", told)], changes=changes)


@dataclass(frozen=True)
class Move:
    """Put the deal into another stage: `{"stage": 7}`."""

    slug: str = "move"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A stage must be named."""
        return [] if isinstance(params.get("stage"), int) else [f"stage: {gettext('Choose the stage.')}"]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Leave for the stage; nothing when the deal is there."""
        if params["stage"] not in scene.facts["stages"]:
            return Fail("target_gone", "stage")
        if scene.record.get("stage") == params["stage"]:
            return Skip("duplicate", "stage")
        return Done(effects=[Effect("move", params)], changes={"stage": params["stage"]}, leaves=True)


@dataclass(frozen=True)
class Delete:
    """Put the deal away; it can be brought back."""

    slug: str = "delete"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Nothing can be wrong."""
        return []

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done:
        """The deal leaves."""
        return Done(effects=[Effect("delete")], leaves=True)


def _set(group: Sequence[Wanted]) -> None:
    values: dict[str, Any] = dict(group[0].values)
    if "amount" in values:
        values["amount"] = Decimal(values["amount"])
    deals.set_fields(deal_ids=[one.deal_id for one in group], values=values, by=group[0].actor)


def _move(group: Sequence[Wanted]) -> None:
    stage = Stage.objects.get(pk=group[0].values["stage"])
    ids = [one.deal_id for one in group]
    deals.move_deals(deal_ids=ids, to=stage, by=group[0].actor, cause=group[0].cause)
    # One set for many deals; what began the chain is each deal's own.
    statements.join_chains({one.deal_id: one.token.root_id for one in group})


def _delete(group: Sequence[Wanted]) -> None:
    deals.delete_deals(deal_ids=[one.deal_id for one in group], by=group[0].actor)


def register() -> None:
    """Let rules name these actions."""
    for known in (
        Known(action=SetFields(), label=_("Change the deal"), appliers=(("set", _set),)),
        Known(
            action=Move(),
            label=_("Move to another stage"),
            appliers=(("move", _move),),
            leaves=frozenset({"move"}),
        ),
        Known(
            action=Delete(),
            label=_("Delete the deal"),
            appliers=(("delete", _delete),),
            leaves=frozenset({"delete"}),
        ),
    ):
        register_action(known)


def amount_in(said: Any) -> Decimal | None:
    """An amount that a deal can have."""
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < Decimal(10) ** 15 else None
