"""The look keeps its order: colours in one place, every rule in a layer, small files, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/afluente"
LOOK = PACKAGE / "ui/static/ui/css"
ENTRY = LOOK / "afluente.css"
SHEETS = sorted(PACKAGE.glob("*/static/**/*.css"))
SCRIPTS = sorted(path for path in PACKAGE.glob("*/static/**/*.js") if "vendor" not in path.parts)
# Letters are read by mail programs, which know neither sheets nor this policy.
TEMPLATES = sorted(one for one in PACKAGE.glob("**/templates/**/*.html") if "letters" not in one.parts)
MAY_NAME_COLOURS = {LOOK / "tokens.css", LOOK / "hues.css"}

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|(?:ok)?lab|(?:ok)?lch|color)\(|:\s*(?:white|black)\b",
    re.IGNORECASE,
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|\sstyle=|\shx-on[:=-]|\son(?:click|change|load|submit|input|error|key\w+|mouse\w+|focus|blur)=|javascript:",
    re.IGNORECASE,
)


def code(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("sheet", sorted(set(SHEETS) - MAY_NAME_COLOURS), ids=name)
def test_only_the_tokens_name_colours(sheet: Path):
    assert COLOUR.findall(code(sheet)) == []


def test_every_sheet_of_the_look_is_imported_once_into_a_layer():
    imports = re.findall(r'@import url\("([^"]+)"\) layer\((\w+)\);', code(ENTRY))

    imported = sorted(LOOK / address for address, _layer in imports)

    assert imported == sorted(set(LOOK.rglob("*.css")) - {ENTRY})


def test_the_order_of_layers_is_declared_first():
    declared = code(ENTRY).strip().splitlines()[0]

    assert declared == "@layer reset, tokens, base, layout, components, slices, utilities;"


@pytest.mark.parametrize("sheet", [s for s in SHEETS if LOOK not in s.parents], ids=name)
def test_a_slice_writes_only_into_its_layer(sheet: Path):
    rules = re.sub(r"^@layer [\w, ]+;\s*", "", code(sheet).strip())  # the order may be repeated

    assert rules.startswith("@layer slices {")
    assert _end_of_block(rules) == len(rules)


def _end_of_block(text: str) -> int:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "}" and depth == 0:
            return position + 1
    return -1


@pytest.mark.parametrize("sheet", sorted(set(SHEETS) - {LOOK / "utilities.css"}), ids=name)
def test_only_utilities_insist(sheet: Path):
    assert "!important" not in code(sheet)


def test_sheets_and_scripts_stay_small():
    long_sheets = [name(path) for path in SHEETS if len(path.read_text().splitlines()) > 150]
    long_scripts = [name(path) for path in SCRIPTS if len(path.read_text().splitlines()) > 80]

    assert (long_sheets, long_scripts) == ([], [])


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_scripts_are_checked_and_evaluate_nothing(script: Path):
    text = script.read_text()

    assert text.startswith("// @ts-check")
    assert (
        re.findall(
            r"\beval\(|new Function|(?:inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write", text
        )
        == []
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_templates_hold_nothing_that_the_policy_refuses(template: Path):
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_where_a_refusal_goes_is_named_in_one_word(template: Path):
    """htmx cuts `hx-status` at blanks: of `target:closest .reach` only `closest` is left, which is nowhere."""
    plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "x", template.read_text())

    parts = [part for found in re.findall(r'hx-status:\w+="([^"]*)"', plain) for part in found.split()]

    assert [part for part in parts if not re.fullmatch(r"\w+:[#\w-]+", part)] == []
