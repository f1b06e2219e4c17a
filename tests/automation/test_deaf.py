"""A worker that hears nothing still works; cases of the reference by their numbers."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from afluente.automation.models import Step
from afluente.config import worker
from afluente.kernel import live
from afluente.kernel.workspace import scope
from tests import make
from tests.automation.arranging import open_in, publish, rule
from tests.serving import Server, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user AND query LIKE 'LISTEN%'
"""
PATIENCE = 20  # seconds: a busy machine is no broken promise, a worker that waits to be woken never comes


@contextmanager
def deafened() -> Iterator[list[int]]:
    """End every connection that listens, again and again; how many were ended each time."""
    cut: list[int] = []
    is_over = Event()
    connection = live.listening_connection()

    def go_on() -> None:
        while not is_over.wait(0.02):
            cut.append(connection.execute(CUT).fetchone()[0])  # type: ignore[index]

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield cut
    finally:
        is_over.set()
        thread.join()
        connection.close()


@pytest.fixture
def product(committed_db: None) -> Iterator[Server]:
    """A worker for this test alone: one that stayed would do what other tests want to do themselves."""
    running = Server(str(connections["default"].settings_dict["NAME"]), free_port())
    running.start("worker")
    yield running
    running.stop()


@pytest.mark.usefixtures("product")
def test_case_79_steps_run_when_nobody_can_be_woken():
    workspace = make.workspace()
    with scope(workspace.pk):
        stage = make.stage(pipeline=make.pipeline(), name="S0")
        publish(stage, rule("a"))
    connections.close_all()
    with deafened() as cut:
        came = time.monotonic()
        while not sum(cut) and time.monotonic() - came < PATIENCE:
            time.sleep(0.05)  # until the worker listened, and was cut off; and is again as soon as it is back
        with scope(workspace.pk):
            deal = open_in(stage)
        began, state = time.monotonic(), None
        while state is None and time.monotonic() - began < PATIENCE:
            with scope(workspace.pk):
                state = Step.objects.filter(deal_id=deal.pk).values_list("state", flat=True).first()
            time.sleep(0.05)

    assert sum(cut) > 0
    assert state == "applied"
    assert worker.POLL <= 2  # seconds until a worker looks by itself: the promise of the case
