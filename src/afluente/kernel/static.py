"""Static files as browsers get them: hashed names, and one style sheet instead of fifty.

In the source the look is one file per component. A browser that follows fifty @import lines one
round trip after another draws its first page late, so collecting the files joins them: no build step
for people who write, none of its cost for people who read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

JOINED = "ui/css/afluente.css"
_IMPORT = re.compile(r'@import url\("(?P<file>[a-z/-]+\.css)"\) layer\((?P<layer>[a-z]+)\);')


class SheetNotFoundError(Exception):
    """The look imports a sheet that is not there; the message names it."""


class StaticFiles(ManifestStaticFilesStorage):
    """Hashed names, also for ES modules, so that browsers keep files for a year."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def url(self, name: str, force: bool = False) -> str:  # type: ignore[override]  # as Django's own hashed storage has it
        """As ever, worked out once per name: a board names three hundred icons."""
        known: dict[str, str] = self.__dict__.setdefault("_known", {})
        if settings.DEBUG or force or not self.hashed_files:
            return str(super().url(name, force))
        if name not in known:
            known[name] = str(super().url(name, force))
        return known[name]

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the look, then hash everything. `paths` maps names to (storage, path)."""
        if JOINED in paths and not dry_run:
            Path(self.path(JOINED)).write_text(joined_sheet(), encoding="utf-8")
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def joined_sheet() -> str:
    """The look with every @import replaced by what it imports, in its layer."""
    return _IMPORT.sub(_inlined, _read(JOINED))


def _inlined(match: re.Match[str]) -> str:
    name = f"{JOINED.rpartition('/')[0]}/{match['file']}"
    return f"@layer {match['layer']} {{\n{_read(name)}\n}}"


def _read(name: str) -> str:
    found = finders.find(name)
    if not found:
        raise SheetNotFoundError(f"The style sheet {name} is missing.")
    return Path(str(found)).read_text(encoding="utf-8")
