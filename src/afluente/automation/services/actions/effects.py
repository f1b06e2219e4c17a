"""What appliers are given: effects of many deals that are alike, and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.automation.engine.steps import Made
    from afluente.automation.statements import Taken


@dataclass(frozen=True)
class Wanted:
    """One effect of one deal."""

    token: Taken
    made: Made
    name: str

    @property
    def deal_id(self) -> int:
        return self.token.deal_id

    @property
    def values(self) -> Mapping[str, Any]:
        return self.made.effect.values

    @property
    def actor(self) -> Actor:
        """The rule, as the history names it; without a name of its own it is "a rule" in the reader's language."""
        return Actor("rule", self.token.definition_id, self.name)

    @property
    def cause(self) -> dict[str, Any]:
        """Why a deal moves: the rule, and how many automatic moves came before."""
        token = self.token
        return {
            "rule": self.made.rule,
            "definition": token.definition_id,
            "version": token.version,
            "depth": token.depth + 1,
        }
