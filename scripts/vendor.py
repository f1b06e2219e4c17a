"""Copy pinned third-party browser files out of node_modules, or check the committed copies.

    npm ci && python scripts/vendor.py          copy, write the lock and the README
    python scripts/vendor.py --check            compare the committed files with the lock

Needs no Node to check. `--modules DIR` reads packages from somewhere other than ./node_modules.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/afluente/ui/static/ui/vendor"
TESTS = ROOT / "tests/browser/vendor"
LOCK = VENDOR / "vendor.lock.json"
ICONS = ROOT / "scripts/icons.txt"  # names as Lucide spells them; the sprite holds no others


@dataclass(frozen=True)
class Package:
    """One npm package: the files to take, as source and committed name, and where they go."""

    name: str
    files: tuple[tuple[str, str], ...]
    folder: Path
    what: str


PACKAGES = (
    Package("htmx.org", (("dist/htmx.min.js", "htmx-{v}.min.js"),), VENDOR, "Swaps HTML fragments"),
    Package("sortablejs", (("Sortable.min.js", "sortable-{v}.min.js"),), VENDOR, "Drag on the board"),
    Package("lucide-static", (), VENDOR, "Signs; `lucide-{v}.svg` is a sprite of the ones in use"),
    Package("axe-core", (("axe.min.js", "axe-{v}.min.js"),), TESTS, "Accessibility checks, tests only"),
)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def without_source_map(content: bytes) -> bytes:
    """Drop the source map comment: the static files storage would look for a map we do not ship."""
    return re.sub(rb"\n?//# sourceMappingURL=[^\n]*", b"", content)


def sprite(icons: Path) -> str:
    """One SVG file with a symbol per icon, so that a page refers to it instead of repeating paths."""
    symbols = []
    for name in ICONS.read_text().split():
        source = re.sub(r"<!--.*?-->", "", (icons / f"{name}.svg").read_text(), flags=re.DOTALL)
        found = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if found is None:
            raise SystemExit(f"{name}.svg is not a sign")
        inner = " ".join(found[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy_package(package: Package, modules: Path) -> dict[str, object]:
    """Copy one package's files and licence, and say what was copied, for the lock."""
    home = modules / package.name
    meta = json.loads((home / "package.json").read_text())
    version = meta["version"]
    stem = package.name.split(".")[0].removesuffix("js")
    package.folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source, name in package.files:
        target = package.folder / name.format(v=version)
        target.write_bytes(without_source_map((home / source).read_bytes()))
        written.append(target)
    if package.name == "lucide-static":
        target = package.folder / f"lucide-{version}.svg"
        target.write_text(sprite(home / "icons"))
        written.append(target)
    licence = package.folder / f"LICENSE-{stem}.txt"
    licence.write_bytes((home / "LICENSE").read_bytes())
    written.append(licence)
    files = {str(path.relative_to(ROOT)): sha256(path) for path in written}
    return {"version": version, "licence": meta["license"], "what": package.what, "files": files}


def readme(lock: dict[str, dict[str, object]]) -> str:
    lines = [
        "# Third-party browser files",
        "",
        "Committed copies, so that running Afluente needs neither Node nor the network. Written by",
        "`scripts/vendor.py` from the versions pinned in `package.json`; `vendor.lock.json` holds the",
        "SHA-256 of every file and `tests/meta/test_vendor.py` compares. Change a version in",
        "`package.json`, run `npm install` and the script again; do not edit the files.",
        "",
        "| Package | Version | Licence | What for |",
        "| --- | --- | --- | --- |",
    ]
    for name, entry in lock.items():
        what = str(entry["what"]).format(v=entry["version"])
        lines.append(f"| {name} | {entry['version']} | {entry['licence']} | {what} |")
    return "\n".join([*lines, "", "The licence texts lie beside the files.", ""])


def copy_all(modules: Path) -> None:
    lock: dict[str, dict[str, object]] = {}
    for folder in (VENDOR, TESTS):
        for old in folder.glob("*"):
            old.unlink()
    for package in PACKAGES:
        lock[package.name] = copy_package(package, modules)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    (VENDOR / "README.md").write_text(readme(lock))


def differences() -> list[str]:
    """Committed files that are missing or not what the lock says, and files the lock does not know."""
    lock = json.loads(LOCK.read_text())
    expected = {name: digest for entry in lock.values() for name, digest in entry["files"].items()}
    wrong = [
        name
        for name, digest in expected.items()
        if not (ROOT / name).exists() or sha256(ROOT / name) != digest
    ]
    known = {*expected, *(str(p.relative_to(ROOT)) for p in (LOCK, VENDOR / "README.md"))}
    present = {str(p.relative_to(ROOT)) for folder in (VENDOR, TESTS) for p in folder.glob("*")}
    return wrong + sorted(present - known)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--modules", type=Path, default=ROOT / "node_modules")
    options = parser.parse_args()
    if not options.check:
        copy_all(options.modules)
    wrong = differences()
    sys.stdout.write("\n".join([*wrong, f"{len(wrong)} differences"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
