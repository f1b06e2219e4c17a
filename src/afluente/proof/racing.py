"""R-6 and R-7: the same thing said many times at the same moment is said once."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from afluente.proof import inside, seed
from afluente.proof.checking import wait_until_applied
from afluente.proof.plants import PLANTS
from afluente.proof.product import Product
from afluente.proof.results import Result
from afluente.proof.sending import Line, Message

COPIES = 8  # at most
OBJECTS = """
SELECT (SELECT count(*) FROM intake_rawevent WHERE workspace_id = %(ws)s),
       (SELECT count(*) FROM deals_deal WHERE workspace_id = %(ws)s)
"""


@dataclass
class _Race:
    product: Product
    place: seed.Place
    answers: dict[str, set[bytes]] = field(default_factory=dict)
    refusals: Counter[int] = field(default_factory=Counter)
    wrongly_taken: int = 0
    _lines: threading.local = field(default_factory=threading.local)
    _open: list[Line] = field(default_factory=list)

    def send(self, message: Message, *, other_body: bool = False) -> int:
        """One copy; its answer is kept when it was taken."""
        line: Line | None = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = Line(self.product.port)
            self._open.append(line)
        path, body, headers = message.request(self.place.doors, self.place.token)
        if other_body:
            body = body.replace(b"ref-", b"other-")
        status, answer = line.post(path, body, headers)
        if status < 300:
            self.answers.setdefault(message.name, set()).add(answer)
        else:
            self.refusals[status] += 1
        return status

    def close(self) -> None:
        for line in self._open:
            line.close()


def run_keys(*, keys: int = 2000, plants: tuple[str, ...] = ()) -> Result:
    """R-6: every key in 2 to 8 copies at once: one object, one answer to the byte."""
    dice = random.Random(6)
    with Product(plants=plants) as product:
        place = seed.workspace(product)
        for statement in filter(None, (PLANTS[name].sql for name in plants)):
            product.rows(statement)
        race = _Race(product, place)
        unanswered = 0
        with ThreadPoolExecutor(COPIES) as pool:
            for n in range(keys):
                message = Message("deal" if n % 4 == 0 else "lead", f"ref-6-{n}-end", f"p{n}")
                list(pool.map(race.send, [message] * dice.randint(2, COPIES)))
                race.send(message)
                unanswered += message.name not in race.answers
                if n % 20 < 2:  # a deal and a lead
                    race.wrongly_taken += race.send(message, other_body=True) != 422
        race.close()
        is_drained = wait_until_applied(product)
        ((events, deals),) = product.rows(OBJECTS, {"ws": place.workspace_id})
    differing = sum(len(answers) > 1 for answers in race.answers.values())
    figures = {
        "keys": keys,
        "events": events,
        "deals": deals,
        "differing_answers": differing,
        "unanswered": unanswered,
        "other_body_taken": race.wrongly_taken,
        "refusals": dict(race.refusals),
        "drained": is_drained,
    }
    is_met = (events, deals) == (keys, keys) and not (differing or unanswered or race.wrongly_taken)
    return Result(
        "R-6", is_met and is_drained, f"{keys} keys, 2 to 8 copies at once: {keys} objects", figures
    )


def run_first_contacts(*, trials: int = 1000, plants: tuple[str, ...] = ()) -> Result:
    """R-7: 2 to 8 arrivals of one new person through three doors, applied at the same moment."""
    with inside.database():
        from django.db import connection  # noqa: PLC0415

        from afluente.accounts import services as accounts  # noqa: PLC0415
        from afluente.kernel.workspace import scope  # noqa: PLC0415
        from afluente.proof.crowd import Crowd  # noqa: PLC0415

        owner = accounts.set_up(
            name="Ana",
            email="a@race.example",
            password="correnteza-do-rio-7",  # noqa: S106  of a scratch workspace
            workspace_name="Race",
            is_first_run=False,
        )
        for name in plants:
            PLANTS[name].put_in()
        crowd = Crowd(owner.workspace_id)
        crowd.run(trials)
        with scope(owner.workspace_id), connection.cursor() as cursor:
            found: dict[str, Any] = crowd.count(cursor)
        connection.close()
    is_met = found["contacts"] == found["deals"] == found["conversations"] == trials and not found["waiting"]
    return Result(
        "R-7", is_met, f"{trials} races: {trials} contacts, {trials} deals", {**found, "trials": trials}
    )


def body_of(person: int, copy: int) -> bytes:
    """What the copies of one person's first arrival say: the same address in different spellings."""
    email = f"person{person}@race.example"
    said = {"email": email if copy % 2 else email.upper(), "name": f"Person {person}", "copy": copy}
    if copy % 3 == 0:
        said["phone"] = f"+55119{person:08d}"
    return json.dumps(said).encode()
