"""Rules of stages as the specification says them, done one after another: no batches, no tables, no engine.

It is slow and short on purpose. What the product does with sets must come to the same (test_serial.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Rule = dict[str, Any]
MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}


@dataclass
class Waiting:
    """The rest of a lane that goes on at a moment, in minutes; `number` is its place among all that ever waited."""

    due: int
    number: int
    lane: Sequence[Rule]


@dataclass
class Record:
    """One deal."""

    stage: int
    amount: int
    entered: int = 0
    is_gone: bool = False
    has_left: bool = False  # a rule of this sprint moves it
    begins: int | None = None  # when it entered, until its rules were looked at
    waiting: list[Waiting] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)  # what was cancelled, in no order
    made: list[str] = field(default_factory=list)


class Serial:
    """Deals, the rules of their stages, and a clock that counts minutes."""

    def __init__(self, rules: Mapping[int, Sequence[Rule]]) -> None:
        self.rules, self.now, self.count = rules, 0, 0
        self.records: list[Record] = []

    def open(self, stage: int, amount: int) -> None:
        self.records.append(Record(stage, amount, self.now, begins=self.now))

    def move(self, record: Record, stage: int) -> None:
        """S-ENTRY: into another stage; into its own nothing happens."""
        if record.stage != stage and not record.is_gone:
            self._end(record, "stage_left")
            record.stage, record.entered, record.begins = stage, self.now, self.now

    def delete(self, record: Record) -> None:
        record.is_gone = True
        self._end(record, "record_deleted")

    def restore(self, record: Record) -> None:
        """S-CANCEL: nothing starts again by itself."""
        record.is_gone = False

    def work(self) -> None:
        """Everything that is due by now, the earliest first, until nothing is."""
        for record in self.records:
            while self._step(record):
                pass

    def _step(self, record: Record) -> bool:
        due = sorted(
            (one for one in record.waiting if one.due <= self.now), key=lambda one: (one.due, one.number)
        )
        record.has_left = False
        if record.begins is not None:
            record.begins = None
            for lane in lanes(self.rules.get(record.stage, ())):
                self._walk(record, lane, is_due=False)
        elif due:
            record.waiting.remove(due[0])
            self._walk(record, due[0].lane, is_due=True)
        else:
            return False
        target = next(
            (int(one.removeprefix("move ")) for one in record.made if one.startswith("move ")), None
        )
        if target is not None:
            record.made.remove(f"move {target}")
            self.move(record, target)
        return True

    def _walk(self, record: Record, lane: Sequence[Rule], *, is_due: bool) -> None:
        """S-CHAIN: one rule after the other, each in its time and on its condition."""
        for number, rule in enumerate(lane):
            rest = lane[number:]
            if record.has_left:
                record.ended += [f"{one['id']} cancelled stage_left" for one in rest]
                return
            due = (self.now if rule.get("follows") and number else record.entered) + minutes(rule)
            if not is_due and minutes(rule) and due > self.now:
                self.count += 1
                record.waiting.append(Waiting(due, self.count, rest))
                return
            is_due = False
            if self._do(record, rule) or (rest[1:] and rest[1].get("or_skipped")):
                continue
            record.lines += [f"{one['id']} skipped chain_not_met" for one in rest[1:]]
            return

    def _do(self, record: Record, rule: Rule) -> bool:
        """S-COND: whether it acted; the condition is asked of the deal as it is at that moment."""
        if not all(holds(condition, record) for condition in rule["where"]):
            record.lines.append(f"{rule['id']} skipped condition_false")
            return False
        record.lines.append(f"{rule['id']} applied")
        if rule["action"] == "set":
            record.amount = int(rule["params"]["amount"])
        elif rule["action"] == "move":
            record.has_left = True
            record.made.append(f"move {rule['to']}")
        else:
            record.made.append(rule["action"])
        return True

    def _end(self, record: Record, reason: str) -> None:
        if record.begins is not None and record.stage in self.rules:
            record.ended.append(f" cancelled {reason}")
        record.begins = None
        record.ended += [f"{one.lane[0]['id']} cancelled {reason}" for one in record.waiting]
        record.waiting = []


def lanes(rules: Sequence[Rule]) -> list[list[Rule]]:
    """A rule and those that follow it."""
    found: list[list[Rule]] = []
    for rule in rules:
        if rule.get("follows") and found:
            found[-1].append(rule)
        else:
            found.append([rule])
    return found


def minutes(rule: Rule) -> int:
    """How long it waits."""
    when = rule.get("when") or {}
    return int(when.get("amount", 0)) * MINUTES[when.get("unit", "minutes")]


def holds(condition: str, record: Record) -> bool:
    """An empty condition aside, all are about the amount."""
    _, _, asked = condition.partition(".")
    operator, _, value = asked.partition(":")
    return record.amount > int(value) if operator == "gt" else record.amount < int(value)
