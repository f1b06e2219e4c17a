"""`afluente run` from start to end, with everything killed in between (R-11, in small)."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .running import PATIENCE, Product, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc who is alive")


@pytest.fixture(scope="module")
def product(new_product: Callable[[], Product]) -> Iterator[Product]:
    """The product, started once for these tests, which leave it running."""
    running = new_product()
    line = running.start()
    assert line == f"Afluente is running at http://localhost:{running.port}"
    yield running
    running.end(signal.SIGKILL)


@pytest.mark.parametrize("role", ["web", "worker", "postgres"])
def test_what_is_killed_comes_back_by_itself(product: Product, role: str) -> None:
    product.kill(role)

    assert product.health() == 200


def test_a_database_that_hangs_in_recovery_is_replaced(product: Product) -> None:
    before = product.pids["postgres"]
    hang(before)

    deadline = time.monotonic() + PATIENCE
    while is_alive(before):
        assert time.monotonic() < deadline, "the hanging server was left alone"
        time.sleep(0.05)

    assert product.health() == 200


def hang(postmaster: int) -> None:
    """Kill one server process, and then the one that recovers from that: PostgreSQL waits for ever."""
    for _ in range(20):
        os.kill(child(postmaster, "walwriter"), signal.SIGKILL)
        os.kill(child(postmaster, "startup"), signal.SIGKILL)
        time.sleep(1)
        if not find_child(postmaster, "walwriter"):
            return
    raise AssertionError("The server recovered every time.")


def child(postmaster: int, title: str) -> int:
    """The server process with that title, as soon as there is one."""
    deadline = time.monotonic() + PATIENCE
    while not (pid := find_child(postmaster, title)):
        assert time.monotonic() < deadline, f"no {title}"
    return pid


def find_child(postmaster: int, title: str) -> int:
    for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        with suppress(OSError):
            if title in Path(f"/proc/{pid}/cmdline").read_text():
                return int(pid)
    return 0


def test_a_second_start_is_refused_in_one_sentence(product: Product) -> None:
    second = Product(product.data_dir)

    said, _ = second.launch().communicate(timeout=PATIENCE)

    assert second.process is not None
    assert second.process.returncode == 1
    assert said.startswith("afluente: Another Afluente is already running on ")
    assert said.count("\n") == 1


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_is_clean(product: Product) -> None:
    before = product.pids
    product.end(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while any(map(is_alive, before.values())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [role for role, pid in before.items() if is_alive(pid)] == []

    product.start()

    assert product.health() == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_silently(product: Product, number: signal.Signals) -> None:
    pids = product.pids

    assert product.end(number) == (0, "")

    assert [role for role, pid in pids.items() if is_alive(pid)] == []
    product.start()


def test_it_can_be_stopped_while_it_starts(tmp_path: Path) -> None:
    product = Product(tmp_path)
    product.launch()
    time.sleep(0.3)

    code, said = product.end(signal.SIGINT)

    assert said == ""
    assert code in {0, -signal.SIGINT}
