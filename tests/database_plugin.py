"""Starts the one PostgreSQL of a test run, before anything reads Django's settings.

Loaded by `-p tests.database_plugin` (pyproject.toml). Only the controlling process starts it; the
worker processes of pytest-xdist inherit its address through the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

_state: dict[str, Any] = {}


def _begin() -> None:
    folder = tempfile.TemporaryDirectory(prefix="afluente-test-")
    os.environ |= {
        "AFLUENTE_TESTING": "1",
        "AFLUENTE_DATA_DIR": folder.name,
        "AFLUENTE_SECRET_KEY": "test-" + "k" * 60,
        "AFLUENTE_BASE_URL": "http://testserver",
        "AFLUENTE_PORT": "8377",
    }
    _state["folder"] = folder
    if "AFLUENTE_DATABASE_URL" not in os.environ:
        import psycopg

        from afluente.kernel.postgres import Embedded

        server = Embedded(
            Path(folder.name), os.environ["AFLUENTE_SECRET_KEY"], overrides={"max_connections": "100"}
        )
        _state["server"] = server.start()
        os.environ["AFLUENTE_TEST_ADMIN_URL"] = server.admin_url  # for backups: who sees every row
        with psycopg.connect(server.admin_url) as connection:  # test processes copy the database
            connection.execute("ALTER ROLE afluente_owner CREATEDB")
            connection.execute("GRANT pg_signal_backend TO afluente_owner")  # and drop it in use
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "tests.prepare_database"], check=True, env=environment, cwd=ROOT)


if "AFLUENTE_TESTING" not in os.environ:
    _begin()


def pytest_unconfigure() -> None:
    """Stop the server that this process started."""
    if server := _state.pop("server", None):
        server.stop()
    if folder := _state.pop("folder", None):
        folder.cleanup()
