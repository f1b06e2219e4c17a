"""Giving the deal to somebody: always the same one, in turn, whoever has least, or back (S-WHO)."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Membership
from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.who import present
from afluente.deals import services as deals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

FIXED, TURN, LEAST, BACK = "fixed", "turn", "least", "back"
HOW = (FIXED, TURN, LEAST, BACK)
MOST = 200  # members of one rule


@dataclass(frozen=True)
class Assign:
    """Give the deal to a member or to nobody: `{"member": 7}`, `{"member": null}`; or `how` is `turn` or `least`
    among `members`, or `back` to whoever had it before. Who is away or gone is passed over.
    """

    slug: str = "assign"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """Who is meant must be said."""
        how = params.get("how", FIXED)
        if how not in HOW:
            return [f"how: one of {', '.join(HOW)}."]
        if how in {TURN, LEAST}:
            members = params.get("members")
            good = isinstance(members, list) and all(isinstance(one, int) for one in members)
            return (
                []
                if good and 0 < len(members or ()) <= MOST
                else [f"members: {gettext('Choose at least one.')}"]
            )
        if how == FIXED:
            good = "member" in params and isinstance(params["member"], int | None)
            return [] if good else [f"member: {gettext('Choose who.')}"]
        return []

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Give it to them, while they are here; else to whom the rule falls back to."""
        how = params.get("how", FIXED)
        if how == FIXED and params["member"] is None:
            return _given(None)
        member = self._choose(how, params, scene, step)
        fallback = params.get("fallback")
        if member is None and isinstance(fallback, int) and present([fallback], scene):
            member = fallback
        return Skip("no_recipient", "member") if member is None else _given(member)

    def _choose(self, how: str, params: Mapping[str, Any], scene: Scene, step: str) -> int | None:
        if how == FIXED:
            return next(iter(present([params["member"]], scene)), None)
        if how == BACK:
            now = scene.record.get("assignee")
            before = [one for one in scene.facts["previous"].get(scene.record.id, ()) if one != now]
            return next(iter(present(before, scene)), None)
        here = present(params["members"], scene)
        if not here:
            return None
        if how == LEAST:
            loads = scene.facts["loads"]
            chosen = min(here, key=lambda one: (loads[one], params["members"].index(one)))
            loads[chosen] += 1
            return int(chosen)
        definition, rule = int(step.split(":")[0]), step.split(":")[3]
        return int(scene.facts["turns"].give((definition, rule), here))


def _given(member: int | None) -> Done:
    return Done(effects=[Effect("assign", {"member": member})], changes={"assignee": member})


def _assign(group: Sequence[Wanted]) -> None:
    member = group[0].values["member"]
    to = Membership.objects.select_related("user").get(pk=member) if member else None
    deals.assign_deals(deal_ids=[one.deal_id for one in group], assignee=to, by=group[0].actor)


def register() -> None:
    """Let rules give deals to people."""
    register_action(
        Known(
            action=Assign(),
            label=_("Give to somebody"),
            needs=frozenset({"previous", "loads", "turns"}),
            appliers=(("assign", _assign),),
        )
    )
