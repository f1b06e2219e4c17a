"""What sales bring to the pages of others, and what they do when something happens below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.deals.events import ChangeRefusedError
from afluente.files import policies as files
from afluente.kernel import sayings, slots
from afluente.sales import policies, selectors, services
from afluente.sales.models import Product
from afluente.sales.views import documents
from afluente.sales.views.lines import part_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership
    from afluente.deals.events import DealCopied, DealsChanged, DealsMerged, DealsParted
    from afluente.deals.models import Deal


DOCUMENT_KINDS = (
    ("document.created", _("Draft made")),
    ("document.changed", _("Draft changed")),
    ("document.issued", _("Issued")),
    ("document.accepted", _("Accepted")),
    ("document.declined", _("Declined")),
    ("document.expired", _("Expired")),
    ("document.replaced", _("Replaced")),
    ("document.paid", _("Payment noted")),
    ("document.cancelled", _("Cancelled")),
    ("document.reopened", _("Taken back")),
)


def payment_tabs(*, member: Membership, deal: Deal) -> list[slots.Tab]:
    """The tab with what was offered and billed; payments have their place in it."""
    if not policies.may_list_documents(member):
        return []

    def part() -> slots.Part:
        return slots.Part(template="sales/_deal_documents.html", context=documents.part_of(member, deal))

    count = selectors.document_count(member=member, deal_id=deal.pk)
    label = gettext("Quotes and invoices")
    return [slots.Tab(slug="payments", label=label, part=part, count=count, order=16)]


def deal_tabs(*, member: Membership, deal: Deal) -> list[slots.Tab]:
    """The tab with the lines of a deal."""

    def part() -> slots.Part:
        return slots.Part(template="sales/_deal_lines.html", context=part_of(member, deal))

    count = selectors.line_count(deal.pk)
    return [slots.Tab(slug="products", label=gettext("Products"), part=part, count=count, order=15)]


def mind_values(fact: DealsChanged) -> None:
    """A value set by hand no longer follows the lines; a currency cannot change under them."""
    converted = {pk: pairs["currency"][0] for pk, pairs in fact.changes.items() if "currency" in pairs}
    if converted and (lined := selectors.with_lines(list(converted))):
        said = sayings.gettext("This deal has products with prices in {currency}. Nothing is converted.")
        raise ChangeRefusedError("currency", said.format(currency=converted[min(lined)]))
    if values := {pk: pairs["amount"][1] for pk, pairs in fact.changes.items() if "amount" in pairs}:
        services.note_values(values=values, by=fact.by)


def copy_lines(fact: DealCopied) -> None:
    """A copy of a deal has its lines, too."""
    services.copy_lines(from_id=fact.deal_id, to_id=fact.copy_id)


def said_of_value(*, deal_id: int, field: str) -> list[slots.Part]:
    """After a value was set by hand: that it no longer follows the lines, with the way back."""
    if field != "amount" or selectors.follows(deal_id) or not selectors.line_count(deal_id):
        return []
    context = {
        "text": gettext("The value is set by hand now, and no longer follows the products"),
        "undo_url": reverse("sales:following", args=[deal_id]) + "?on=1",
    }
    return [slots.Part(template="", context=context)]


def product_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Products that show a file, as far as `member` sees them."""
    found = policies.products_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: files.Subject(one.name, reverse("sales:product", args=[one.pk])) for one in found}


# A product shows one file, its picture, which its own page puts on and takes off: nothing else attaches any.
FILES = files.Kind(
    name=services.PICTURED,
    label=_("Product"),
    folder=_("Products"),
    removal=_("Remove from this product"),
    visible_to=policies.products_visible_to,
    editable_by=lambda _member: Product.objects.none(),
    subjects=product_subjects,
)


def follow_merged(fact: DealsMerged | DealsParted) -> None:
    """Lines went from one deal to another: values that follow lines follow."""
    services.follow_lines(deal_ids=[fact.survivor_id, fact.loser_id], by=fact.by)
