"""The browser of these tests: the machine's own Chromium or Chrome."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MISSING = "There is no Chromium or Chrome here: install one, or say where it is in AFLUENTE_CHROMIUM."


def found() -> str | None:
    """The path of a browser; None when there is none."""
    named = os.environ.get("AFLUENTE_CHROMIUM", "")
    places = [named] if named else [*(shutil.which(name) or "" for name in NAMES), MAC]
    return next((place for place in places if place and Path(place).exists()), None)


def is_required() -> bool:
    """Whether a missing browser is a failure, as on the build machine."""
    return os.environ.get("AFLUENTE_REQUIRE_BROWSER", "") not in {"", "0"}


def launch(playwright: Playwright) -> Browser:
    """Start it, without a window."""
    return playwright.chromium.launch(executable_path=found(), args=ARGUMENTS)


@contextmanager
def browser() -> Iterator[Browser]:
    """It, until the block ends."""
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()
