"""The jobs of automation are known wherever they are asked for, not only in the worker."""

from __future__ import annotations

import subprocess
import sys

ASKED = """
import django
django.setup()
from afluente.kernel import jobs
print(*jobs.names())
"""


def test_a_process_that_only_answers_people_knows_them():
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)  # noqa: S603
    said = done.stdout

    assert {"automation.backtest", "automation.begin", "automation.carry"} <= set(said.split())
