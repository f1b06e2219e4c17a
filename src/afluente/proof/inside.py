"""A database of its own for harnesses that call the code directly, in this process."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database() -> Iterator[None]:
    """Django on a fresh embedded PostgreSQL; once per process."""
    folder = Path(tempfile.mkdtemp(prefix="afluente-inside-"))
    for name in [name for name in os.environ if name.startswith("AFLUENTE_")]:
        del os.environ[name]
    os.environ |= {
        "AFLUENTE_DATA_DIR": str(folder),
        "AFLUENTE_SECRET_KEY": "proof-" + "k" * 50,
        "AFLUENTE_BASE_URL": "http://testserver",
        "DJANGO_SETTINGS_MODULE": "afluente.config.settings",
    }
    from afluente.config import environment, prepare  # noqa: PLC0415  reads what was just set

    try:
        with prepare.database(environment.load()):
            prepare.everything()
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
