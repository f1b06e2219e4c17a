"""Quotes and invoices: of a deal, in a list, by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from afluente.contacts.selectors.finding import find_companies, found_ids
from afluente.deals import selectors as deals
from afluente.kernel import text
from afluente.kernel.keyset import number_in
from afluente.sales import policies
from afluente.sales.models import WORDS, Document
from afluente.ui import formats
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

PAGE = 50
WORDS_AT_ONCE = 5
DEALS_AT_ONCE = 1_000  # of a name that very many deals have, the newest count
LOOKED_AT = 50  # deals and companies whose documents the search box looks for
OPEN = ("sent", "issued", "part_paid")
TONES = {
    "accepted": "ok",
    "paid": "ok",
    "sent": "info",
    "issued": "info",
    "part_paid": "warn",
    "expired": "warn",
    "declined": "bad",
    "cancelled": "bad",
}


@dataclass(frozen=True, kw_only=True)
class DocumentFilter:
    """What the address of the list says; `after` is the last document seen."""

    typed: str = ""
    kind: str = ""
    state: str = ""
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> DocumentFilter:
        """From `request.GET`; nonsense is no filter."""
        kind, state, after = query.get("kind", ""), query.get("state", ""), query.get("after", "")
        return cls(
            typed=text.clean(query.get("q", ""), limit=100),
            kind=kind if kind in Document.Kind.values else "",
            state=state if state in Document.State.values else "",
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.typed or self.kind or self.state)

    def address(self, *, after: int | None = None) -> str:
        values = {"q": self.typed, "kind": self.kind, "state": self.state, "after": after or ""}
        return "?" + urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class DocumentPage:
    rows: Sequence[Document]
    next_after: int | None


def document_page(*, member: Membership, wanted: DocumentFilter, size: int = PAGE) -> DocumentPage:
    """One page of documents, the newest first."""
    found = narrowed(member=member, wanted=wanted).select_related("deal")
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    rows = list(found.order_by("-pk")[: size + 1])
    return DocumentPage(rows=rows[:size], next_after=rows[size - 1].pk if len(rows) > size else None)


def narrowed(*, member: Membership, wanted: DocumentFilter) -> QuerySet[Document]:
    """The documents of a list without its order and its page, by number, customer, or deal."""
    found = policies.documents_visible_to(member)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if words := text.norm(wanted.typed).split()[:WORDS_AT_ONCE]:
        said = Q()
        for word in words:
            said &= Q(search_name__contains=word)
        found = found.filter(said | Q(deal_id__in=deals.named_deals(member, wanted.typed, DEALS_AT_ONCE)))
    return found


def documents_of(*, member: Membership, deal_id: int) -> list[Document]:
    """The documents of a deal, the newest first."""
    return list(policies.documents_visible_to(member).filter(deal_id=deal_id).order_by("-pk")[:200])


def document_count(*, member: Membership, deal_id: int) -> int:
    return policies.documents_visible_to(member).filter(deal_id=deal_id).count()


def states_of(kind: str) -> list[tuple[str, str]]:
    """What a document of this kind can be, or of any for "", in words that fit it."""
    words: dict[str, StrOrPromise] = {Document.State.DRAFT.value: Document.State.DRAFT.label}
    for one in (kind,) if kind else Document.Kind.values:
        words = {**WORDS[one], **words}
    return [(state, str(words[state])) for state in Document.State.values if state in words]


def tone(document: Document) -> str:
    """The tone of a state's badge."""
    return TONES.get(document.state, "")


def find_documents(member: Membership, typed: str, limit: int) -> list[Row]:
    """Documents whose number begins or ends with what is typed, then those of a customer or a deal called so;
    the newest first.

    Deals, people and companies are looked up as the other sources of the search box do, by their indexes and
    as far as `member` sees them: the words that documents keep are not read one by one.
    """
    seen = policies.documents_visible_to(member)
    found: list[Document] = []
    if any(sign.isdigit() for sign in typed):
        numbered = seen.filter(Q(label__istartswith=typed) | Q(label__iendswith=typed))
        found += numbered.order_by("-pk")[:limit]
    if len(found) < limit:
        named = seen.filter(_about(member, typed)).exclude(pk__in=[one.pk for one in found])
        found += named.order_by("-pk")[: limit - len(found)]
    return _rows(found)


def _about(member: Membership, typed: str) -> Q:
    """Documents of a deal, a person or a company that `typed` names."""
    named = [row.pk for row in deals.find_deals(member, typed, LOOKED_AT)]
    people = found_ids(member, typed)
    firms = [row.pk for row in find_companies(member, typed, LOOKED_AT)]
    return Q(deal_id__in=named) | Q(contact_id__in=people) | Q(company_id__in=firms)


def fetch_documents(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` sees."""
    return _rows(policies.documents_visible_to(member).filter(pk__in=ids))


def api_documents(
    *, member: Membership, wanted: DocumentFilter, deal_id: int | None, cursor: str, limit: int
) -> tuple[list[Document], str | None]:
    """A page of documents as the list finds them, the newest first, and the cursor of the next one. Raises
    BadCursorError.
    """
    found = narrowed(member=member, wanted=wanted)
    if deal_id:
        found = found.filter(deal_id=deal_id)
    before = number_in(cursor)
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: limit + 1])
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


def _rows(documents: object) -> list[Row]:
    return [
        Row(
            title=one.label or str(one.get_kind_display()),
            note=one.buyer.get("name", ""),
            meta=formats.money(one.total, one.currency),
            icon="file-text",
            pk=one.pk,
            url=reverse("sales:document", args=[one.pk]),
        )
        for one in documents  # type: ignore[attr-defined]
    ]
