"""Row `rule_to_board`: a deal enters a stage, and an open board shows what a rule made of it at once."""

from __future__ import annotations

import http.client
import json
import time
from statistics import median
from typing import TYPE_CHECKING

from bench import pipeline
from bench.arriving import PAUSE, Stream
from bench.browser import UNCOUNTED, Browser
from bench.figures import Found, percentile, rounded, spread

if TYPE_CHECKING:
    from bench.product import Site
    from bench.work import Bench

NAME = "Renamed by a rule"


def measure(bench: Bench) -> Found:
    """Seconds from the answer to the move until the card with the new name is in the hands of a board's browser."""
    times = bench.size(100, 15)
    with pipeline.open_site(bench, "ruled", deals=200) as board:
        to = board.stages[0]
        elsewhere = "SELECT id FROM deals_deal WHERE stage_id <> %s ORDER BY id LIMIT %s"
        with board.site.connect() as admin:
            moved = [pk for (pk,) in admin.execute(elsewhere, [to, times + UNCOUNTED])]
        board.site.inside("rename", workspace_id=board.workspace_id, stage=to, name=NAME)
    site = board.site
    with site.running():
        token = site.token(board.workspace_id)
        person = Browser(site.port)
        person.sign_in()
        stream = Stream(site.port, person.cookie)
        stream.start()
        stream.is_ready.wait(10)
        legs = [_one(site, token, person, stream, (pk, to)) for pk in moved][UNCOUNTED:]
    total = [sum(leg) for leg in legs]
    names = ("announced", "fetched")
    legs_p50 = {name: rounded(median(leg[n] for leg in legs) * 1000) for n, name in enumerate(names)}
    return Found(
        percentile(total, 0.95) * 1000, None, {"moves": len(legs), **spread(total), "legs_p50_ms": legs_p50}
    )


def _one(
    site: Site, token: str, person: Browser, stream: Stream, move: tuple[int, int]
) -> tuple[float, float]:
    """Seconds until the stream said that the rule changed it, and until the card said so."""
    time.sleep(PAUSE)
    deal_id, stage_id = move
    headers = {
        "Host": f"localhost:{site.port}",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    sender = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    sender.request("POST", f"/api/v1/deals/{deal_id}/moves", json.dumps({"stage_id": stage_id}), headers)
    status = sender.getresponse().status
    moved = time.perf_counter()
    sender.close()
    if status != 200:
        raise RuntimeError(f"A move was answered {status}.")
    announced, _ = stream.wait_for("deal.changed", deal_id)
    page = person.get(f"/deals/cards/?ids={deal_id}", **{"HX-Request": "true"})
    if NAME not in page.text:
        raise RuntimeError(f"The card of deal {deal_id} says nothing of the rule.")
    return max(0.0, announced - moved), time.perf_counter() - max(moved, announced)
