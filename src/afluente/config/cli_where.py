"""`afluente where`: from an address on the screen to the code behind it."""

from __future__ import annotations

import inspect
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[3]


def main(path: str) -> int:
    """Print the view of `path`, where it is written and its URL name; 1 when there is none."""
    import django
    from django.urls import Resolver404, resolve

    django.setup()
    clean = "/" + urlsplit(path).path.strip("/")
    for candidate in dict.fromkeys((urlsplit(path).path or "/", clean, f"{clean.rstrip('/')}/")):
        try:
            match = resolve(candidate)
        except Resolver404:
            continue
        view = inspect.unwrap(match.func)
        file, line = inspect.getsourcefile(view), inspect.getsourcelines(view)[1]
        print(f"view  {view.__module__}.{view.__qualname__}")
        print(f"file  {_short(file)}:{line}")
        print(f"name  {match.view_name}")
        return 0
    print(f"No view answers {path}.")
    return 1


def _short(file: str | None) -> str:
    path = Path(file or "?")
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
