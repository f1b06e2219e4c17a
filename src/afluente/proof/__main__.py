"""`python -m afluente.proof [ROW …]`: one JSON line per row; exit code 0 when all are met."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afluente.proof.results import Result

ROWS = {
    "R-0": "the harnesses can fail: planted defects are caught",
    "R-1": "kill -9 of everything while senders send (with R-11: recovers alone)",
    "R-2": "die at every named point of every way in",
    "R-6": "one key in many copies at once is one object",
    "R-7": "one person through three doors at once is one contact",
    "R-8": "dead letters: given up, never in the way, replayed once",
    "R-10": "rules of stages run once, in order, while workers and database are killed",
    "S-1": "another workspace's rows, asked for everywhere",
    "S-3": "the schema, and S-1 again with managers that forget the workspace",
    "S-14": "reading writes nothing; forged requests are refused",
}


def main() -> int:
    """Run the rows named, or all, each in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m afluente.proof", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--here", action="store_true", help="run the one row in this process")
    chosen = parser.parse_args()
    wanted = [row.upper().replace("R-11", "R-1") for row in chosen.rows] or list(ROWS)
    if unknown := [row for row in wanted if row not in ROWS]:
        parser.error(f"There is no row {', '.join(unknown)}. Rows: {', '.join(ROWS)}.")
    if chosen.here:
        results = _run(wanted[0])
        print("\n".join(result.line for result in results), flush=True)  # noqa: T201
        return 0 if all(result.is_met for result in results) else 1
    codes = []
    for row in wanted:
        print(f"{row}: {ROWS[row]}", file=sys.stderr, flush=True)  # noqa: T201
        codes.append(subprocess.call([sys.executable, "-m", "afluente.proof", row, "--here"]))  # noqa: S603
    return max(codes)


def _run(row: str) -> list[Result]:
    """A row, with the code it needs and no other imported."""
    from afluente.proof import crashing, honesty, killing, poisoning, racing, secluding, stepping  # noqa: PLC0415

    if row == "S-3":
        # Two databases in one process do not go together: the sabotage is a process of its own.
        return [secluding.run_s3(), secluding.sabotaged()]
    run = {
        "R-0": honesty.run,
        "R-1": killing.run,
        "R-2": crashing.run,
        "R-6": racing.run_keys,
        "R-7": racing.run_first_contacts,
        "R-8": poisoning.run,
        "R-10": stepping.run,
        "S-1": secluding.run_s1,
        "S-14": secluding.run_s14,
    }[row]
    return [run()]


if __name__ == "__main__":
    sys.exit(main())
