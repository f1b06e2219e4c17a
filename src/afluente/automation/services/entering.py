"""Deals that enter a stage, and what is over when they leave it (S-ENTRY, S-CANCEL)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation import statements
from afluente.automation.services.chains import present_chains
from afluente.delivery import services as delivery
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.deals.events import Entry

MANY = 50  # deals in one act from which on it is bulk work: others pass it (S-BULK)
INTERACTIVE, BULK = 0, 2
REMOVED = {"stage_deleted", "pipeline_deleted"}  # moves by which the rules go with their stage
ANY_ENTRY = 2**62  # later than every entry


def enter(entries: Sequence[Entry], events: Sequence[int], *, cause: Mapping[str, Any]) -> None:
    """End what waited for earlier entries of these deals, and let the rules of the new ones begin.

    In the caller's transaction; no rule runs in it, so no broken rule can fail what a person does. `cause` may
    carry `depth`: how many automatic moves came before (S-LOOP). A deal that a rule made of another one goes on
    with its chain, a step deeper: rules that open deals for each other end as those do that move one.
    """
    if not entries:
        return
    reason = "rule_removed" if cause.get("kind") in REMOVED else "stage_left"
    statements.enter(
        entries,
        _chains(entries, events, cause),
        priority=BULK if len(entries) >= MANY else INTERACTIVE,
        reason=reason,
    )
    delivery.cancel_messages(deal_ids=[one.deal_id for one in entries], reason=reason)
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))


def _chains(
    entries: Sequence[Entry], events: Sequence[int], cause: Mapping[str, Any]
) -> list[tuple[int, int]]:
    made_of, present = cause.get("made_of", {}), present_chains()
    depth = int(cause.get("depth", 0))
    chains: list[tuple[int, int]] = []
    for entry, event in zip(entries, events, strict=True):
        root, depth_of_source = present.get(made_of.get(entry.deal_id, 0), (None, -1))
        chains.append((root or event, max(depth, depth_of_source + 1)))
    return chains


def leave(deal_ids: Sequence[int], *, reason: str, detail: str = "") -> None:
    """End everything that waits for these deals."""
    if deal_ids:
        statements.cancel(dict.fromkeys(deal_ids, ANY_ENTRY), reason=reason, detail=detail)
        delivery.cancel_messages(deal_ids=deal_ids, reason=reason)
