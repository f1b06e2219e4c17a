"""What really happened, as a replay is told of it, and what it finds; and how the log would say what rules did. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.automation.engine.triggers import Happened

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.records import Record
    from afluente.automation.engine.simulating import Told
    from afluente.automation.engine.triggers import Decided

OWN = "field-"
ECHOES = {"task": "task.created", "comment": "comment.added"}  # what the log calls what rules do


@dataclass(frozen=True, kw_only=True)
class Past:
    """One thing that really happened. `stage_id`: a person put the record there. `values`: what a person wrote
    into it. `by_rule`: automation did it, and what is tried says itself what it does. One that names no record
    is about those of the client.
    """

    at: dt.datetime
    kind: str
    record_id: int | None
    contact_id: int | None = None
    trigger_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    stage_id: int | None = None
    by_rule: bool = False
    begins: bool = True  # rules of the stage begin


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing that would have happened to a record: a step of a rule, or what a trigger decided."""

    record_id: int
    told: Told | None = None
    decided: Decided | None = None
    at: dt.datetime | None = None


def echoes(
    record: Record, before: Mapping[str, Any], fresh: Sequence[Told], *, at: dt.datetime, depth: int
) -> list[Happened]:
    """What the log would say of what rules did; `before` is what the record had changed until then."""
    said: list[tuple[str, dict[str, Any]]] = []
    for effect in (made.effect for one in fresh for made in one.made):
        if effect.kind in {"set", "modify"}:
            data = _pairs(record, before, effect.values)
            said += [("deal.changed", data)] if data else []
        elif effect.kind == "assign":
            said.append(("deal.assigned", {"to": effect.values.get("member")}))
        elif effect.kind in ECHOES:
            said.append((ECHOES[effect.kind], {}))
    return [Happened(kind=kind, at=at, data=data, is_automatic=True, depth=depth) for kind, data in said]


def _pairs(record: Record, before: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that say something else now, as the log has them: from, to."""
    found: dict[str, Any] = {}
    for name in names:
        old = before[name] if name in before else record.values.get(name)
        if old == record.get(name):
            continue
        pair = [str(old), str(record.get(name))]
        if name.startswith(OWN):
            found.setdefault("values", {})[name.removeprefix(OWN)] = pair
        else:
            found[name] = pair
    return found
