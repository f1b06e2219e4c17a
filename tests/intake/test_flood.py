"""More than one batch waits: two threads share the work."""

from __future__ import annotations

import json
import threading
import time

import pytest

from afluente.deals.models import Deal
from afluente.intake import jobs, services
from afluente.intake.models import RawEvent, Source
from afluente.intake.services import taking
from afluente.kernel import box
from afluente.kernel.workspace import scope
from tests import make

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


@pytest.mark.usefixtures("committed_db")
def test_a_flood_takes_effect_once_whoever_helps():
    """Beside the two threads a worker of other tests may take a part."""
    workspace = make.workspace()
    with scope(workspace.pk):
        make.pipeline()
        source = services.create_source(kind=Source.Kind.WEBHOOK, name="Orçamento de site")
    arrive(source)

    deadline = time.monotonic() + 60
    while True:
        jobs.drain()
        with scope(workspace.pk):
            if not RawEvent.objects.exclude(state="done").exists():
                break
        assert time.monotonic() < deadline
        time.sleep(0.1)

    with scope(workspace.pk):
        rows = list(Deal.objects.values_list("number", "raw_event_id"))
        people = Deal.objects.values("contacts").distinct().count()
    assert sorted(number for number, _ in rows) == list(range(1, COUNT + 1))
    assert len({event for _, event in rows}) == COUNT
    assert people == PEOPLE


def test_who_claims_next_waits_until_everybody_named_is_held():
    """So what is about one person keeps its order, although two threads apply it."""
    told: list[str] = []
    is_first_in = threading.Event()

    def first() -> None:
        with taking._in_turn() as on_hold:
            told.append("first claims")
            is_first_in.set()
            time.sleep(0.2)
            told.append("first holds")
            on_hold()
            on_hold()  # once for each part of a batch: only the first counts
            time.sleep(0.2)
            told.append("first ends")

    def second() -> None:
        is_first_in.wait()
        with taking._in_turn():
            told.append("second claims")

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == ["first claims", "first holds", "second claims", "first ends"]
    assert not taking._turn.locked()
