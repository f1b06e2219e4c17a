"""Play the leads of a real marketplace through the running product, and check what came of them.

    python -m bench.replay_leads PATH --start
    python -m bench.replay_leads PATH --base-url http://localhost:8377 --token af_…

PATH holds leads.csv and closed_deals.csv of the «Marketing Funnel by Olist» data set. Every lead goes
through POST /api/v1/leads, as another program would send it; the closed ones are then won, by the API
too. Nothing doubles when it is run again: the data set's own ids are the idempotency keys.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from afluente.proof.product import Product
from afluente.proof.sending import Line
from bench import sellers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINES = 16  # connections at once
NO_ORIGIN = "no origin"


@dataclass(frozen=True)
class Row:
    """A lead of the data set; `seller` is who closed it, or ''."""

    mql_id: str
    first_contact: str
    page: str
    origin: str
    seller: str = ""

    @property
    def email(self) -> str:
        return f"lead-{self.mql_id}@olist.example"

    @property
    def body(self) -> dict[str, Any]:
        return {
            "contact": {"name": f"Lead {self.mql_id[:8]}", "email": self.email},
            "source": self.origin,
            "utm": {"source": self.origin},
            "page": self.page,
            "custom": {
                "mql_id": self.mql_id,
                "origin": self.origin,
                "landing_page_id": self.page,
                "first_contact_date": self.first_contact,
            },
        }


def read_rows(path: Path, limit: int | None = None) -> list[Row]:
    """The data set's leads, oldest first; or `limit` of them from all its time."""
    with (path / "closed_deals.csv").open() as file:
        sellers_of = {row["mql_id"]: row["sr_id"] for row in csv.DictReader(file)}
    with (path / "leads.csv").open() as file:
        rows = [
            Row(
                mql_id=row["mql_id"],
                first_contact=row["first_contact_date"],
                page=row["landing_page_id"],
                origin=row["origin"].replace("_", " ").strip() or NO_ORIGIN,
                seller=sellers_of.get(row["mql_id"], ""),
            )
            for row in csv.DictReader(file)
        ]
    rows.sort(key=lambda row: (row.first_contact, row.mql_id))
    return rows[:: max(1, len(rows) // limit)][:limit] if limit else rows


class Api:
    """The product's REST API, as another program calls it."""

    def __init__(self, base_url: str, token: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "localhost", parts.port or 80
        self._token = token
        self._lines = threading.local()
        self._opened: list[Line] = []

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The answer's JSON. Raises RuntimeError with what was refused."""
        line: Line | None = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = Line(self._port, self._host)
            self._opened.append(line)
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        headers |= {"idempotency-key": key} if key else {}
        content = None if body is None else json.dumps(body).encode()
        while True:
            status, answer = line.ask(method, f"/api/v1{path}", content, headers)
            if status in {429, 503} or (status == 409 and key):
                time.sleep(0.2)
                continue
            if status >= 400:
                raise RuntimeError(f"{method} {path}: {status} {answer.decode()[:300]}")
            return json.loads(answer)

    def close(self) -> None:
        """Hang up."""
        for line in self._opened:
            line.close()

    def pages(self, path: str) -> Iterable[dict[str, Any]]:
        """All items of a list."""
        cursor = ""
        while cursor is not None:
            found = self.ask("GET", f"{path}?{urlencode({'limit': 100, 'cursor': cursor})}")
            yield from found["items"]
            cursor = found["next"]


def at_once(things: Iterable[Any], act: Callable[[Any], None], lines: int = LINES) -> None:
    """Do `act` for all things, several at a time. Raises the first thing that went wrong."""
    with ThreadPoolExecutor(lines) as pool:
        for _ in pool.map(act, things):
            pass


@dataclass
class Played:
    """What one run did: how long, and the number each lead got."""

    lead_ids: dict[str, str] = field(default_factory=dict)
    accepted_s: float = 0.0
    applied_s: float = 0.0
    won_s: float = 0.0


def play(api: Api, rows: list[Row], members: dict[str, int]) -> Played:
    """Send all leads, wait until all took effect, win the closed ones."""
    played = Played()
    began = time.perf_counter()

    def send(row: Row) -> None:
        played.lead_ids[row.mql_id] = api.ask("POST", "/leads", row.body, key=row.mql_id)["id"]

    at_once(rows, send)
    played.accepted_s = time.perf_counter() - began
    _wait(api, played)
    played.applied_s = time.perf_counter() - began
    won_stage = next(
        stage["id"]
        for pipeline in api.ask("GET", "/pipelines")["items"][:1]
        for stage in pipeline["stages"]
        if stage["kind"] == "won"
    )

    def win(row: Row) -> None:
        deal_id = api.ask("GET", f"/leads/{played.lead_ids[row.mql_id]}")["deal_id"]
        if row.seller in members:
            body = {"assignee_id": members[row.seller]}
            api.ask("PATCH", f"/deals/{deal_id}", body, key=f"seller-{row.mql_id}")
        api.ask("POST", f"/deals/{deal_id}/moves", {"stage_id": won_stage}, key=f"won-{row.mql_id}")

    at_once([row for row in rows if row.seller], win)
    api.close()
    played.won_s = time.perf_counter() - began - played.applied_s
    return played


def _wait(api: Api, played: Played) -> None:
    """Until no lead waits. Those done are not asked again; they are done in order of arrival, nearly."""
    waiting = list(played.lead_ids.values())
    while waiting:
        state = api.ask("GET", f"/leads/{waiting[-1]}")["state"]
        if state == "waiting":
            time.sleep(0.05)
            continue
        if state == "dead":
            raise RuntimeError(f"Lead {waiting[-1]} failed: {api.ask('GET', f'/leads/{waiting[-1]}')}")
        waiting.pop()
        waiting = waiting[-LINES:]  # the list of deals tells about the rest


def check(api: Api, rows: list[Row]) -> dict[str, Any]:
    """What the product now holds, counted by its API, against the data set."""
    mine = {row.email for row in rows}
    emails = [
        address for contact in api.pages("/contacts") for address in _addresses(contact) if address in mine
    ]
    deals = [deal for deal in api.pages("/deals") if deal["name"].startswith("Lead ")]
    won = [deal for deal in deals if deal["status"] == "won"]
    by_origin = Counter(row.origin for row in rows)
    won_by_origin = Counter(row.origin for row in rows if row.seller)
    expected_rates = {origin: won_by_origin[origin] / count for origin, count in by_origin.items()}
    found = Counter(deal["source_name"] for deal in deals)
    found_won = Counter(deal["source_name"] for deal in won)
    return {
        "contacts": (len(emails), len(set(emails)) == len(emails) == len(rows)),
        "deals": (len(deals), len(deals) == len(rows)),
        "won": (len(won), len(won) == sum(bool(row.seller) for row in rows)),
        "origins": (dict(found.most_common()), found == by_origin),
        "won_rates": (
            {origin: round(found_won[origin] / count, 4) for origin, count in found.most_common()},
            {origin: found_won[origin] / count for origin, count in found.items()} == expected_rates,
        ),
    }


def _addresses(contact: dict[str, Any]) -> list[str]:
    return [one["email"] if isinstance(one, dict) else one for one in contact["emails"]]


def main() -> int:
    """The command line; 0 when all checks hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay_leads", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--base-url", default="")
    parser.add_argument("--token", default="")
    parser.add_argument("--start", action="store_true", help="start a product of its own, and stop it")
    parser.add_argument("--data-dir", type=Path, help="of the product: makes the sellers; kept with --start")
    parser.add_argument("--limit", type=int, help="only so many leads, spread over the whole time")
    parser.add_argument("--once", action="store_true", help="do not run a second time")
    chosen = parser.parse_args()
    rows = read_rows(chosen.path, chosen.limit)
    if not chosen.start:
        if not (chosen.base_url and chosen.token):
            parser.error("give --base-url and --token of a running product, or --start")
        return _report(Api(chosen.base_url, chosen.token), rows, {}, is_once=chosen.once)
    with Product(data_dir=chosen.data_dir) as product:
        workspace_id = product.set_up("Olist")
        members = sellers.hire(product, workspace_id, [row.seller for row in rows if row.seller])
        return _report(Api(product.url, product.token()), rows, members, is_once=chosen.once)


def _report(api: Api, rows: list[Row], members: dict[str, int], *, is_once: bool) -> int:
    is_right = True
    for number in range(1 if is_once else 2):
        played = play(api, rows, members)
        checks = check(api, rows)
        is_right = is_right and all(holds for _, holds in checks.values())
        line = {
            "run": number + 1,
            "leads": len(rows),
            "leads_per_s": round(len(rows) / played.applied_s, 1),
            "accepted_s": round(played.accepted_s, 2),
            "applied_s": round(played.applied_s, 2),
            "won_moves_s": round(played.won_s, 2),
            **{name: {"found": found, "equal": holds} for name, (found, holds) in checks.items()},
        }
        print(json.dumps(line), flush=True)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
