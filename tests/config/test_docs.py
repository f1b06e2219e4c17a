"""What can be set or typed is described (docs/reference)."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from afluente.config import cli

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_every_setting_is_described_and_every_description_is_true() -> None:
    source = (ROOT / "src/afluente/config/environment.py").read_text()
    read = set(re.findall(r'"(AFLUENTE_[A-Z_]+)"', source))

    described = set(
        re.findall(r"^\| `(AFLUENTE_[A-Z_]+)`", (REFERENCE / "settings.md").read_text(), re.MULTILINE)
    )

    assert described == read


def test_every_verb_and_option_is_described() -> None:
    text = (REFERENCE / "commands.md").read_text()

    missing = [name for name in _names(cli.build_parser(), "afluente") if f"`{name}" not in text]

    assert missing == []


def _names(parser: argparse.ArgumentParser, prefix: str) -> list[str]:
    """`afluente verb` for each verb, and each of its long options."""
    found: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                below = _names(child, f"{prefix} {name}")
                found += (
                    below if any(name.startswith(prefix) for name in below) else [f"{prefix} {name}", *below]
                )
        elif action.dest != "help" and action.option_strings:
            found.append(action.option_strings[-1])
    return found
