"""`python -m bench [--quick] [--rows a,b] [--list]`: one JSON object per row."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from pathlib import Path

from bench.product import ROOT
from bench.rows import ROWS
from bench.work import Bench


def main() -> int:
    """Measure the rows asked for; 1 when one of them could not be measured."""
    chosen = _arguments()
    if chosen.list:
        for row in ROWS:
            print(json.dumps({"row": row.name, "unit": row.unit, "target": row.target}))
        return 0
    names = [name for name in chosen.rows.split(",") if name]
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        print(f"bench: no such row: {', '.join(sorted(unknown))}; --list names them.", file=sys.stderr)
        return 2
    base = Path(os.environ.get("AFLUENTE_BENCH_DIR") or ROOT / "build" / "bench").resolve()
    failures = 0
    with Bench(base, is_quick=chosen.quick) as bench:
        for row in ROWS:
            if names and row.name not in names:
                continue
            try:
                print(json.dumps(row.run(bench)), flush=True)
            except Exception as problem:  # noqa: BLE001  the other rows are still worth having
                failures += 1
                traceback.print_exc()
                print(json.dumps({"row": row.name, "error": str(problem)[-500:]}), flush=True)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: 100,000 contacts")
    parser.add_argument("--rows", default="", help="only these, separated by commas")
    parser.add_argument("--list", action="store_true", help="name the rows")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
