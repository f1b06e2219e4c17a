"""R-0: every harness must be able to fail. Each defect is planted alone; the row named must see it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from afluente.proof import killing, poisoning, racing, secluding, stepping
from afluente.proof.plants import PLANTS
from afluente.proof.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

WITH: dict[str, Callable[[str], Result]] = {
    "R-1": lambda name: killing.run(kills=12, events=60, plants=(name,), seconds=60, patience=20),
    "R-6": lambda name: racing.run_keys(keys=80, plants=(name,)),
    "R-7": lambda name: racing.run_first_contacts(trials=60, plants=(name,)),
    "R-8": lambda name: poisoning.run(poison=5, sound=60, plants=(name,)),
    "R-10": lambda name: stepping.run(steps=1000, deals=60, kills=4, patience=20, plant=name),
    "S-1": lambda name: secluding.run_s1(sabotage=name),
}


def run() -> Result:
    """Plant one defect after another, each in a process of its own."""
    planted = [name for name, plant in PLANTS.items() if plant.caught_by]
    missed = [name for name in planted if not _is_caught(name)]
    return Result(
        row="R-0",
        is_met=not missed,
        target=f"{len(planted)} of {len(planted)} planted defects caught",
        figures={"planted": planted, "missed": missed},
    )


def _is_caught(name: str) -> bool:
    done = subprocess.run(  # noqa: S603  this program again
        [sys.executable, "-m", "afluente.proof.honesty", name],
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    said = done.stdout.strip()[:400] or done.stderr[-400:]
    print(f"  {name}: {said}", file=sys.stderr, flush=True)  # noqa: T201  a line of progress
    return done.stdout.startswith("caught")


def main(name: str) -> None:
    """Say whether the row that must catch `name` caught it."""
    result = WITH[PLANTS[name].caught_by](name)
    # A slow recovery is no sight of the defect: what was lost or doubled is.
    is_seen = not result.is_met and bool(result.figures.get("complaints", True))
    print(f"{'caught' if is_seen else 'MISSED'} {result.line}")  # noqa: T201  this program's answer


if __name__ == "__main__":
    main(sys.argv[1])
