"""What the product imports is what it installs: development packages are not there for others."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_product_imports_only_what_it_installs() -> None:
    lock = (ROOT / "requirements" / "base.lock").read_text()
    installed = {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    owners = packages_distributions()

    foreign = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "src").rglob("*.py")
        for module in _imported(ast.parse(path.read_text()))
        if module not in sys.stdlib_module_names | {"afluente"}
        and not installed & {_plain(owner) for owner in owners.get(module, [])}
    }

    assert sorted(foreign) == []


def test_the_locks_name_no_place_to_get_packages_from() -> None:
    for name in ("base", "dev"):
        lines = (ROOT / "requirements" / f"{name}.lock").read_text().splitlines()
        odd = [
            line
            for line in lines
            if not re.fullmatch(r"    --hash=sha256:\w+( \\)?|[\w.-]+==[^/@]+ \\", line)
        ]
        assert odd == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(tree: ast.AST) -> set[str]:
    """Top-level modules imported when the code runs; what only the type checker sees is left out."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        else:
            found |= _imported(node)
    return found
