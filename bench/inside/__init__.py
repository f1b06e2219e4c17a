"""What runs inside the product: each module is a process that takes and prints JSON."""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def answer(task: Callable[..., dict[str, Any]]) -> None:
    """Set the application up, do the task with the arguments given, print what it found."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    import django  # noqa: PLC0415  after the settings are named

    django.setup()
    gc.freeze()  # as every process of the product has it (config.children)
    gc.set_threshold(20_000)
    print(json.dumps(task(**json.loads(sys.argv[1]))))
