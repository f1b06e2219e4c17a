"""What the senders were told, held against what the database holds (spec/reliability.md 6.4)."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from afluente.proof.product import Product
    from afluente.proof.sending import Account

REF = re.compile(r"ref-[0-9-]+-end")
EFFECTS = """
SELECT e.id, e.state, convert_from(e.body, 'UTF8'), e.contact_id,
       (SELECT count(*) FROM deals_deal d WHERE d.workspace_id = e.workspace_id AND d.raw_event_id = e.id),
       (SELECT count(*) FROM timeline_event t
         WHERE t.workspace_id = e.workspace_id AND t.kind = 'lead.received'
           AND t.data @> jsonb_build_object('raw_event', e.id)),
       (SELECT count(*) FROM contacts_contact c WHERE c.workspace_id = e.workspace_id AND c.id = e.contact_id)
  FROM intake_rawevent e WHERE e.workspace_id = %s
"""
RECEIVED = "CREATE INDEX IF NOT EXISTS proof_received ON timeline_event USING gin (data jsonb_path_ops)"
TWINS = """
SELECT count(*) FROM (SELECT key FROM contacts_contactemail
                       WHERE workspace_id = %s AND key <> '' GROUP BY key HAVING count(*) > 1) AS twins
"""
NUMBERS = "SELECT count(*), coalesce(max(number), 0) FROM deals_deal WHERE workspace_id = %s"
OPENED = """
SELECT count(*) FROM (SELECT deal_id FROM timeline_event
                       WHERE workspace_id = %s AND kind = 'deal.opened' GROUP BY deal_id HAVING count(*) > 1) AS t
"""
CHILDLESS = """
SELECT count(*) FROM deals_deal d WHERE d.workspace_id = %s AND NOT EXISTS
       (SELECT FROM deals_dealcontact p WHERE p.workspace_id = d.workspace_id AND p.deal_id = d.id)
"""
WAITING = "SELECT count(*) FROM intake_rawevent WHERE state = 'waiting'"


@dataclass(frozen=True)
class Verdict:
    """Counts of what must not be; all zero is a pass."""

    lost: int = 0  # said to be kept and not there
    doubled: int = 0  # more than one row or effect for one message
    without_effect: int = 0  # kept, sound, and nothing became of it
    ghosts: int = 0  # there, and nobody sent it
    poison_alive: int = 0  # cannot be anything, and is not among the dead letters
    twin_people: int = 0  # one address, two contacts
    number_gaps: int = 0  # deal numbers missing or given twice
    half_deals: int = 0  # deals without their person
    other_answers: int = 0  # one message, two different answers

    @property
    def is_clean(self) -> bool:
        return not any(asdict(self).values())

    @property
    def complaints(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self).items() if count}


def wait_until_applied(product: Product, seconds: float = 120.0) -> bool:
    """Whether nothing waits any more within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if product.rows(WAITING) == [(0,)]:
            return True
        time.sleep(0.1)
    return False


def judge(product: Product, workspace_id: int, account: Account) -> Verdict:
    """Compare. Call it when nothing waits any more."""
    with product.connect() as connection:
        connection.execute(RECEIVED)
    rows = product.rows(EFFECTS, [workspace_id])
    found: dict[str, list[tuple[Any, ...]]] = {}
    ghosts = 0
    for row in rows:
        ref = REF.search(row[2])
        if ref is None or ref[0] not in account.sent:
            ghosts += 1
        else:
            found.setdefault(ref[0], []).append(row)
    ((deals, highest),) = product.rows(NUMBERS, [workspace_id])
    acked = account.acked
    return Verdict(
        lost=sum(ref not in found for ref in acked),
        doubled=sum(_is_doubled(rows) for rows in found.values()) + _one(product, OPENED, workspace_id),
        without_effect=sum(
            not message.is_poison and ref in found and not _has_effect(found[ref][0])
            for ref, message in acked.items()
        ),
        ghosts=ghosts,
        poison_alive=sum(
            message.is_poison and ref in found and found[ref][0][1] != "dead"
            for ref, message in acked.items()
        ),
        twin_people=_one(product, TWINS, workspace_id),
        number_gaps=abs(highest - deals),
        half_deals=_one(product, CHILDLESS, workspace_id),
        other_answers=sum(len(answers) > 1 for answers in account.answers.values()),
    )


def _is_doubled(rows: list[tuple[Any, ...]]) -> bool:
    return len(rows) > 1 or rows[0][4] > 1 or rows[0][5] > 1


def _has_effect(row: tuple[Any, ...]) -> bool:
    _, state, _, contact_id, deals, received, contacts = row
    return state == "done" and contact_id is not None and (deals, received, contacts) == (1, 1, 1)


def _one(product: Product, statement: str, workspace_id: int) -> int:
    ((count,),) = product.rows(statement, [workspace_id])
    return int(count)


def summary(account: Account) -> dict[str, Any]:
    """Figures of the senders for the printed line."""
    times = sorted(account.seconds) or [0.0]
    return {
        "sent": len(account.sent),
        "acked": len(account.acked),
        "repeats": account.repeats,
        "poison": sum(message.is_poison for message in account.acked.values()),
        "kinds": dict(Counter(message.kind for message in account.acked.values())),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "failures": dict(account.failures),
    }
