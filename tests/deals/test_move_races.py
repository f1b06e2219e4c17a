"""Two people who move one card at once (issue 4, bad input): two connections, one wins, the other is told."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections

from afluente.deals.models import Deal
from afluente.kernel.workspace import scope
from afluente.timeline.models import Event
from tests import cast, make

PATIENCE = 60
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


def at_once(deal: Deal, *acts: Any) -> list[Any]:
    """Do these at the same moment, each on a connection of its own: all wait for the row of `deal`."""
    answers: list[Any] = [None] * len(acts)

    def run(number: int, act: Any) -> None:
        try:
            answers[number] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    with scope(deal.workspace_id):
        Deal.objects.select_for_update().get(pk=deal.pk)
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(WAITING)
                if cursor.fetchone()[0] >= len(acts):
                    break
                time.sleep(0.02)
            else:
                raise AssertionError("They did not meet.")
    for thread in threads:
        thread.join(PATIENCE)
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_one_card_the_second_is_told_where_it_is():
    workspace = make.workspace()
    with scope(workspace.pk):
        people = cast.assemble(workspace)
        pipeline = make.pipeline()
        here, there = (make.stage(pipeline=pipeline, name=name) for name in ("Here", "There"))
        deal = make.deal(stage=make.stage_of(pipeline), assignee=people.ana)
        seen = deal.stage_id

    def move(who: Any, stage: Any) -> tuple[int, str]:
        answer = cast.browser(who).post(
            f"/deals/{deal.pk}/moves/", {"stage": stage.pk, "seen": seen}, headers={"HX-Request": "true"}
        )
        return answer.status_code, answer.headers.get("HX-Trigger", "")

    answers = at_once(deal, lambda: move(people.ana, here), lambda: move(people.dora, there))

    with scope(workspace.pk):
        deal.refresh_from_db()
        (told,) = Event.objects.filter(deal_id=deal.pk, kind="deal.moved")
    assert sorted(status for status, _ in answers) == [200, 409]
    winner = 0 if answers[0][0] == 200 else 1
    assert (deal.stage_id, deal.stage_epoch) == ((here, there)[winner].pk, 2)
    said = answers[1 - winner][1]
    assert f"{told.actor_name} moved it to {('Here', 'There')[winner]} meanwhile" in said
    assert f'"af:cards": {{"ids": [{deal.pk}]}}' in said


@pytest.mark.django_db
def test_one_s_own_second_move_is_no_surprise_and_neither_is_the_same_wish(client_as: Any, people: Any):
    pipeline = make.pipeline()
    here, there = (make.stage(pipeline=pipeline, name=name) for name in ("Here", "There"))
    deal = make.deal(stage=make.stage_of(pipeline))
    seen = deal.stage_id

    for who, stage, status in (
        (people.ana, here, 302),
        (people.ana, there, 302),
        (people.dora, there, 302),
        (people.dora, here, 302),
    ):
        answer = client_as(who).post(
            f"/deals/{deal.pk}/moves/", {"stage": stage.pk, "seen": seen}, follow=True
        )
        assert answer.status_code == 200, status

    deal.refresh_from_db()
    assert deal.stage_id == there.pk
    assert "Ana Souza moved it to There meanwhile" in answer.content.decode()
