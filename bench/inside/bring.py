"""A file of people on its way in."""

from __future__ import annotations

import io
import time
from typing import Any

from bench import inside

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
    """Send a file, say what its columns mean, look at every row, bring all in; seconds of each."""
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
    began = time.perf_counter()
    services.check_import(workspace_id=workspace_id, import_id=given.pk)
    check = time.perf_counter() - began
    with scope(workspace_id):
        services.start_import(import_id=given.pk)
    began = time.perf_counter()
    services.run_import(workspace_id=workspace_id, import_id=given.pk)
    run = time.perf_counter() - began
    with scope(workspace_id):
        given.refresh_from_db()
        assert given.created_count == rows, given.created_count
    return {"floor": floor, "check": check, "run": run}


if __name__ == "__main__":
    inside.answer(bring)
