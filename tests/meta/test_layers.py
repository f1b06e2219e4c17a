"""The ladder of slices, and SQL only where it belongs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "afluente"
# Beside a slice's `statements`: what makes tables, asks the catalogue, drives the server, or proves.
MAY_SPEAK_SQL = (
    "kernel/rls.py",
    "kernel/words.py",
    "kernel/isolation.py",
    "kernel/workspace.py",
    "kernel/postgres/",
    "proof/",
)
SPEAKS = (".execute(", ".executemany(", "RawSQL(", ".raw(", ".extra(")


def test_slices_import_downwards_only():
    script = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(  # noqa: S603  the checker of this installation
        [str(script), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout[-3000:]


def test_sql_is_spoken_in_statements_only():
    found = [
        place
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and "statements" not in (place := str(path.relative_to(SOURCE)))
        if not place.startswith(MAY_SPEAK_SQL) and any(word in path.read_text() for word in SPEAKS)
    ]

    assert found == []


def test_pages_style_nothing_inline():
    found = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("templates/**/*.html")
        if "letters" not in path.parts  # mail programs know no sheets, and no policy of ours reaches them
        if any(word in path.read_text() for word in (' style="', "<style", "onclick=", "hx-on"))
    ]

    assert found == []
