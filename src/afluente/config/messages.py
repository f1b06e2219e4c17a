"""Compiled translations: made where the product runs, never committed.

python -m afluente.config.messages
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def stale_catalogues(package: Path = PACKAGE) -> list[Path]:
    """Translation sources whose compiled form is missing or older."""
    return [
        source
        for source in sorted(package.glob("locale/*/LC_MESSAGES/*.po"))
        if not _compiled(source).exists() or _compiled(source).stat().st_mtime < source.stat().st_mtime
    ]


def compile_catalogues(package: Path = PACKAGE) -> int:
    """Compile what is stale; return how many. A read-only installation keeps what it has."""
    stale = stale_catalogues(package)
    if not stale:
        return 0

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    done = 0
    for source in stale:
        with source.open("rb") as file:
            catalogue = read_po(file)
        draft = source.with_suffix(".mo.new")
        try:
            with draft.open("wb") as file:
                write_mo(file, catalogue)
            draft.replace(_compiled(source))
        except PermissionError:
            continue
        done += 1
    return done


def _compiled(source: Path) -> Path:
    return source.with_suffix(".mo")


if __name__ == "__main__":
    compile_catalogues()
