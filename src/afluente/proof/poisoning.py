"""R-8: what cannot be applied ends among the dead letters, holds nobody up, and can be tried again."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import Any

from afluente.proof import browsing, seed
from afluente.proof.checking import wait_until_applied
from afluente.proof.product import Product
from afluente.proof.results import Result
from afluente.proof.sending import Line

MOST_ATTEMPTS = 5
STATES = """
SELECT convert_from(body, 'UTF8') LIKE '%%explode%%', state, attempts, error, notes::text
  FROM intake_rawevent WHERE workspace_id = %s
"""
SOUND_LEFT = """
SELECT count(*) FROM intake_rawevent
 WHERE workspace_id = %s AND state = 'waiting' AND convert_from(body, 'UTF8') NOT LIKE '%%explode%%'
"""
LATEST = (
    "SELECT id FROM intake_rawevent WHERE workspace_id = %s AND state <> 'waiting' ORDER BY id DESC LIMIT 200"
)
DOUBLED = """
SELECT count(*) FROM (SELECT raw_event_id FROM deals_deal WHERE workspace_id = %s
                       GROUP BY 1 HAVING count(*) > 1) AS d
"""
TOLD = """
SELECT count(*), count(DISTINCT data ->> 'raw_event') FROM timeline_event
 WHERE workspace_id = %s AND kind = 'lead.received'
"""


def run(*, poison: int = 20, sound: int = 2000, plants: tuple[str, ...] = ()) -> Result:
    """Send `sound` arrivals with `poison` among them; then mend the bug and press Replay twice."""
    with Product(plants=("bug", *plants)) as product:
        place = seed.workspace(product)
        clean = _send_and_time(product, place, sound, poison=0)
        mixed = _send_and_time(product, place, sound, poison=poison)
        is_given_up = wait_until_applied(product, 90)  # 2 + 4 + 8 + 16 s of back-off
        rows = product.rows(STATES, [place.workspace_id])
        dead = [row for row in rows if row[0]]
        figures: dict[str, Any] = {
            "poison": len(dead),
            "dead": sum(row[1] == "dead" for row in dead),
            "most_attempts": max(row[2] for row in dead),
            "with_reason": sum("bug in the reader" in row[4].lower() for row in dead),
            "sound_done": sum(not row[0] and row[1] == "done" for row in rows),
            "throughput_with_poison": round(clean / mixed, 2),
        }
        product.stop()
        product.plants = plants  # the bug is mended
        product.start()
        figures |= _replay(product, place, poison + 2 * sound)
    is_met = (
        is_given_up
        and figures["dead"] == figures["with_reason"] == poison
        and figures["most_attempts"] <= MOST_ATTEMPTS
        and figures["sound_done"] == 2 * sound
        and figures["throughput_with_poison"] >= 0.8
        and figures["replayed"] == poison
        and not (figures["doubled"] or figures["told_twice"])
    )
    return Result(
        "R-8", is_met, "all dead in <= 5 attempts, >= 0.8 of the speed, replayed once each", figures
    )


def _send_and_time(product: Product, place: seed.Place, count: int, *, poison: int) -> float:
    """Keep arrivals, poison spread among them; seconds until all sound ones have taken effect."""
    line = Line(product.port)
    began = time.monotonic()
    for n in range(count + poison):
        body: dict[str, Any] = {"email": f"p{n}-{poison}@poison.example", "name": f"Person {n}"}
        if poison and n % ((count + poison) // poison) == 0:
            body["what"] = "explode"
        headers = {"content-type": "application/json"}
        line.post(place.doors["webhook"], json.dumps(body).encode(), headers)
    while product.rows(SOUND_LEFT, [place.workspace_id]) != [(0,)]:
        time.sleep(0.05)
    line.close()
    return time.monotonic() - began


def _replay(product: Product, place: seed.Place, total: int) -> dict[str, int]:
    """Two people press Replay for everything, at the same moment, and once more afterwards."""
    people = [browsing.Person(product.url, place.email) for _ in range(2)]
    threads = [threading.Thread(target=_press, args=(one, product, place)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until_applied(product)
    _press(people[0], product, place)
    wait_until_applied(product)
    states = Counter(row[1] for row in product.rows(STATES, [place.workspace_id]) if row[0])
    ((told, different),) = product.rows(TOLD, [place.workspace_id])
    ((doubled,),) = product.rows(DOUBLED, [place.workspace_id])
    return {
        "replayed": states["done"],
        "doubled": doubled,
        "told_twice": told - different,
        "missing": total - different,
    }


def _press(person: browsing.Person, product: Product, place: seed.Place) -> None:
    latest = product.rows(LATEST, [place.workspace_id])
    person.post("/incoming/replay/", {"all": "1"})
    person.post("/incoming/replay/", {"event": [str(one) for (one,) in latest]})
