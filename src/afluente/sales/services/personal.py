"""What sales keep about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.kernel import personal
from afluente.sales.models import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject

KEPT_BY_LAW = (Document.State.ISSUED, Document.State.PART_PAID, Document.State.PAID, Document.State.CANCELLED)


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = Document.objects.filter(contact_id__in=subject.ids).order_by("pk")
    names = (
        "id",
        "kind",
        "label",
        "state",
        "buyer",
        "lines",
        "total",
        "currency",
        "notes",
        "issued_on",
        "due_on",
    )
    return personal.plain(found.values(*names, "decided_by", "decided_at", "created_at"))


def _erase(subject: Subject) -> int:
    """Issued invoices are kept whole, as the books must be; everything else forgets who it was for."""
    found = Document.objects.filter(contact_id__in=subject.ids)
    bills = found.filter(kind=Document.Kind.INVOICE, state__in=KEPT_BY_LAW, number__isnull=False)
    return found.exclude(pk__in=bills.values("pk")).update(
        buyer={"name": "—"}, notes="", decided_by="", digest="", box=""
    ) + bills.update(notes="")


HOLDING = personal.Holding(
    slug="sales",
    label=_("Quotes and invoices"),
    tables=("sales_document",),
    collect=_collect,
    erase=_erase,
    fate=_("Issued invoices stay as the law asks. Quotes and drafts forget who they were for."),
    order=34,
)
FREE = {
    "sales_tax": "Names of taxes.",
    "sales_product": "Names of what is sold.",
    "sales_line": "What is sold on a deal; the deal says to whom.",
    "sales_stockmove": "What was counted and by which member of the team.",
    "sales_documentcounter": "Kinds of documents.",
    "sales_seller": "The workspace itself.",
    "sales_logo": "The workspace's own mark.",
}
