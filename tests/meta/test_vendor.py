"""Third-party browser files are the ones we pinned."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = json.loads((ROOT / "src/afluente/ui/static/ui/vendor/vendor.lock.json").read_text())


def test_every_vendored_file_is_what_the_lock_says_and_no_other_is_there():
    check = subprocess.run(  # noqa: S603  our own program
        [sys.executable, ROOT / "scripts/vendor.py", "--check"], capture_output=True, text=True, check=False
    )

    assert (check.returncode, check.stdout) == (0, "0 differences\n")


def test_versions_are_the_ones_of_package_json():
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]

    assert {name: entry["version"] for name, entry in LOCK.items()} == pinned


def test_the_package_lock_names_no_registry():
    assert re.findall(r'"resolved"|https?://', (ROOT / "package-lock.json").read_text()) == []


def test_every_package_brings_its_licence():
    for name, entry in LOCK.items():
        assert entry["licence"], name
        assert [path for path in entry["files"] if "LICENSE-" in path], name
