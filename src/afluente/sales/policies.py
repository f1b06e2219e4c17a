"""Who may see and change the catalogue (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area
from afluente.sales.models import Product

if TYPE_CHECKING:
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


def may_create(member: Membership) -> bool:
    return accounts.may(member, Area.PRODUCTS, Action.CREATE)


def may_configure(member: Membership) -> bool:
    """Taxes, and what stands on quotes and invoices."""
    return accounts.may(member, Area.PRODUCTS, Action.CONFIGURE)
