"""After an erasure a dump of the database, the store and the queues hold no word; nor a restored backup (P-2)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from afluente.contacts.models import Contact, SavedFilter
from afluente.contacts.selectors.selection import Selection
from afluente.intake import services as intake
from afluente.intake.models import RawEvent
from afluente.kernel import box, clock
from afluente.kernel.postgres.claim import binaries
from afluente.kernel.workspace import scope
from afluente.transfer import services
from afluente.transfer.models import Erasure, Export
from tests import cast, make
from tests.databases import drop_database, make_database
from tests.transfer.test_erasing import WORD, planted

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "AFLUENTE_TEST_ADMIN_URL" not in os.environ, reason="The server is not ours: nobody may dump it."
    ),
]
# What `afluente run` does before it serves, on another database.
AGAIN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"
import django
django.setup()
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict
from pathlib import Path
name, files, erasures = sys.argv[1:4]
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = name
settings.FILES_URL, settings.FILES_DIR, settings.ERASURES_FILE = None, Path(files), Path(erasures)
from afluente.config import prepare
print(prepare.erase_again())
"""


def tool(name: str, database: str, *more: str, given: str = "") -> str:
    """Run a tool of PostgreSQL as who makes backups; what it prints."""
    where = conninfo_to_dict(os.environ["AFLUENTE_TEST_ADMIN_URL"])
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    told = {names[key]: str(value) for key, value in where.items() if key in names and value}
    environment = {**os.environ, **told, "PGDATABASE": database}
    done = subprocess.run(  # noqa: S603  our own binaries, no shell
        [str(binaries() / name), *more], input=given, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def dump(database: str) -> str:
    return tool("pg_dump", database)


def left(text: str, shelf: Path) -> list[str]:
    """Lines with a word of the person."""
    files = [path.read_bytes().decode("latin-1") for path in shelf.rglob("*") if path.is_file()]
    lines = "\n".join([text, *files]).lower().splitlines()
    return [line[:200] for line in lines if WORD in line or "98412-3307" in line or "11984123307" in line]


@pytest.fixture
def restored() -> Any:
    """The name of a database for a backup."""
    name = f"{connections['owner'].settings_dict['NAME']}_restored"
    make_database(name)
    yield name
    drop_database(name)


def test_no_dump_and_no_restored_backup_holds_a_word(shelf: Path, tmp_path: Path, settings, restored, work):
    name = str(connections["owner"].settings_dict["NAME"])
    workspace = make.workspace()
    with scope(workspace.pk):
        ana = cast.assemble(workspace).ana
        known, door = _planted(ana)
    _arrive(workspace.pk, door)
    work()
    backup = dump(name)
    assert len(left(backup, shelf)) > 20

    with scope(workspace.pk):
        made = services.ask_erasure(contact_id=known.pk, member=ana, reason="")
    work()

    assert left(dump(name), shelf) == []
    assert WORD not in settings.ERASURES_FILE.read_text()
    with scope(workspace.pk):
        assert Erasure.objects.get(pk=made.pk).done_at
        assert Contact.objects.filter(first_name="Bia").exists()

    tool("psql", restored, "-q", "-v", "ON_ERROR_STOP=1", given=backup)
    assert len(left(dump(restored), shelf)) > 20
    told = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", AGAIN, restored, str(shelf), str(settings.ERASURES_FILE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.stdout, told.returncode) == ("1\n", 0), told.stderr[-2000:]
    assert left(dump(restored), shelf) == []


def _planted(ana: Any) -> tuple[Contact, tuple[str, str]]:
    """All that test_erasing plants, and what arrived, was kept as a filter, asked for and called."""
    known, _words = planted(ana, _send(ana), _bring)
    mail = f"{WORD}-mail@a.example"
    other = make.contact(name="Bia Lima")
    door = intake.create_source(kind="webhook", name="Site", rule=None)
    query = f"q={quote_plus(mail)}"
    SavedFilter.objects.create(owner=ana, name=f"Ask {mail}", query=query, created_at=clock.now())
    Export.objects.create(
        name="x.csv",
        selection=Selection(query=query).plain,
        state="failed",
        member=ana,
        created_at=clock.now(),
    )
    Contact.objects.filter(pk=other.pk).update(source_name=f"{mail}.csv")
    named = f"{WORD}_mail_a.example.csv"
    _bring(services.begin_import(name=named, body=io.BytesIO(b"Nome\nRui\n"), size=9, member=ana))
    return known, (door.public_id, box.unseal(door.secret_box))


def _arrive(workspace_id: int, door: tuple[str, str]) -> None:
    """One that becomes the person's, one that nobody can read."""
    mail = f"{WORD}-mail@a.example"
    for body in (f'{{"name": "{WORD}", "email": "{mail}"}}', f"broken {{ {mail}"):
        public_id, secret = door
        intake.accept_many(
            [
                intake.Arrival(
                    workspace_id=workspace_id, body=body.encode(), public_id=public_id, secret=secret
                )
            ]
        )
    with scope(workspace_id):
        intake.apply_waiting()
        assert RawEvent.objects.filter(contact_id__isnull=False).exists()


def _send(ana: Any) -> Any:
    def send(text: str) -> Any:
        body = text.encode()
        return services.begin_import(name="people.csv", body=io.BytesIO(body), size=len(body), member=ana)

    return send


def _bring(given: Any) -> None:
    services.set_columns(
        import_id=given.pk, mapping=given.mapping, match=given.match, policy=given.policy, tags=[],
        assignee_id=None, may_make_fields=True, by=services.actor_of(given.member),
    )  # fmt: skip
    number, workspace = given.pk, given.workspace_id
    services.check_import(workspace_id=workspace, import_id=number)
    services.start_import(import_id=number)
    services.run_import(workspace_id=workspace, import_id=number)
