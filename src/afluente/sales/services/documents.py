"""Quotes and invoices: made from a deal, issued with a number, settled. Automation calls these, too."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from afluente.accounts.models import Workspace
from afluente.deals.services.editing import locked as locked_deal
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id
from afluente.sales.models import Document
from afluente.sales.selectors import lines_of, sums
from afluente.sales.selectors.parties import buyer_of, seller_of, snapshot, tax_rows
from afluente.sales.services.products import plain
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from afluente.deals.models import Deal
    from afluente.timeline.events import Actor

Kind = Document.Kind


class DocumentGoneError(Exception):
    """There is no such document."""


class DocumentRefusedError(Exception):
    """A document that cannot be, or cannot become so; its text is a sentence for people."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def create_document(
    *, kind: str, deal_id: int, by: Actor, key: str = "", origin_id: int | None = None, notes: str = ""
) -> Document:
    """A draft with the lines of a deal, for its company or else its main person.

    `origin_id` is a document of the same deal: an invoice takes over the lines of that quote, a quote
    takes its place once it is issued. The same `key` again gives the same document. Raises
    DocumentRefusedError without lines, and deals' DealIsGoneError.
    """
    deal = locked_deal(deal_id)
    if key and (present := Document.objects.filter(key=key[:255]).first()):
        return present
    origin = Document.objects.filter(pk=origin_id, deal_id=deal_id).first() if origin_id else None
    if origin_id and (origin is None or origin.is_draft):
        raise DocumentRefusedError("origin_id", gettext("There is no such document of this deal."))
    made = _draft(kind, deal)
    made.origin, made.key, made.notes = origin, key[:255], notes.strip()[:4_000]
    made.contact_id, made.buyer = buyer_of(deal)
    if origin is not None and origin.kind == Kind.QUOTE and kind == Kind.INVOICE:
        for name in ("lines", "taxes", "net", "discount", "tax", "total", "buyer"):
            setattr(made, name, getattr(origin, name))
    else:
        _take_lines(made, deal)
    made.save()
    timeline.record([tell("document.created", made, by)])
    return made


@transaction.atomic
def change_document(
    *,
    document_id: int,
    by: Actor,
    notes: str | None = None,
    due_on: dt.date | None = None,
    retake: bool = False,
) -> Document:
    """Change a draft: its notes, the last day it holds or is to be paid, or take the deal's lines anew."""
    found = held(document_id)
    if not found.is_draft:
        said = gettext("What was issued does not change. Make a new version, or cancel it.")
        raise DocumentRefusedError("state", said)
    if notes is not None:
        found.notes = notes.strip()[:4_000]
    if due_on is not None:
        found.due_on = due_on
    if retake:
        deal = locked_deal(found.deal_id)
        _, found.buyer = buyer_of(deal)
        _take_lines(found, deal)
    found.updated_at = clock.now()
    found.save()
    timeline.record([tell("document.changed", found, by)])
    return found


def _draft(kind: str, deal: Deal) -> Document:
    """A document that says when it was made and how long it holds."""
    seller, moment = seller_of(), clock.now()
    days = seller.valid_days if kind == Kind.QUOTE else seller.due_days
    return Document(
        kind=Kind(kind),
        deal_id=deal.pk,
        company_id=deal.company_id,
        language=_workspace().language,
        currency=deal.currency,
        due_on=today() + dt.timedelta(days=days),
        created_at=moment,
        updated_at=moment,
    )


def document_by_secret(secret: str) -> Document | None:
    """The issued document behind a secret address."""
    return Document.objects.filter(digest=digest(secret)).exclude(digest="").first()


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def today() -> dt.date:
    """The present day where the workspace is."""
    return clock.now().astimezone(ZoneInfo(_workspace().timezone)).date()


def _workspace() -> Workspace:
    return Workspace.objects.get(pk=current_workspace_id())


def _take_lines(found: Document, deal: Deal) -> None:
    lines = lines_of(deal.pk)
    if not lines:
        raise DocumentRefusedError("lines", gettext("Put products on the deal first."))
    from_sums = sums(lines, deal.currency)
    found.lines, found.taxes = snapshot(lines, deal.currency), tax_rows(from_sums)
    for name in ("net", "discount", "tax", "total"):
        setattr(found, name, getattr(from_sums, name))


def held(document_id: int) -> Document:
    """The document, kept from others until commit. Raises DocumentGoneError."""
    found = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if found is None:
        raise DocumentGoneError(document_id)
    return found


def tell(kind: str, found: Document, by: Actor, **data: Any) -> NewEvent:
    """What is written down about a document: on the deal, and on whom it is for."""
    said = {
        "document": found.pk,
        "document_kind": found.kind,
        "label": found.label,
        "total": plain(found.total),
        "currency": found.currency,
        **data,
    }
    return NewEvent(
        kind, by, deal_id=found.deal_id, contact_id=found.contact_id, company_id=found.company_id, data=said
    )
