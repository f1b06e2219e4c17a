"""A document gets its number, and its end: accepted, paid, expired, cancelled."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.kernel import box, clock, jobs, text
from afluente.kernel.workspace import current_workspace_id
from afluente.sales.models import Document, DocumentCounter, StockMove
from afluente.sales.selectors.parties import quantities, seller_of
from afluente.sales.services.documents import DocumentRefusedError, digest, held, tell, today
from afluente.sales.services.products import plain
from afluente.sales.services.stock import move_stock
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from decimal import Decimal

    from afluente.timeline.events import Actor

Kind, State = Document.Kind, Document.State
EXPIRE = "sales.expire"
DECIDABLE = (State.SENT, State.EXPIRED)
PAYABLE = (State.ISSUED, State.PART_PAID)
SELLER = ("name", "tax_id", "address", "email", "phone", "payment", "footer", "logo")


@transaction.atomic
def issue_document(*, document_id: int, by: Actor) -> Document:
    """Give a draft the next number of its kind and year, and fix it for good. Issuing twice changes nothing.

    Numbers have no gap: they are given while the counter is held, in the transaction that fixes the document.
    """
    found = held(document_id)
    if not found.is_draft:
        return found
    seller = seller_of()
    if not seller.name:
        raise DocumentRefusedError("seller", gettext("Say first who sells: Settings, Quotes and invoices."))
    found.issued_on = today()
    if found.due_on < found.issued_on:
        raise DocumentRefusedError("due_on", gettext("The last day is past. Choose a later one."))
    found.year = found.issued_on.year
    found.number = _next_number(found.kind, found.year)
    prefix = seller.quote_prefix if found.kind == Kind.QUOTE else seller.invoice_prefix
    found.label = f"{prefix}{found.year}-{found.number:04}"
    found.seller = {name: getattr(seller, name) for name in SELLER}
    found.state = State.SENT if found.kind == Kind.QUOTE else State.ISSUED
    secret = secrets.token_urlsafe(24)
    found.digest, found.box = digest(secret), box.seal(secret)
    found.updated_at = clock.now()
    found.save()
    if found.kind == Kind.QUOTE:
        _replace_origin(found, by)
        _expire_later(found)
    timeline.record([tell("document.issued", found, by)])
    return found


@transaction.atomic
def decide_quote(*, document_id: int, is_accepted: bool, by: Actor, name: str = "") -> Document:
    """Note that the customer accepts or declines a quote, and who said so. Once decided it stays so."""
    found = held(document_id)
    wanted = State.ACCEPTED if is_accepted else State.DECLINED
    if found.state == wanted:
        return found
    if (
        found.kind != Kind.QUOTE
        or found.state not in DECIDABLE
        or (found.state == State.EXPIRED and is_accepted)
    ):
        raise DocumentRefusedError("state", gettext("This quote can no longer be decided."))
    found.state, found.decided_at = wanted, clock.now()
    found.decided_by = text.clean(name or by.name, limit=150)
    keep_state(found)
    if is_accepted:
        timeline.record([tell("document.accepted", found, by)])
    else:
        timeline.record([tell("document.declined", found, by)])
    return found


@transaction.atomic
def record_payment(*, document_id: int, by: Actor, amount: Decimal | None = None) -> Document:
    """Note that an invoice was paid, in full or by a part of what is left. Paid in full moves the stock."""
    found = held(document_id)
    if found.kind != Kind.INVOICE or found.state not in PAYABLE:
        raise DocumentRefusedError("state", gettext("Only an open invoice can be paid."))
    paid = found.left if amount is None else amount
    if not 0 < paid <= found.left:
        raise DocumentRefusedError(
            "amount", gettext("Write what was paid: more than nothing, at most what is left.")
        )
    before, found.paid = found.paid, found.paid + paid
    found.state = State.PAID if found.left == 0 else State.PART_PAID
    found.decided_at = clock.now() if found.state == State.PAID else None
    keep_state(found)
    if found.state == State.PAID:
        move_stock(quantities=quantities(found), cause=StockMove.Cause.SOLD, by=by)
    timeline.record([tell("document.paid", found, by, paid=[plain(before), plain(found.paid)])])
    return found


@transaction.atomic
def cancel_document(*, document_id: int, by: Actor) -> Document:
    """Cancel a document: its number stays taken. A paid invoice gives its pieces back to the stock."""
    found = held(document_id)
    if found.state in {State.CANCELLED, State.REPLACED}:
        return found
    if found.state == State.PAID:
        move_stock(quantities=quantities(found), cause=StockMove.Cause.RETURNED, by=by)
    before, found.state = found.state, State.CANCELLED
    keep_state(found)
    timeline.record([tell("document.cancelled", found, by, state=[str(before), str(found.state)])])
    return found


@transaction.atomic
def expire_quote(*, document_id: int, by: Actor) -> None:
    """A quote that nobody decided until its last day is over holds no more."""
    found = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if found is not None and found.state == State.SENT and found.due_on < today():
        found.state = State.EXPIRED
        keep_state(found)
        timeline.record([tell("document.expired", found, by)])


def _next_number(kind: str, year: int) -> int:
    """The next number of a kind in a year; who asks at the same time waits until we are done."""
    counter = DocumentCounter(kind=kind, year=year, workspace_id=current_workspace_id())
    DocumentCounter.objects.bulk_create([counter], ignore_conflicts=True)
    found = DocumentCounter.objects.select_for_update().get(kind=kind, year=year)
    found.last += 1
    found.save(update_fields=["last"])
    return found.last


def _replace_origin(found: Document, by: Actor) -> None:
    """The quote that a new version takes the place of can be accepted no more."""
    origin = Document.objects.filter(pk=found.origin_id, kind=Kind.QUOTE).first() if found.origin_id else None
    if origin is None or origin.state not in DECIDABLE:
        return
    origin = held(origin.pk)
    origin.state = State.REPLACED
    keep_state(origin)
    timeline.record([tell("document.replaced", origin, by, new=found.label)])


def _expire_later(found: Document) -> None:
    after = dt.datetime.combine(found.due_on + dt.timedelta(days=1), dt.time(0, 5), tzinfo=dt.UTC)
    latest = after + dt.timedelta(hours=13)  # by then the day is over wherever a workspace can be
    jobs.enqueue(EXPIRE, {"document_id": found.pk}, due_at=latest, workspace_id=current_workspace_id())


def keep_state(found: Document) -> None:
    """Write down what can change of an issued document."""
    found.updated_at = clock.now()
    found.save(update_fields=["state", "paid", "decided_at", "decided_by", "updated_at"])
