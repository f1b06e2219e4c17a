"""The columns of deals: what the list shows and an export holds. As those of contacts (ADR 0100): `read` gives
what the screen draws, `plain` what a file holds. Slices above register theirs with `register_column`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.contacts.models import EVERY, Field
from afluente.contacts.selectors import Column, KnownField, fields_of, labels, show
from afluente.contacts.selectors.columns import FIELD, NAME
from afluente.deals.selectors.batch import DealBatch
from afluente.deals.selectors.orders import sorts
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held
    from afluente.deals.selectors.batch import ListRow

_LOOKS: dict[str, str] = {Field.Kind.NUMBER: "number", Field.Kind.LINK: "link"}
_registered: dict[str, Column] = {}


def register_column(
    *,
    key: str,
    label: StrOrPromise,
    load: Callable[..., Mapping[int, Any]],
    look: str = "text",
    is_default: bool = False,
    order: int = 50,
) -> None:
    """Bring a column from a slice above. `load(member=…, deal_ids=…)` gives the values by deal, as far as that
    member may know them, in one query.
    """

    def read(batch: DealBatch, row: ListRow) -> Any:
        return batch.brought(key, load).get(row.card.id)

    _registered[key] = Column(
        key=key, label=label, read=read, plain=read, look=look, is_default=is_default, order=order
    )


def deal_columns(pipeline_id: int | None = EVERY) -> dict[str, Column]:
    """Every column of deals by key, in the order in which they are offered; of one pipeline only its fields."""
    fixed = sorted((_OWN | _registered).values(), key=lambda column: column.order)
    own = [
        _field_column(one)
        for one in fields_of("deal", EVERY)
        if one.is_active and (pipeline_id == EVERY or one.scope_id in {None, pipeline_id})
    ]
    return {column.key: column for column in (*fixed, *own)}


def deal_batch(rows: Sequence[ListRow], *, columns: Sequence[Column], member: Membership) -> DealBatch:
    """These deals, ready to be read by these columns."""
    fields = [column.field for column in columns if column.field is not None]
    return DealBatch(member=member, rows=rows, fields=fields)


def _field_column(field: KnownField) -> Column:
    def held(batch: DealBatch, row: ListRow) -> Held | None:
        return batch.held.get(row.card.id, {}).get(field.id)

    def read(batch: DealBatch, row: ListRow) -> Any:
        return show(field, held(batch, row))

    def plain(batch: DealBatch, row: ListRow) -> Any:
        value = held(batch, row)
        if isinstance(value, tuple):
            words = labels(field, value)
            return words if field.kind == Field.Kind.MULTISELECT else next(iter(words), None)
        return value

    return Column(
        key=f"{FIELD}{field.id}",
        label=field.name,
        read=read,
        plain=plain,
        look=_LOOKS.get(field.kind, "text"),
        sort=f"{FIELD}{field.id}" if sorts(field) else "",
        is_default=field.is_on_card,
        field=field.id,
    )


def _card(name: str) -> Callable[[DealBatch, ListRow], Any]:
    return lambda _batch, row: getattr(row.card, name)


def _more(name: str) -> Callable[[DealBatch, ListRow], Any]:
    return lambda _batch, row: row.more[name]


def _row(_batch: DealBatch, row: ListRow) -> ListRow:
    return row


def _amount(_batch: DealBatch, row: ListRow) -> Decimal:
    return (
        row.card.amount.quantize(Decimal("0.01"))
        if row.card.amount % Decimal("0.01") == 0
        else row.card.amount
    )


def _assignee(_batch: DealBatch, row: ListRow) -> str | None:
    return row.card.assignee.name if row.card.assignee else None


def _company(_batch: DealBatch, row: ListRow) -> str | None:
    return row.card.company or None


def _source(_batch: DealBatch, row: ListRow) -> str:
    return row.card.source_name or str(channels.channel(row.card.source).label)


def _next(batch: DealBatch, row: ListRow) -> Any:
    return batch.nexts.get(row.card.id)


def _next_title(batch: DealBatch, row: ListRow) -> str | None:
    found = batch.nexts.get(row.card.id)
    return found.title if found else None


def _of(part: str, key: str) -> Callable[[DealBatch, ListRow], Any]:
    def read(batch: DealBatch, row: ListRow) -> Any:
        number = row.card.contact_id if key == "contact_id" else row.more[key]
        return getattr(batch, part).get(number)

    return read


def _column(key: str, label: StrOrPromise, order: int, read: Any, plain: Any = None, **more: Any) -> Column:
    return Column(key=key, label=label, order=order, read=read, plain=plain or read, **more)


_LIST = (
    _column(NAME, _("Deal"), 0, _row, _card("name"), look="row", sort="name"),
    _column("number", _("Number"), 1, _card("number"), look="number", sort="number"),
    _column(
        "stage",
        _("Stage"),
        2,
        _row,
        lambda _batch, row: row.stage.name,
        look="stage",
        sort="stage",
        is_default=True,
    ),
    _column("amount", _("Value"), 3, _row, _amount, look="money", sort="amount", is_default=True),
    _column("currency", _("Currency"), 4, _card("currency")),
    _column("person", _("Person"), 5, _card("person"), sort="person", is_default=True),
    _column("person_phone", _("Phone of a person"), 6, _of("phones", "contact_id")),
    _column("person_email", _("E-mail of a person"), 7, _of("emails", "contact_id")),
    _column("company", _("Company"), 8, _company, sort="company", is_default=True),
    _column("due", _("Due date"), 9, _row, _card("due_at"), look="due", sort="due", is_default=True),
    _column("next", _("What comes next"), 10, _next, _next_title, look="next", is_default=True),
    _column(
        "assignee",
        _("Assignee"),
        11,
        _card("assignee"),
        _assignee,
        look="person",
        sort="assignee",
        is_default=True,
    ),
    _column("type", pgettext_lazy("deal", "Type"), 12, _of("types", "type_id"), sort="type"),
    _column("source", _("Source"), 13, _row, _source, look="source", sort="source"),
    _column(
        "waiting",
        _("Waiting"),
        40,
        _row,
        _card("stage_entered_at"),
        look="waiting",
        sort="waiting",
        is_default=True,
    ),
    _column("pipeline", _("Pipeline"), 14, lambda _batch, row: row.stage.pipeline.name),
    _column("lost_reason", _("Reason for losing"), 15, _card("lost_reason")),
    _column("closed", _("Closed"), 43, _card("closed_at"), look="closed", sort="closed"),
    _column("created", _("Opened"), 41, _more("created_at"), look="moment", sort="newest"),
    _column("updated", _("Changed"), 42, _more("updated_at"), look="moment", sort="updated"),
)
_OWN = {column.key: column for column in _LIST}
