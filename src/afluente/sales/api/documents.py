"""Quotes and invoices for other programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.deals import policies as deals
from afluente.kernel import text
from afluente.sales import policies, selectors, services
from afluente.sales.api.acting import missing, not_allowed, refusal
from afluente.sales.api.lines import said
from afluente.sales.api.shapes import (
    DocumentChange,
    DocumentDecision,
    DocumentNew,
    DocumentOut,
    DocumentPayment,
    DocumentQuery,
    DocumentsOut,
    Refused,
)
from afluente.sales.models import Document
from afluente.timeline.events import token_actor

router = Router(tags=["Documents"])
ANSWERS: dict[int, Any] = {200: DocumentOut, 403: Refused, 404: Refused, 422: Refused}
AMOUNTS = ("net", "discount", "tax", "total", "paid")
PLAIN = (
    "id", "kind", "state", "label", "deal_id", "contact_id", "company_id", "origin_id", "currency", "seller",
    "buyer", "lines", "taxes", "notes", "issued_on", "due_on", "decided_by", "decided_at", "created_at",
    "updated_at",
)  # fmt: skip


@router.get("/documents", response={200: DocumentsOut, 422: Refused})
def list_documents(request: HttpRequest, asked: Query[DocumentQuery]) -> Any:
    """Quotes and invoices, the newest first; with `q` those whose number, customer or deal says so."""
    typed = text.clean(asked.q, limit=100)
    rows, following = selectors.api_documents(
        member=member_of(request),
        wanted=selectors.DocumentFilter(typed=typed, kind=asked.kind or "", state=asked.state or ""),
        deal_id=asked.deal_id,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return {"items": [out(row) for row in rows], "next": following}


@router.post("/documents", response={201: DocumentOut, 403: Refused, 404: Refused, 422: Refused})
def create_document(request: HttpRequest, payload: DocumentNew) -> Any:
    """Make a draft of a deal, and with `is_issued` give it its number at once."""
    member = member_of(request)
    if not deals.visible_to(member).filter(pk=payload.deal_id).exists():
        return refusal(422, "invalid", "There is no such deal.", "deal_id")
    if not policies.may_create_documents(member):
        return not_allowed()
    if payload.is_issued and not policies.may_settle_documents(member):
        return not_allowed()
    try:
        made = services.create_document(
            kind=payload.kind,
            deal_id=payload.deal_id,
            origin_id=payload.origin_id,
            notes=payload.notes,
            by=token_actor(request),
        )
        if payload.is_issued:
            made = services.issue_document(document_id=made.pk, by=token_actor(request))
    except services.DocumentRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)
    return Status(201, out(made))


@router.get("/documents/{document_id}", response={200: DocumentOut, 404: Refused})
def read_document(request: HttpRequest, document_id: int) -> Any:
    """One quote or invoice."""
    found = policies.documents_visible_to(member_of(request)).filter(pk=document_id).first()
    return out(found) if found else missing("document")


@router.patch("/documents/{document_id}", response=ANSWERS)
def change_document(request: HttpRequest, document_id: int, payload: DocumentChange) -> Any:
    """Change a draft; with `is_retaken` it has the lines of its deal as they are now."""
    return _do(
        request,
        document_id,
        lambda: services.change_document(
            document_id=document_id,
            notes=payload.notes,
            due_on=payload.due_on,
            retake=payload.is_retaken,
            by=token_actor(request),
        ),
    )


@router.post("/documents/{document_id}/issue", response=ANSWERS)
def issue_document(request: HttpRequest, document_id: int) -> Any:
    """Give a draft its number, for good."""
    return _do(
        request,
        document_id,
        lambda: services.issue_document(document_id=document_id, by=token_actor(request)),
    )


@router.post("/documents/{document_id}/decision", response=ANSWERS)
def decide_quote(request: HttpRequest, document_id: int, payload: DocumentDecision) -> Any:
    """Note that the customer accepted or declined a quote."""
    return _do(
        request,
        document_id,
        lambda: services.decide_quote(
            document_id=document_id,
            is_accepted=payload.is_accepted,
            name=payload.name,
            by=token_actor(request),
        ),
    )


@router.post("/documents/{document_id}/payments", response=ANSWERS)
def pay_invoice(request: HttpRequest, document_id: int, payload: DocumentPayment) -> Any:
    """Note that an invoice was paid: `amount`, or all that is left."""
    return _do(
        request,
        document_id,
        lambda: services.record_payment(
            document_id=document_id, amount=payload.amount, by=token_actor(request)
        ),
    )


@router.post("/documents/{document_id}/cancellation", response=ANSWERS)
def cancel_document(request: HttpRequest, document_id: int) -> Any:
    """Cancel a document; its number stays taken."""
    return _do(
        request,
        document_id,
        lambda: services.cancel_document(document_id=document_id, by=token_actor(request)),
    )


@router.post("/documents/{document_id}/reopening", response=ANSWERS)
def reopen_document(request: HttpRequest, document_id: int) -> Any:
    """Take back that a document was cancelled, or the last payment of an invoice."""
    return _do(
        request,
        document_id,
        lambda: services.reopen_document(document_id=document_id, by=token_actor(request)),
    )


def _do(request: HttpRequest, document_id: int, act: Callable[[], Document]) -> Any:
    member = member_of(request)
    if not policies.documents_visible_to(member).filter(pk=document_id).exists():
        return missing("document")
    if not policies.documents_editable_by(member).filter(pk=document_id).exists():
        return not_allowed()
    try:
        return out(act())
    except services.DocumentRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)


def out(found: Document) -> dict[str, Any]:
    """A document as other programs read it; amounts are texts."""
    return {
        **{name: getattr(found, name) for name in PLAIN},
        **{name: said(getattr(found, name)) for name in AMOUNTS},
    }
