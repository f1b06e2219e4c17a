"""Row `submit_to_board`: a lead is sent, a colleague's open board shows its card."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import bodies, pipeline
from bench.browser import Browser
from bench.figures import Found, percentile, rounded, spread

if TYPE_CHECKING:
    import psycopg

    from bench.product import Site
    from bench.work import Bench

PAUSE = 0.15  # seconds between two leads: they come one by one, not in a flood


class Stream(threading.Thread):
    """A board's live stream; `arrived` holds what it said and when."""

    def __init__(self, port: int, cookie: str) -> None:
        super().__init__(daemon=True)
        self.arrived: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self.is_ready = threading.Event()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", "/live", headers={"Host": f"localhost:{port}", "Cookie": cookie})
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise RuntimeError(f"/live was answered {self.answer.status}.")

    def run(self) -> None:
        try:
            while line := self.answer.readline():
                self.is_ready.set()
                if line.startswith(b"data: "):
                    self.arrived.put((time.perf_counter(), json.loads(line[6:])))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return  # the product was stopped

    def wait_for(self, kind: str, deal_id: int | None = None) -> tuple[float, int]:
        """When the next event of this kind of this deal, or of any, was told, and of which."""
        while True:
            moment, said = self.arrived.get(timeout=30)
            if said.get("kind") == kind and said.get("deal") and deal_id in {None, int(said["deal"])}:
                return moment, int(said["deal"])


def measure(bench: Bench) -> Found:
    """Seconds from the request of a lead to its card's markup in the hands of the board's browser."""
    times = bench.size(100, 15)
    with pipeline.open_site(bench, "arrive", deals=200) as board:
        floor = _floor(board.site, times)
    site = board.site
    with site.running():
        token = site.token(board.workspace_id)
        person = Browser(site.port)
        person.sign_in()
        stream = Stream(site.port, person.cookie)
        stream.start()
        stream.is_ready.wait(10)
        legs = [_one(site, token, person, stream, number) for number in range(times + 3)][3:]
    total = [sum(leg) for leg in legs]
    names = ("accepted", "announced", "fetched")
    details = {
        "leads": times,
        **spread(total),
        "legs_p50_ms": {name: rounded(median(leg[n] for leg in legs) * 1000) for n, name in enumerate(names)},
        "floor_ms": spread(floor),
    }
    return Found(percentile(total, 0.95) * 1000, percentile(floor, 0.95) * 1000, details)


def _one(site: Site, token: str, person: Browser, stream: Stream, number: int) -> tuple[float, float, float]:
    """Seconds until it was accepted, until the stream said so, and until the card was there."""
    time.sleep(PAUSE)
    headers = {
        "Host": f"localhost:{site.port}",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    sender = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    began = time.perf_counter()
    sender.request("POST", "/api/v1/leads", bodies.lead(number), headers)
    status = sender.getresponse().status
    accepted = time.perf_counter()
    sender.close()
    if status != 202:
        raise RuntimeError(f"A lead was answered {status}.")
    announced, deal_id = stream.wait_for("deal.opened")
    page = person.get(f"/deals/cards/?ids={deal_id}", **{"HX-Request": "true"})
    if f'id="deal-{deal_id}"' not in page.text:
        raise RuntimeError(f"The card of deal {deal_id} is missing.")
    done = time.perf_counter()
    return accepted - began, max(0.0, announced - accepted), done - max(accepted, announced)


def _floor(site: Site, times: int) -> list[float]:
    """INSERT and NOTIFY on one connection, LISTEN and SELECT on another."""
    seconds = []
    with site.connect() as writer, site.connect() as reader:
        writer.execute("CREATE TABLE IF NOT EXISTS public.bench_said (id bigserial PRIMARY KEY, body text)")
        reader.execute("LISTEN bench_said")
        for number in range(times):
            began = time.perf_counter()
            with writer.transaction():
                writer.execute("INSERT INTO bench_said (body) VALUES (%s)", [bodies.lead(number).decode()])
                writer.execute("NOTIFY bench_said")
            _heard(reader)
            reader.execute("SELECT * FROM bench_said ORDER BY id DESC LIMIT 1").fetchall()
            seconds.append(time.perf_counter() - began)
        writer.execute("DROP TABLE bench_said")
    return seconds


def _heard(reader: psycopg.Connection[Any]) -> None:
    for _ in reader.notifies(timeout=5, stop_after=1):
        return
