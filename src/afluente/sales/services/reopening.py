"""What was cancelled or noted as paid by mistake is taken back, by what the log says of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.sales.models import Document, StockMove
from afluente.sales.selectors.parties import quantities
from afluente.sales.services.documents import DocumentRefusedError, held, tell, today
from afluente.sales.services.products import plain
from afluente.sales.services.settling import keep_state
from afluente.sales.services.stock import move_stock
from afluente.timeline import services as timeline
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from afluente.timeline.events import Actor

Kind, State = Document.Kind, Document.State
REOPENABLE = (State.CANCELLED, State.PART_PAID, State.PAID)


@transaction.atomic
def reopen_document(*, document_id: int, by: Actor) -> Document:
    """Take back that a document was cancelled, or the last payment noted on an invoice; the stock follows.

    The state is that before, as the events say. What a customer decided stays decided. Raises
    DocumentRefusedError, also when a quote was billed or has a newer version by now; DocumentGoneError.
    """
    found = held(document_id)
    state, paid = str(found.state), found.paid
    if found.state == State.CANCELLED:
        _uncancel(found, by)
    elif found.state in REOPENABLE:
        _take_payment_back(found, by)
    elif found.state in {State.ACCEPTED, State.DECLINED}:
        said = gettext("The customer has decided. Make a new version of the quote.")
        raise DocumentRefusedError("state", said)
    else:
        raise DocumentRefusedError("state", gettext("There is nothing to take back here."))
    keep_state(found)
    pairs = {"state": [state, str(found.state)], "paid": [plain(paid), plain(found.paid)]}
    timeline.record([tell("document.reopened", found, by, **pairs)])
    return found


def _uncancel(found: Document, by: Actor) -> None:
    """The state before; a quote whose last day is over meanwhile holds no more."""
    if found.kind == Kind.QUOTE and (newer := _follower(found)):
        said = gettext("{label} was made of this quote. Cancel that first.")
        raise DocumentRefusedError("state", said.format(label=newer))
    told = _event(found, "document.cancelled")
    before = told.data["state"][0] if told else ""
    if before not in State.values or before == State.CANCELLED:
        raise DocumentRefusedError("state", gettext("There is nothing to take back here."))
    found.state = State.EXPIRED if before == State.SENT and found.due_on < today() else State(before)
    if found.state == State.PAID:
        move_stock(quantities=quantities(found), cause=StockMove.Cause.SOLD, by=by)


def _take_payment_back(found: Document, by: Actor) -> None:
    """The amount before the payment that led to the present one."""
    said = _event(found, "document.paid", data__paid__1=plain(found.paid))
    if said is None:
        raise DocumentRefusedError("state", gettext("There is nothing to take back here."))
    if found.state == State.PAID:
        move_stock(quantities=quantities(found), cause=StockMove.Cause.RETURNED, by=by)
    found.paid, found.decided_at = Decimal(said.data["paid"][0]), None
    found.state = State.PART_PAID if found.paid else State.ISSUED


def _follower(found: Document) -> str:
    """What was made of a quote and holds: an invoice, or a newer version that was issued."""
    made = Document.objects.filter(origin_id=found.pk).exclude(state=State.CANCELLED)
    made = made.exclude(kind=Kind.QUOTE, state=State.DRAFT)
    first = made.order_by("pk").first()
    return (first.label or str(first.get_kind_display())) if first else ""


def _event(found: Document, kind: str, **wanted: str) -> Event | None:
    events = Event.objects.filter(deal_id=found.deal_id, kind=kind, data__document=found.pk, **wanted)
    newest: Event | None = events.order_by("-pk").first()
    return newest
