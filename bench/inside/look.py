"""Pages of the list of contacts, by the selector that the screen uses, as the serving role."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote, urlencode

from bench import inside


def look(*, workspace_id: int, asked: list[tuple[str, dict[str, Any]]], rounds: int) -> dict[str, Any]:
    """Ask for each page `rounds` times; [kind, query, seconds, rows found] of each."""
    from django.db import connection  # noqa: PLC0415  set up first
    from django.http import QueryDict  # noqa: PLC0415

    from afluente.accounts.models import Membership  # noqa: PLC0415
    from afluente.contacts import selectors  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    found, counted = [], []
    with scope(workspace_id):
        member = Membership.objects.select_related("user").order_by("pk")[0]
        with connection.cursor() as cursor:  # forced row-level security, or the figures say nothing
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                raise RuntimeError("This role sees everything.")
    for number in range(rounds + 1):
        for kind, query in asked:
            with scope(workspace_id):
                said = QueryDict(urlencode(query, doseq=True))
                began = time.perf_counter()
                columns = selectors.chosen_columns(member=member)
                wanted = selectors.Filter.read(said)
                page = selectors.contact_page(member=member, wanted=wanted, columns=columns)
                seconds = time.perf_counter() - began
                # The number beside the title is asked for by the page, once it is drawn.
                counting = -time.perf_counter()
                if page.total is None and wanted.after is None:
                    selectors.contact_total(member=member, wanted=wanted)
                counting += time.perf_counter()
            if number:  # the first round warms the caches
                found.append((kind, query.get("q") or unquote(said.urlencode()), seconds, len(page.rows)))
                counted.append(counting)
    return {"found": found, "counted": counted}


if __name__ == "__main__":
    inside.answer(look)
