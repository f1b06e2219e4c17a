"""What runs inside the product: each module is a process that takes and prints JSON."""

from __future__ import annotations

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
    print(json.dumps(task(**json.loads(sys.argv[1]))))
