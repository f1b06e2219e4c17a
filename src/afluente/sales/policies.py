"""Who may see and change the catalogue (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area
from afluente.deals import policies as deals
from afluente.sales.models import Document, Product

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.sales.models import ProductQuerySet


def products_visible_to(member: Membership) -> ProductQuerySet:
    """The present products, archived ones too: all or none."""
    found: ProductQuerySet = Product.objects.present()
    return found if may_list(member) else found.none()


def products_editable_by(member: Membership) -> ProductQuerySet:
    """The present products that `member` may change and archive; never more than they see."""
    found = products_visible_to(member)
    return found if accounts.may(member, Area.PRODUCTS, Action.EDIT) else found.none()


def products_deletable_by(member: Membership) -> ProductQuerySet:
    """The products, deleted ones too, that `member` may delete and bring back."""
    found: ProductQuerySet = Product.objects.all()
    return found if may_list(member) and accounts.may(member, Area.PRODUCTS, Action.DELETE) else found.none()


def may_list(member: Membership) -> bool:
    """Whether there is a catalogue for `member` to open."""
    return accounts.may(member, Area.PRODUCTS, Action.VIEW)


def products_exportable_by(member: Membership) -> ProductQuerySet:
    """The products that `member` may take out as a file; never more than they see."""
    found = products_visible_to(member)
    return found if may_export(member) else found.none()


def may_export(member: Membership) -> bool:
    """Whether `member` may take the catalogue out: a right of its own (crm.md 5.19)."""
    return may_list(member) and accounts.may(member, Area.PRODUCTS, Action.EXPORT)


def may_create(member: Membership) -> bool:
    return accounts.may(member, Area.PRODUCTS, Action.CREATE)


def may_configure(member: Membership) -> bool:
    """Taxes, and what stands on quotes and invoices."""
    return accounts.may(member, Area.PRODUCTS, Action.CONFIGURE)


def documents_visible_to(member: Membership) -> QuerySet[Document]:
    """The quotes and invoices of deals that `member` sees, or could see before they were deleted."""
    if not accounts.may(member, Area.DOCUMENTS, Action.VIEW):
        return Document.objects.none()
    seen = deals.visible_to(member).values("pk")
    gone = deals.gone_for(member).values("pk")
    return Document.objects.filter(Q(deal_id__in=seen) | Q(deal_id__in=gone))


def documents_editable_by(member: Membership) -> QuerySet[Document]:
    """The documents that `member` may issue, cancel and settle; never more than they see."""
    found = documents_visible_to(member)
    return found if accounts.may(member, Area.DOCUMENTS, Action.EDIT) else found.none()


def documents_exportable_by(member: Membership) -> QuerySet[Document]:
    """The documents that `member` may take out as a file; never more than they see."""
    found = documents_visible_to(member)
    return found if may_export_documents(member) else found.none()


def may_export_documents(member: Membership) -> bool:
    """Whether `member` may take quotes and invoices out: a right of its own."""
    return accounts.may(member, Area.DOCUMENTS, Action.EXPORT)


def may_list_documents(member: Membership) -> bool:
    return accounts.may(member, Area.DOCUMENTS, Action.VIEW)


def may_create_documents(member: Membership) -> bool:
    """Whether `member` may make quotes and invoices, of deals they see."""
    return accounts.may(member, Area.DOCUMENTS, Action.CREATE)


def may_settle_documents(member: Membership) -> bool:
    """Whether `member` may issue, cancel and settle documents, of deals they see."""
    return accounts.may(member, Area.DOCUMENTS, Action.EDIT)
