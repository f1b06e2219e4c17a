"""What rules of deals can do inside the database: plan it, purely, and make it so for a whole batch."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.engine.records import Money
from afluente.tasks.models import TITLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.automation.engine.actions import Action, Scene
    from afluente.automation.engine.records import Catalogue

TEXTS = {"name": 255, "lost_reason": 255}


@dataclass(frozen=True)
class SetFields:
    """Give fields of the deal other values: `{"name": "…", "amount": "900"}`."""

    slug: str = "set"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Fields that do not exist, or cannot be set, and values that cannot be read."""
        found = [f"{name} cannot be set." for name in params if name not in {*TEXTS, "amount"}]
        if "amount" in params and _amount(params["amount"]) is None:
            found.append("amount: write a number such as 1250.5.")
        return found or ([] if params else ["Choose what to set."])

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Set what differs."""
        record = scene.record
        changes: dict[str, Any] = {}
        told: dict[str, str] = {}
        for name, value in params.items():
            if name == "amount":
                amount = _amount(value)
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
        return [] if isinstance(params.get("stage"), int) else ["Choose the stage."]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Leave for the stage; nothing when the deal is there."""
        if params["stage"] not in scene.facts["stages"]:
            return Fail("target_gone", "stage")
        if scene.record.get("stage") == params["stage"]:
            return Skip("duplicate", "stage")
        return Done(effects=[Effect("move", params)], changes={"stage": params["stage"]}, leaves=True)


@dataclass(frozen=True)
class Assign:
    """Give the deal to a member, or to nobody: `{"member": 7}`, `{"member": null}`."""

    slug: str = "assign"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A member, or nobody, must be named."""
        return (
            [] if isinstance(params.get("member", 0), int | None) and "member" in params else ["Choose who."]
        )

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Give it to them, while they are here (S-WHO)."""
        member = params["member"]
        if member is not None and member not in scene.facts["members"]:
            return Skip("no_recipient", "member")
        return Done(effects=[Effect("assign", {"member": member})], changes={"assignee": member})


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


@dataclass(frozen=True)
class AddTask:
    """Make a task for whoever is responsible: `{"title": "Call", "due_days": 1}`."""

    slug: str = "task"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A title is needed."""
        length = len(str(params.get("title", "")).strip())
        return [] if 0 < length <= TITLE else [f"Write what is to be done in at most {TITLE} signs."]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done:
        """One task about the deal."""
        said = {"title": str(params["title"]), "assignee": scene.record.get("assignee")}
        return Done(effects=[Effect("task", {**said, "due_days": params.get("due_days")})])


_ALL: list[Action] = [SetFields(), Move(), Assign(), Delete(), AddTask()]
ACTIONS: dict[str, Action] = {action.slug: action for action in _ALL}
OUTSIDE = frozenset(action.slug for action in _ALL if action.is_outside)


def _amount(said: Any) -> Decimal | None:
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < Decimal(10) ** 15 else None
