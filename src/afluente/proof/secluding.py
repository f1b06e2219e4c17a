"""S-1, S-3 and S-14 in full, each in a process of its own on a database of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

from afluente.proof import inside
from afluente.proof.results import Result


def run_s1(*, sabotage: str = "") -> Result:
    """Ask every address as every role for another workspace's rows. `sabotage` names a plant."""
    with inside.database():
        from afluente.config.api import api  # noqa: PLC0415
        from afluente.proof import plants, probing, routes, worlds  # noqa: PLC0415

        logging.disable(logging.CRITICAL)
        unknown = routes.unknown_api_fields(api.get_openapi_schema())
        attacker = worlds.build("attacker", "raubtier")
        worlds.set_apart()
        victim = worlds.build("victim", "kanarienvogel")
        if sabotage:
            plants.PLANTS[sabotage].put_in()
        found = probing.probe(attacker, victim)
    return Result(
        row="S-3, sabotage" if sabotage else "S-1",
        is_met=not (found.wrong or unknown),
        target="0 leaks, 0 changed rows, 0 unclassified routes or fields",
        figures={
            "cells": found.cells,
            "wrong": len(found.wrong),
            "first": found.wrong[:5],
            "unclassified": sorted(unknown),
            **({"planted": sabotage} if sabotage else {}),
        },
    )


def run_s3() -> Result:
    """The schema, as the database tells it, and what the application's role may do."""
    with inside.database():
        from django.db import connection  # noqa: PLC0415

        from afluente.kernel import isolation  # noqa: PLC0415
        from afluente.kernel.postgres import check_database  # noqa: PLC0415

        with connection.cursor() as cursor:
            problems = [str(problem) for problem in isolation.problems(cursor)]
            problems += [str(problem) for problem in check_database(cursor.connection, embedded=True)]
    return Result(
        row="S-3",
        is_met=not problems,
        target="every table secured, every key composite, a role that may nothing else",
        figures={"problems": problems},
    )


def sabotaged() -> Result:
    """S-1 with managers that forget the workspace: row-level security alone must hold."""
    done = subprocess.run(
        [sys.executable, "-m", "afluente.proof.secluding"], capture_output=True, text=True, check=False
    )
    if not done.stdout:
        raise RuntimeError(done.stderr)
    said = json.loads(done.stdout)
    return Result(said.pop("row"), said.pop("met"), said.pop("target"), said)


def run_s14() -> Result:
    """Reading in transactions that may not write; writing without a token and from elsewhere."""
    with inside.database():
        from afluente.proof import probing, worlds  # noqa: PLC0415

        logging.disable(logging.CRITICAL)
        world = worlds.build("reader", "leser")
        parts: dict[str, Any] = {"reads": probing.read_only(world), "forgeries": probing.forged(world)}
    return Result(
        row="S-14",
        is_met=not any(found.wrong for found in parts.values()),
        target="every GET runs read-only; every forged write is refused",
        figures={name: {"cells": found.cells, "wrong": found.wrong[:5]} for name, found in parts.items()},
    )


if __name__ == "__main__":
    print(run_s1(sabotage="unfiltered-managers").line)  # noqa: T201  read by `sabotaged`
