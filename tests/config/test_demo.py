"""`afluente demo`: signed in by its address, and its visitors come through the real doors."""

from __future__ import annotations

import http.client
import json
import random
import re
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from afluente.config import demo_visitors

from .running import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .running import Product


def enter(product: Product, path: str) -> tuple[int, str, bool]:
    """Status, where it leads, and whether a session was begun."""
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), "afluente=" in str(answer.headers)
    finally:
        connection.close()


def test_the_demo_lives(new_product: Callable[[], Product]) -> None:
    product = new_product()
    line = product.start("demo")
    try:
        found = re.search(r"http://localhost:\d+/demo/\S+$", line)
        assert found
        entrance = urlsplit(found[0]).path
        assert enter(product, entrance) == (302, "/", True)
        assert enter(product, "/demo/wrong") == (404, "", False)

        facts = json.loads((product.data_dir / "demo.json").read_text())
        dice = random.Random(7)
        ways = [demo_visitors.by_api, demo_visitors.by_webhook]
        ways += [demo_visitors.by_form] if facts["forms"] else []
        for way in ways:
            assert way(product.port, facts, demo_visitors.somebody(dice), dice) in {200, 202, 303}
    finally:
        assert product.end(signal.SIGINT) == (0, "")
