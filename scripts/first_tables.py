"""Write src/afluente/config/first_tables.sql from the migrations, or check that it is what they say.

    python scripts/first_tables.py            write the file
    python scripts/first_tables.py --check    say what differs, and fail

Runs every migration on an empty database of its own and keeps what they tell PostgreSQL. To be run
after a migration was added and after Django or one of its applications was renewed.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

HEAD = """\
-- Every table of an empty database: what the migrations, one after the other, tell PostgreSQL.
-- Written by scripts/first_tables.py; never changed by hand.
"""
ASKS = ("SELECT", "COMMENT ON TABLE DJANGO_MIGRATIONS")  # questions, locks, and the note of the fingerprint
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^']*'::timestamptz")


def statements() -> str:
    """Migrate an empty database, and return what was done there, as the file would say it."""
    from django.db import connections

    from afluente.config import first_tables, prepare

    connection = connections["owner"]
    said: list[str] = []

    def keep(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if many:
            raise SystemExit(f"A statement for many rows cannot be kept: {sql}")
        text = sql.as_string(connection.connection) if hasattr(sql, "as_string") else str(sql)
        said.append(context["cursor"].mogrify(text, params) if params else text)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        prepare.migrate_step_by_step()
    kept = [text.strip().rstrip(";") for text in said if not text.strip().upper().startswith(ASKS)]
    body = MOMENT.sub("now()", ";\n".join(kept) + ";\n")
    for mark, role in first_tables.roles().items():
        body = body.replace(role, mark)
    return f"{HEAD}{first_tables.MADE_FROM}{prepare.migration_fingerprint()}\n\n{body}"


def _on_an_empty_database(folder: str) -> str:
    os.environ.pop("AFLUENTE_DATABASE_URL", None)
    os.environ |= {
        "AFLUENTE_DATA_DIR": folder,
        "AFLUENTE_SECRET_KEY": "tables-" + "k" * 60,
        "DJANGO_SETTINGS_MODULE": "afluente.config.settings",
    }
    from django.db import connections

    from afluente.config import environment, prepare

    with prepare.database(environment.load()):
        prepare.setup()
        try:
            return statements()
        finally:
            connections.close_all()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory(prefix="afluente-tables-") as folder:
        new = _on_an_empty_database(folder)
    from afluente.config.first_tables import FILE

    old = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    if not check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    differences = difflib.unified_diff(old.splitlines(), new.splitlines(), "the file", "the migrations")
    for line in islice(differences, 40):
        print(line)
    if new != old:
        print("Write the file anew: python scripts/first_tables.py", file=sys.stderr)
    return int(new != old)


if __name__ == "__main__":
    sys.exit(main())
