"""What really happened in a pipeline, read for a replay: a few queries, however long it is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from afluente.automation.engine.past import OWN, Past
from afluente.automation.engine.records import Money
from afluente.automation.models import Heard
from afluente.automation.selectors.records import DEAL, load_records
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.contacts.models import EVERY
from afluente.contacts.selectors import fields_of, from_plain
from afluente.deals.models import Deal, DealContact, DealType, Stage
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from afluente.automation.engine.records import Catalogue, Record
    from afluente.contacts.selectors import KnownField
    from afluente.deals.models import Pipeline

TEXTS = {"name", "currency", "lost_reason"}
Row = tuple[int, dt.datetime, str, int | None, int | None, str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class History:
    """Deals as they were at the beginning, what happened since, and the deals of each client. `since` is later
    than was asked for when there was more than can be told.
    """

    since: dt.datetime
    records: Mapping[int, Record]
    past: Sequence[Past]
    clients: Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class _Words:
    """What names and numbers in the log mean today."""

    fields: Mapping[str, KnownField]
    types: Mapping[str, int]
    stages: Mapping[int, tuple[int, bool]]


def history_of(pipeline: Pipeline, *, since: dt.datetime, known: Catalogue, most: int) -> History:
    """What happened to the deals of a pipeline since a moment, the newest `most` things of it.

    What the log says is taken back from the deals as they are now, so that each is as it was then.
    """
    deal_ids = list(Deal.objects.filter(pipeline=pipeline).values_list("pk", flat=True))
    contacts: dict[int, list[int]] = defaultdict(list)
    for contact, deal in DealContact.objects.filter(deal_id__in=deal_ids).values_list(
        "contact_id", "deal_id"
    ):
        contacts[contact].append(deal)
    rows = _rows(deal_ids, list(contacts), since, most)
    since = max(since, rows[0][1]) if len(rows) == most else since
    records = load_records({row[3] for row in rows if row[3]} | _named(rows, contacts), known)
    words = _Words(
        fields={str(one.id): one for one in fields_of(DEAL, EVERY)},
        types=dict(DealType.objects.values_list("name", "pk")),
        stages={
            pk: (pipeline_id, kind != Stage.Kind.OPEN)
            for pk, pipeline_id, kind in Stage.objects.values_list("pk", "pipeline_id", "kind")
        },
    )
    past = [_past(row, records, words) for row in rows]
    _take_back(rows, records, words)
    calls = _calls(since, records, contacts)
    told = sorted([*past, *calls], key=lambda one: one.at)
    return History(since=since, records=records, past=told, clients=contacts)


def _rows(deal_ids: Sequence[int], contact_ids: Sequence[int], since: dt.datetime, most: int) -> list[Row]:
    """Events in the order in which they happened: of deals, and those of clients that triggers may hear."""
    heard = {event for kind in trigger_kinds().values() for event in kind.events}
    about = Q(deal_id__in=deal_ids) | Q(deal_id=None, contact_id__in=contact_ids, kind__in=heard)
    found = Event.objects.filter(about, at__gte=since).order_by("-at", "-pk")[:most]
    rows = found.values_list("pk", "at", "kind", "deal_id", "contact_id", "actor_kind", "data")
    return list(reversed(rows))


def _named(rows: Iterable[Row], contacts: Mapping[int, Sequence[int]]) -> set[int]:
    """The deals of clients whom something without a deal happened to."""
    return {deal for row in rows if row[3] is None for deal in contacts.get(row[4] or 0, ())}


def _calls(since: dt.datetime, records: Collection[int], contacts: Mapping[int, Sequence[int]]) -> list[Past]:
    """What came from outside and is no event: calls of webhooks, as long as they are remembered."""
    rows = (
        Heard.objects.filter(happened_at__gte=since)
        .exclude(key="")
        .filter(due_at=None)
        .order_by("happened_at", "pk")
    )
    return [
        Past(
            at=one.happened_at,
            kind=one.kind,
            record_id=one.deal_id,
            contact_id=one.contact_id,
            trigger_id=one.trigger_id,
            data=one.data,
            by_rule=one.is_automatic,
        )
        for one in rows
        if one.deal_id in records or one.contact_id in contacts
    ]


def _past(row: Row, records: Mapping[int, Record], words: _Words) -> Past:
    _, at, kind, deal_id, contact_id, actor, data = row
    record = records.get(deal_id or 0)
    by_rule = actor == "rule"
    stage = data.get("stage") if kind == "deal.opened" else data.get("to") if kind == "deal.moved" else None
    return Past(
        at=at,
        kind=kind,
        record_id=deal_id,
        contact_id=contact_id,
        data=data,
        values=_values(kind, data, 1, record, words) if record and not by_rule else {},
        stage_id=stage,
        by_rule=by_rule,
        begins=(data.get("cause") or {}).get("begins_rules", True),
    )


def _take_back(rows: Sequence[Row], records: Mapping[int, Record], words: _Words) -> None:
    """Undo what happened, the last first."""
    then: dict[int, dict[str, Any]] = defaultdict(dict)
    for _, _at, kind, deal_id, _, _, data in reversed(rows):
        if deal_id is None or deal_id not in records:
            continue
        values = _values(kind, data, 0, records[deal_id], words)
        if kind == "deal.moved" and data.get("from") in words.stages:
            pipeline, is_over = words.stages[data["from"]]
            closed = records[deal_id].get("entered") if is_over else None
            values |= {"stage": data["from"], "pipeline": pipeline, "closed": closed}
        then[deal_id] |= values
    for deal_id, values in then.items():
        records[deal_id].changed |= values


def _values(kind: str, data: Mapping[str, Any], side: int, record: Record, words: _Words) -> dict[str, Any]:
    """What an event says of fields: before (`side` 0) or after (1). What cannot be read is left out."""
    if kind == "deal.assigned":
        return {"assignee": data.get("to" if side else "from")}
    if kind not in {"deal.changed", "deal.moved"}:
        return {}
    found: dict[str, Any] = {}
    for name, pair in data.items():
        if isinstance(pair, list) and len(pair) == 2:
            found |= _value(name, pair[side], record, words)
    own = data.get("values")
    for number, pair in (own if isinstance(own, dict) else {}).items():
        if number in words.fields:
            held = from_plain(words.fields[number], pair[side])
            many = words.fields[number].kind == "multiselect"
            found[f"{OWN}{number}"] = _held(held, many=many)
    if side and kind == "deal.moved" and data.get("lost_reason"):
        found["lost_reason"] = data["lost_reason"]
    return found


def _value(name: str, said: Any, record: Record, words: _Words) -> dict[str, Any]:
    if name in TEXTS:
        return {name: said}
    if name == "type":
        return {name: words.types.get(str(said))}
    try:
        if name == "amount":
            return {name: Money(Decimal(str(said)), record.get("currency"))}
        if name == "due":
            return {name: _moment(str(said)) if said else None}
    except (InvalidOperation, ValueError):
        return {}
    return {}


def _held(held: Any, *, many: bool) -> Any:
    if isinstance(held, tuple):
        return frozenset(held) if many else held[0]
    return held


def _moment(said: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
