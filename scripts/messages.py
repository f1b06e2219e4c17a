"""Renew the translation catalogues from the code, or check that they are up to date.

    python scripts/messages.py            write src/afluente/locale/*/LC_MESSAGES/django.po
    python scripts/messages.py --check    say what is missing or left over, and fail

Needs Debian's `gettext` (xgettext). Nothing is guessed: a sentence that is new starts empty, one
that is gone leaves the catalogue, the others keep their words. The files hold no dates and no
places in the code, so that they change only when a sentence does (docs/how-to/translate.md).
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/afluente"
LOCALE = PACKAGE / "locale"
# The forms that Django's own catalogues have, so that gettext merges the two.
PLURALS = {
    "pt_BR": "nplurals=2; plural=(n > 1);",
    "pl": (
        "nplurals=4; plural=(n==1 ? 0 : (n%10>=2 && n%10<=4) && (n%100<12 || n%100>14) ? 1 : "
        "n!=1 && (n%10>=0 && n%10<=1) || (n%10>=5 && n%10<=9) || (n%100>=12 && n%100<=14) ? 2 : 3);"
    ),
}


def extract() -> Catalog:
    """Every translatable sentence of the package, by Django's makemessages on a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "afluente"
        ignore = shutil.ignore_patterns("static", "__pycache__", "migrations", "locale")
        shutil.copytree(PACKAGE, copy, ignore=ignore)
        (copy / "locale").mkdir()
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "--locale=pl",
            "--no-location",
            "--verbosity=0",
        ]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "django.conf.global_settings"}
        subprocess.run(command, cwd=copy, env=environment, check=True)  # noqa: S603 - our own words
        with (copy / "locale/pl/LC_MESSAGES/django.po").open("rb") as file:
            found = read_po(file)
    for sentence in within_f_strings():
        found.add(sentence)
    return found


def within_f_strings() -> set[str]:
    """The sentences that xgettext passes over, because they stand in braces of an f-string."""
    trees = (ast.parse(file.read_text()) for file in PACKAGE.rglob("*.py"))
    strings = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    calls = (call for string in strings for call in ast.walk(string) if isinstance(call, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"gettext", "_"}
        and isinstance(call.args[0], ast.Constant)
    }


def read(language: str) -> Catalog:
    """The committed catalogue of `language`, or an empty one with its plural forms."""
    path = _path(language)
    content = path.read_bytes() if path.exists() else _head(language).encode()
    return read_po(io.BytesIO(content), locale=language)


def renewed(language: str, found: Catalog) -> str:
    """The catalogue of `language` as it should be: the sentences in `found`, our words kept."""
    present = read(language)
    catalogue = read_po(io.BytesIO(_head(language).encode()), locale=language)
    for message in found:
        if not message.id:
            continue
        kept = present.get(message.id, message.context)
        words = kept.string if kept and not kept.fuzzy and kept.pluralizable == message.pluralizable else None
        empty = ("",) * catalogue.num_plurals if message.pluralizable else ""
        flags = message.flags - {"fuzzy"}
        catalogue.add(
            message.id,
            words or empty,
            flags=flags,
            auto_comments=message.auto_comments,
            context=message.context,
        )
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    return f"{_head(language)}\n{body.getvalue().decode().strip()}\n"


def _head(language: str) -> str:
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n'
    )


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def _sentences(catalogue: Catalog) -> set[str]:
    return {
        f"[{message.context}] {sentence}" if message.context else sentence
        for message in catalogue
        if message.id
        for sentence in ([message.id] if isinstance(message.id, str) else [message.id[0]])
    }


def main() -> int:
    """Write the catalogues, or compare them with the code; 1 when they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    found, failed = extract(), False
    for language in PLURALS:
        if is_check:
            known, wanted = _sentences(read(language)), _sentences(found)
            for word, sentences in (("is new", wanted - known), ("is gone", known - wanted)):
                for sentence in sorted(sentences):
                    failed = True
                    print(f"{language}: {word}: {sentence}")
            continue
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        _path(language).write_text(renewed(language, found))
        empty = [m.id for m in read(language) if m.id and not all(_strings(m.string))]
        print(f"{language}: {len(_sentences(found))} sentences, {len(empty)} to translate")
    return int(failed)


def _strings(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words) or ("",)


if __name__ == "__main__":
    sys.exit(main())
