"""A file of people on its way in."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

from bench import inside

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 600  # seconds
UNDONE = ("waiting", "running")
CITIES = ("Santos", "Recife", "Gdańsk", "Curitiba")
# The floor: the same people by plain statements, without history, search or a look at who is known.
PLAIN = (
    """INSERT INTO contacts_contact (workspace_id, first_name, last_name, source, source_name, utm_first, utm_last,
                                     created_at, updated_at)
       SELECT %(ws)s, 'Plain' || n, 'Floor', 'import', '', '{}', '{}', now(), now() FROM generate_series(1, %(rows)s) n""",
    """INSERT INTO contacts_contactemail (workspace_id, contact_id, email, key, is_primary)
       SELECT workspace_id, id, 'f' || id || '@a.example', 'f' || id || '@a.example', true
         FROM contacts_contact WHERE workspace_id = %(ws)s AND last_name = 'Floor'""",
    """INSERT INTO contacts_contactphone (workspace_id, contact_id, raw, e164, is_primary)
       SELECT workspace_id, id, '+5511' || 900000000 + id, '+5511' || 900000000 + id, true
         FROM contacts_contact WHERE workspace_id = %(ws)s AND last_name = 'Floor'""",
)


def bring(*, workspace_id: int, rows: int) -> dict[str, Any]:
    """Send a file, say what its columns mean; seconds until the worker has looked at every row, and until
    all are in and can be found."""
    from django.db import connection  # noqa: PLC0415  set up first

    from afluente.accounts.models import Membership  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.transfer import services  # noqa: PLC0415

    began = time.perf_counter()
    with scope(workspace_id), connection.cursor() as cursor:
        for statement in PLAIN:
            cursor.execute(statement, {"ws": workspace_id, "rows": rows})
    floor = time.perf_counter() - began
    lines = [
        f"Ana{n % 900};Prado{n};p{n}@a.example;(11) 9{20_000_000 + n};Firma {n % 3000};{CITIES[n % 4]}"
        for n in range(rows)
    ]
    body = "\n".join(["Nome;Sobrenome;E-mail;Celular;Empresa;Cidade", *lines]).encode()
    with scope(workspace_id):
        owner = Membership.objects.select_related("user").order_by("pk")[0]
        given = services.begin_import(name="people.csv", body=io.BytesIO(body), size=len(body), member=owner)
        services.look_at(given)
        services.set_columns(
            import_id=given.pk,
            mapping=given.mapping,
            match="any",
            policy="update",
            tags=[],
            assignee_id=None,
            may_make_fields=False,
            by=services.actor_of(owner),
        )
    check = _seconds_until(lambda: _state(workspace_id, given.pk) == "checked")
    with scope(workspace_id):
        services.start_import(import_id=given.pk)
    run = _seconds_until(lambda: _state(workspace_id, given.pk) == "done" and not _index_jobs(workspace_id))
    with scope(workspace_id):
        given.refresh_from_db()
        assert given.created_count == rows, given.created_count
    return {"floor": floor, "check": check, "run": run}


def _seconds_until(is_reached: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not is_reached():
        if time.perf_counter() - began > PATIENCE:
            raise RuntimeError("The worker does not get on with it.")
        time.sleep(0.05)
    return time.perf_counter() - began


def _state(workspace_id: int, import_id: int) -> str:
    from afluente.kernel.workspace import scope  # noqa: PLC0415  set up first
    from afluente.transfer.models import Import  # noqa: PLC0415

    with scope(workspace_id):
        return str(Import.objects.values_list("state", flat=True).get(pk=import_id))


def _index_jobs(workspace_id: int) -> bool:
    from afluente.contacts.services.indexing import INDEX_JOB  # noqa: PLC0415  set up first
    from afluente.kernel.models import Job  # noqa: PLC0415

    return Job.objects.filter(name=INDEX_JOB, workspace_id=workspace_id, state__in=UNDONE).exists()


if __name__ == "__main__":
    inside.answer(bring)
