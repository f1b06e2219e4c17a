"""Two deals that are one business become one, and that can be taken back (ADR 0210)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals.events import DealsMerged, DealsParted
from afluente.deals.models import Deal, DealMerge
from afluente.deals.services.bulk_kinds import kind_of
from afluente.deals.services.editing import DealIsGoneError, delete_deals, restore_deals, told
from afluente.deals.services.merge_carriers import carriers
from afluente.deals.services.setting import change_each
from afluente.deals.statements import merging as statements
from afluente.kernel import bus, clock
from afluente.timeline import services as timeline
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.timeline.events import Actor

PLAIN: tuple[tuple[str, StrOrPromise], ...] = (
    ("name", _("Name")),
    ("amount", _("Value")),
    ("assignee", _("Responsible")),
    ("company", _("Company")),
    ("type", _("Type")),
    ("due", _("Due date")),
)
NOTHING: tuple[Any, ...] = (None, "", [], {})


class DealMergedError(DealIsGoneError):
    """Somebody else was faster: the deal is part of another one, `into_id`, now."""

    def __init__(self, deal_id: int, into_id: int) -> None:
        super().__init__(deal_id)
        self.into_id = into_id


class NotMergeableError(Exception):
    """A deal is not merged with itself, and a lead not with a deal: a lead is converted."""


class NotMergedError(Exception):
    """The merge has been taken back already."""


class NestedMergeError(Exception):
    """The survivor has become part of another deal, `into_id`, since: that comes first."""

    def __init__(self, into_id: int) -> None:
        super().__init__(into_id)
        self.into_id = into_id


class _Kind(Protocol):
    """What reads and writes one field, as those of `bulk_kinds` do."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]: ...
    def write(self, changes: Any, by: Actor) -> None: ...
    def words(self, value: Any) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Line:
    """A field of both: what each has, as plain values and in words, and whether the survivor takes the other's."""

    key: str
    label: StrOrPromise
    mine: Any
    theirs: Any
    words: tuple[str, str]
    takes: bool

    @property
    def differs(self) -> bool:
        """There is something to choose."""
        return self.mine != self.theirs and not _is_empty(self.theirs)


def compare(*, survivor: Deal, loser: Deal, choices: Mapping[str, int] | None = None) -> list[Line]:
    """Fields in which either deal has something, each with what a merge would do.

    `choices` names by field the deal whose value stays; without one it is the survivor's, unless that is
    empty. An amount goes with its currency.
    """
    lines = []
    for key, label, kind in _kinds(survivor):
        held = kind.present([survivor.pk, loser.pk])
        mine, theirs = held.get(survivor.pk), held.get(loser.pk)
        if _is_empty(mine) and _is_empty(theirs):
            continue
        asked = (choices or {}).get(key)
        takes = asked == loser.pk or (asked is None and _is_empty(mine))
        words = (kind.words(mine), kind.words(theirs))
        line = Line(key=key, label=label, mine=mine, theirs=theirs, words=words, takes=False)
        lines.append(replace(line, takes=takes and line.differs))
    return lines


@transaction.atomic
def merge_deals(
    *, survivor_id: int, loser_id: int, by: Actor, choices: Mapping[str, int] | None = None
) -> DealMerge:
    """Let `loser` become part of `survivor`, which gets everything it has; what waited for the one that goes ends.

    `choices` as in `compare`. The stage stays the survivor's. Whoever asks has checked the right over both
    (`policies.mergeable_by`). The rows are held in the order of their numbers, so two who merge the same pair
    meet in turn. Raises NotMergeableError, DealMergedError, DealIsGoneError, and ChangeRefusedError when a slice
    above refuses a value.
    """
    survivor, loser = _both(survivor_id, loser_id)
    if survivor.pk == loser.pk or survivor.pipeline.is_for_leads != loser.pipeline.is_for_leads:
        raise NotMergeableError(loser_id)
    before = _state(survivor)
    lines = compare(survivor=survivor, loser=loser, choices=choices)
    taken = {line.key: line.theirs for line in lines if line.takes}
    delete_deals(deal_ids=[loser_id], by=by, told={"merged_into": survivor_id}, reason="merged")
    Deal.objects.filter(pk=loser_id).update(merged_into_id=survivor_id)
    _write(survivor, taken, by)
    currency = taken["amount"][1] if "amount" in taken else survivor.currency
    merge = _carry(survivor, loser, currency, by)
    bus.publish(DealsMerged(survivor_id, loser_id, by))
    after = _state(survivor)
    merge.changes = {key: [before.get(key), now] for key, now in after.items() if before.get(key) != now}
    data = {"merge": merge.pk, "loser": loser_id, "name": loser.name, "taken": sorted(merge.changes)}
    (merge.event_id,) = timeline.record([told("deal.merged", survivor, by, data)])
    merge.save(update_fields=["changes", "event_id"])
    return merge


def _carry(survivor: Deal, loser: Deal, currency: str, by: Actor) -> DealMerge:
    """Let everything of the loser go along, and write down what did."""
    moved = {
        one.slug: statements.carry(one, loser=loser.pk, survivor=survivor.pk, currency=currency)
        for one in carriers()
    }
    return DealMerge.objects.create(
        survivor=survivor,
        loser=loser,
        moved={slug: rows for slug, rows in moved.items() if rows[0]},
        by_name=by.name,
        created_at=clock.now(),
    )


@transaction.atomic
def unmerge_deals(*, merge_id: int, by: Actor) -> list[str]:
    """Take a merge back: both deals as they were, and what came since stays with the survivor.

    The names of fields that were changed since, which stay. Nothing that was ended starts again by itself
    (S-CANCEL). Raises DealMerge.DoesNotExist, NotMergedError and NestedMergeError.
    """
    merge = DealMerge.objects.get(pk=merge_id)
    held = _lock([merge.survivor_id, merge.loser_id])
    merge.refresh_from_db()
    survivor = held[merge.survivor_id]
    if merge.undone_at is not None:
        raise NotMergedError(merge_id)
    if survivor.merged_into_id is not None:
        raise NestedMergeError(survivor.merged_into_id)
    merge.undone_at, merge.undone_by = clock.now(), by.name
    merge.save(update_fields=["undone_at", "undone_by"])
    for one in carriers():
        rows, marked = merge.moved.get(one.slug, ([], []))
        if rows:
            statements.give_back(
                one, loser=merge.loser_id, survivor=merge.survivor_id, rows=rows, marked=marked
            )
    Deal.objects.filter(pk=merge.loser_id).update(merged_into=None)
    restore_deals(deal_ids=[merge.loser_id], by=by, told={"parted_from": merge.survivor_id})
    bus.publish(DealsParted(merge.survivor_id, merge.loser_id, by))
    kept = _restore(survivor, merge, by) if survivor.deleted_at is None else []
    if merge.event_id is not None:
        statements.mark_undone(merge.event_id)
    data = {
        "merge": merge.pk,
        "other": merge.loser_id,
        "name": held[merge.loser_id].name,
        "kept": [str(one) for one in kept],
    }
    timeline.record([told("deal.unmerged", survivor, by, data)])
    return kept


def goes_along(*, survivor: Deal, loser: Deal, lines: Sequence[Line]) -> list[tuple[StrOrPromise, int]]:
    """What of the one would go to the other, and how much of it. `lines` are those of `compare`."""
    takes = any(line.key == "amount" and line.takes for line in lines)
    currency = loser.currency if takes else survivor.currency
    found = [
        (one.label, statements.count(one, loser=loser.pk, survivor=survivor.pk, currency=currency))
        for one in carriers()
        if one.is_shown
    ]
    return [(label, count) for label, count in found if count]


def _lock(ids: Sequence[int]) -> dict[int, Deal]:
    held = Deal.objects.select_related("pipeline", "stage").select_for_update(of=("self",))
    return {deal.pk: deal for deal in held.filter(pk__in=ids).order_by("pk")}


def _both(survivor_id: int, loser_id: int) -> tuple[Deal, Deal]:
    held = _lock([survivor_id, loser_id])
    for number in (survivor_id, loser_id):
        deal = held.get(number)
        if deal is not None and deal.merged_into_id is not None:
            raise DealMergedError(number, deal.merged_into_id)
        if deal is None or deal.deleted_at is not None:
            raise DealIsGoneError(number)
    return held[survivor_id], held[loser_id]


def _kinds(survivor: Deal) -> list[tuple[str, StrOrPromise, _Kind]]:
    """Every field that the survivor can have, and what reads and writes it."""
    own = contacts.fields_for("deal", survivor.pipeline_id)
    return [
        *((key, label, _Worth() if key == "amount" else kind_of(Change(key))) for key, label in PLAIN),
        *(
            (f"field-{field.id}", field.name, kind_of(Change("field", field=field.id)))
            for field in own
            if not field.is_archived
        ),
    ]


def _state(survivor: Deal) -> dict[str, Any]:
    return {key: kind.present([survivor.pk]).get(survivor.pk) for key, _label, kind in _kinds(survivor)}


def _write(survivor: Deal, values: Mapping[str, Any], by: Actor) -> None:
    for key, _label, kind in _kinds(survivor):
        if key in values:
            now = kind.present([survivor.pk]).get(survivor.pk)
            kind.write({survivor.pk: (now, values[key])}, by)


def _restore(survivor: Deal, merge: DealMerge, by: Actor) -> list[str]:
    """Give fields of the survivor their former values, unless somebody has changed them since: those are told."""
    now = _state(survivor)
    names = {key: str(label) for key, label, _kind in _kinds(survivor)}
    free = {key: before for key, (before, after) in merge.changes.items() if now.get(key, KEPT) == after}
    _write(survivor, free, by)
    return [names[key] for key in merge.changes if key in names and key not in free]


def _is_empty(value: Any) -> bool:
    """Nothing is said; an amount of nothing neither."""
    return value in NOTHING or (isinstance(value, list) and value[0] == "0")


class _Worth:
    """An amount with its currency, as texts."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Deal.objects.present().filter(pk__in=ids).values_list("pk", "amount", "currency")
        return {pk: [f"{amount.normalize():f}", currency] for pk, amount, currency in rows}

    def write(self, changes: Mapping[int, tuple[Any, Any]], by: Actor) -> None:
        wanted = {
            pk: {"amount": Decimal(amount), "currency": currency}
            for pk, (_, (amount, currency)) in changes.items()
        }
        change_each(changes=wanted, by=by)

    def words(self, value: Any) -> str:
        return formats.money(Decimal(value[0]), value[1]) if value else ""


KEPT = object()  # a field that is gone
