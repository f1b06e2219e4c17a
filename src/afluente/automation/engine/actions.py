"""What a rule can do, seen from the engine: an action reads the scene and says what is to be changed.

It changes nothing itself. Slices register theirs; whoever commits a sprint has an applier for each kind of effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from afluente.automation.engine.nodes import Zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from afluente.automation.engine.opening import Calendar
    from afluente.automation.engine.records import Catalogue, Record


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that may be asked while one record's rules are thought through.

    `now` is the database's clock, read once for the batch. `person` are the hours of who is responsible now;
    None for nobody. `facts` is what actions said they need, loaded for the whole batch at once.
    """

    record: Record
    now: dt.datetime
    entered_at: dt.datetime
    zones: Mapping[Zone, ZoneInfo]
    company: Calendar | None = None
    person: Calendar | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def zone(self, wanted: Zone) -> ZoneInfo:
        """The zone a rule means; where that is not known, the account's."""
        return self.zones.get(wanted) or self.zones[Zone.ACCOUNT]


@dataclass(frozen=True)
class Effect:
    """One change to be made. `kind` names its applier; `values` are plain."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Done:
    """It is done with these effects. `changes` are what later rules see. `leaves`: the record leaves its stage.
    `key` is set when it goes outside: the end comes later, under this key.
    """

    effects: Sequence[Effect] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    leaves: bool = False
    key: str = ""


@dataclass(frozen=True)
class Skip:
    """Nothing can be done for this record: a reason of S-STATE and what is missing. It counts against nobody."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Fail:
    """It cannot be done as it is arranged: a reason and what is wrong."""

    reason: str
    detail: str = ""


class Action(Protocol):
    """One kind of rule."""

    @property
    def slug(self) -> str:
        """What rules call it."""

    @property
    def is_outside(self) -> bool:
        """Whether it reaches a customer or another system."""

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """What is wrong with how it is arranged, in words; nothing when it may be published."""

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """What to do for the scene's record. Pure: the same scene, the same answer. `step` names this step once
        and for all.
        """
