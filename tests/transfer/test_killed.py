"""An import cut by kill -9 goes on behind the last row that is in (issue 3, bad input)."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from afluente.contacts.models import Contact
from afluente.kernel.workspace import scope
from afluente.transfer import services
from afluente.transfer.models import Import, ImportRow
from tests import cast, make

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 3000
# The same function as the job's, in a process of its own that can be killed.
WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"
import django
django.setup()
from django.conf import settings
from django.db import connections
from pathlib import Path
name, files, workspace, number = sys.argv[1:5]
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = name
settings.FILES_URL, settings.FILES_DIR = None, Path(files)
from afluente.transfer import services
print("begun", flush=True)
services.run_import(workspace_id=int(workspace), import_id=int(number))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["transfer.before_commit", "transfer.after_commit"])
def test_a_killed_worker_loses_and_doubles_nothing(shelf: Path, tmp_path: Path, place: str):
    workspace = make.workspace()
    with scope(workspace.pk):
        ana = cast.assemble(workspace).ana
        text = "Nome,E-mail\n" + "".join(f"Ana {n},a{n}@a.example\n" for n in range(ROWS))
        given = services.begin_import(
            name="p.csv", body=io.BytesIO(text.encode()), size=len(text), member=ana
        )
        services.set_columns(
            import_id=given.pk, mapping=given.mapping, match="any", policy="update", tags=[],
            assignee_id=None, may_make_fields=False, by=services.actor_of(ana),
        )  # fmt: skip
    services.check_import(workspace_id=workspace.pk, import_id=given.pk)
    with scope(workspace.pk):
        services.start_import(import_id=given.pk)

    assert _work(workspace.pk, given.pk, shelf, tmp_path, place) == -signal.SIGKILL
    with scope(workspace.pk):
        given.refresh_from_db()
        assert given.state == "running"
        assert given.position == (1001 if place.endswith("after_commit") else 0)
        assert Contact.objects.count() == given.created_count == ImportRow.objects.count()

    assert _work(workspace.pk, given.pk, shelf, tmp_path, "") == 0
    with scope(workspace.pk):
        given = Import.objects.get(pk=given.pk)
        assert (given.state, given.created_count, Contact.objects.count()) == ("done", ROWS, ROWS)
        assert Contact.objects.values("emails__email").distinct().count() == ROWS


def _work(workspace_id: int, import_id: int, shelf: Path, tmp_path: Path, place: str) -> int:
    """A worker at the import; with `place` it is killed the first time it comes there. Its exit code."""
    told = tmp_path / "crash"
    if place:
        told.write_text(place)
    name: Any = connection.settings_dict["NAME"]
    environment = {**os.environ, "AFLUENTE_CRASH_FILE": str(told), "AFLUENTE_TESTING": "1"}
    started = subprocess.Popen(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WORKER, name, str(shelf), str(workspace_id), str(import_id)], env=environment
    )
    until = time.monotonic() + 120
    while started.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    return started.returncode
