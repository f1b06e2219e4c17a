"""Taking back products that a file brought in or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.kernel.sayings import gettext, joined, of
from afluente.sales import services as sales
from afluente.timeline import services as timeline
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from afluente.transfer.models import ImportRow
from afluente.transfer.services import product_updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.sales.models import Product
    from afluente.timeline.events import Actor
    from afluente.transfer.models import Import

Outcome, Undone = ImportRow.Outcome, ImportRow.Undone


def undo_products(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Delete what these rows made, unless somebody has changed it since, and give the others back what they had;
    each row says what became of it.
    """
    made = [row for row in rows if row.outcome == Outcome.CREATED]
    since = _changed(given, made)
    with timeline.saying({"import": {"id": given.pk, "file": given.name[:100], "undone": True}}):
        for row in rows:
            try:
                product = sales.locked(row.record_id or 0)
            except sales.ProductGoneError:
                row.undone, row.note = Undone.KEPT, gettext("Deleted since.")
                continue
            if row.outcome == Outcome.UPDATED:
                _restore(row, product, by)
            elif product.pk in since:
                row.undone, row.note = Undone.KEPT, since[product.pk]
            else:
                row.undone = Undone.YES
                sales.delete_product(product_id=product.pk, by=by)


def _restore(row: ImportRow, product: Product, by: Actor) -> None:
    """Give a known product back what it had, as far as nobody has changed it since."""
    was, now = row.changes.get("was", {}), product_updates.held(product)
    back = {key: pair[0] for key, pair in was.items() if now.get(key) == pair[1]}
    kept = [key for key in was if key not in back]
    try:
        if back:
            product_updates.give(product, back, by)
    except sales.ProductRefusedError as refused:
        row.undone, row.note = Undone.KEPT, str(refused)
        return
    row.undone = Undone.YES if not kept else Undone.PARTLY if back else Undone.KEPT
    if kept:
        labels = [of(kinds.field_label(product_updates.label_of(key))) for key in kept]
        row.note = gettext("Changed since and kept: {fields}").format(fields=joined(", ", labels))


def _changed(given: Import, rows: Sequence[ImportRow]) -> dict[int, str]:
    """What others did with these products since, in words."""
    if not rows:
        return {}
    after = {row.record_id: row.event_id for row in rows}
    events = (
        Event.objects.filter(pk__gt=min(after.values()), kind__startswith="product.")
        .filter(data__product__in=list(after))
        .filter(~Q(data__import__id=given.pk) | Q(data__import__isnull=True))
        .order_by("pk")
    )
    found: dict[int, str] = {}
    for pk, kind, product_id, who in events.values_list("pk", "kind", "data__product", "actor_name"):
        if pk > after[product_id]:
            said = gettext("Since then: {what}, {who}")
            found.setdefault(product_id, said.format(what=of(kinds.kind_of(kind).label), who=who or "—"))
    return found
