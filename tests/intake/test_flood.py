"""More than one batch waits: two threads share the work."""

from __future__ import annotations

import json
import threading
import time
from itertools import groupby

import pytest

from afluente.deals.models import Deal
from afluente.intake import jobs, services
from afluente.intake.models import RawEvent, Source
from afluente.kernel import box
from afluente.kernel.workspace import scope
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")

PEOPLE = 7
COUNT = 2 * services.BATCH + 200


def arrive(source: Source) -> None:
    """One lead after another, each about one of seven people."""
    services.accept_many(
        [
            services.Arrival(
                workspace_id=source.workspace_id,
                body=json.dumps({"email": f"pessoa{n % PEOPLE}@mare.example", "pedido": n}).encode(),
                public_id=source.public_id,
                secret=box.unseal(source.secret_box),
            )
            for n in range(COUNT)
        ]
    )


def test_a_flood_takes_effect_once_and_in_order_for_each_person(monkeypatch):
    workspace = make.workspace()
    with scope(workspace.pk):
        make.pipeline()
        source = services.create_source(kind=Source.Kind.WEBHOOK, name="Orçamento de site")
    arrive(source)
    claims: list[int] = []

    def point(name: str) -> None:
        """Be slow after every second claim, so that whoever claims next could overtake."""
        if name == "intake.after_claim":
            claims.append(threading.get_ident())
            time.sleep(0.3 * (len(claims) % 2 == 0))

    monkeypatch.setattr("afluente.kernel.crash.point", point)

    assert jobs.drain() == COUNT

    with scope(workspace.pk):
        rows = list(
            Deal.objects.order_by("contacts", "number").values_list("contacts", "number", "raw_event_id")
        )
        assert RawEvent.objects.exclude(state="done").count() == 0
    assert len(set(claims)) == 2
    assert sorted(number for _, number, _ in rows) == list(range(1, COUNT + 1))
    people = [[event for _, _, event in group] for _, group in groupby(rows, key=lambda row: row[0])]
    assert len(people) == PEOPLE
    assert all(events == sorted(events) for events in people)
