"""Who may see and change which contacts, as querysets (invariant 9).

Two questions are kept apart (crm.md 5.19). `listed_to`: which contacts stand in lists, searches,
counts and exports. `visible_to`: which may be opened; wider for members whose reach is LINKED, who
may also open the contacts of their own deals and tasks. Slices above say which those are
(`register_link`), because contacts know nothing of deals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Membership, Reach
from afluente.contacts.models import Company, Contact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

    from afluente.contacts.models import CompanyQuerySet, ContactQuerySet


@dataclass(frozen=True)
class Link:
    """One way in which contacts are linked to people's own work.

    `contacts_of` gives the ids of the contacts linked to a member's own records, as a subquery.
    `people_of` says for one contact which members it is linked to, by number, each with a sentence
    that says how, naming only what the second argument, who asks, may see.
    """

    slug: str
    contacts_of: Callable[[Membership], QuerySet[Any, Any]]
    people_of: Callable[[int, Membership], Mapping[int, str]]


_links: dict[str, Link] = {}


def register_link(link: Link) -> None:
    """Let a slice above say which contacts are linked to somebody's work. Twice changes nothing."""
    _links[link.slug] = link


def links() -> Sequence[Link]:
    """Every registered way, in the order of registration."""
    return tuple(_links.values())


def listed_to(member: Membership) -> ContactQuerySet:
    """The present contacts that lists, searches, counts and the API show to `member`.

    Contacts of nobody are shown to everybody who sees any. Deleted ones are shown to nobody.
    """
    return Contact.objects.present().filter(accounts.reach_filter(member, _reach(member, Action.VIEW)))


def visible_to(member: Membership) -> ContactQuerySet:
    """The present contacts that `member` may open: those listed, and those linked to their own work."""
    return Contact.objects.present().filter(_condition(member, Action.VIEW))


def editable_by(member: Membership) -> ContactQuerySet:
    """The contacts that `member` may change and give away; never more than they may open."""
    return visible_to(member).filter(_condition(member, Action.EDIT))


def deletable_by(member: Membership) -> ContactQuerySet:
    """The contacts that `member` may delete."""
    return visible_to(member).filter(_condition(member, Action.DELETE))


def may(member: Membership, contact_id: int, action: Action) -> bool:
    """Whether `member`, who was found to see the contact, may do this to it. Whoever may do it to all, or to
    none, is not looked up.
    """
    reach = _reach(member, action)
    if reach in {Reach.ALL, Reach.NONE}:
        return reach == Reach.ALL
    return Contact.objects.present().filter(_condition(member, action), pk=contact_id).exists()


def mergeable_by(member: Membership) -> ContactQuerySet:
    """The contacts that `member` may merge and part again: those they may both change and delete."""
    return editable_by(member).filter(_condition(member, Action.DELETE))


def partable_by(member: Membership) -> ContactQuerySet:
    """The contacts that became part of others and that `member` may take out again."""
    return Contact.objects.filter(
        _condition(member, Action.VIEW),
        _condition(member, Action.EDIT),
        _condition(member, Action.DELETE),
        merged_into__isnull=False,
    )


def exportable_by(member: Membership) -> ContactQuerySet:
    """The contacts that `member` may take out of the product: of those listed to them."""
    return listed_to(member).filter(accounts.reach_filter(member, _reach(member, Action.EXPORT)))


def restorable_by(member: Membership) -> ContactQuerySet:
    """The deleted contacts that `member` may bring back: those they could delete."""
    return gone_for(member).filter(_condition(member, Action.DELETE))


def gone_for(member: Membership) -> ContactQuerySet:
    """The deleted contacts that `member` could open: whoever looks at one is told that it is gone.

    Those that became part of others are not among them: they are taken out again, not restored.
    """
    return Contact.objects.exclude(deleted_at=None).filter(_condition(member, Action.VIEW), merged_into=None)


def may_list(member: Membership) -> bool:
    """Whether there is anything of contacts for `member` to open."""
    return accounts.may(member, Area.CONTACTS, Action.VIEW)


def may_create(member: Membership) -> bool:
    return accounts.may(member, Area.CONTACTS, Action.CREATE)


def may_edit(member: Membership) -> bool:
    """Whether there can be any contact that `member` may change."""
    return accounts.may(member, Area.CONTACTS, Action.EDIT)


def may_delete(member: Membership) -> bool:
    """Whether there can be any contact that `member` may delete."""
    return accounts.may(member, Area.CONTACTS, Action.DELETE)


def may_merge(member: Membership) -> bool:
    """Whether `member` may make two contacts one: who may change and delete some."""
    return all(accounts.may(member, Area.CONTACTS, action) for action in (Action.EDIT, Action.DELETE))


def may_export(member: Membership) -> bool:
    return accounts.may(member, Area.CONTACTS, Action.EXPORT)


def companies_visible_to(member: Membership) -> CompanyQuerySet:
    """The present companies that `member` sees: all or none. Whom of their people, says `visible_to`."""
    return _companies(member, Action.VIEW).present()


def companies_editable_by(member: Membership) -> CompanyQuerySet:
    """The present companies that `member` may change, never more than they see."""
    return _companies(member, Action.VIEW, Action.EDIT).present()


def companies_deletable_by(member: Membership) -> CompanyQuerySet:
    """The companies, deleted ones too, that `member` may delete and bring back."""
    return _companies(member, Action.VIEW, Action.DELETE)


def may_list_companies(member: Membership) -> bool:
    return accounts.may(member, Area.COMPANIES, Action.VIEW)


def may_create_companies(member: Membership) -> bool:
    return accounts.may(member, Area.COMPANIES, Action.CREATE)


def named_by(member: Membership, path: str) -> Q:
    """Which contacts `member` may open, as a condition on `path`, the way from another table to a contact."""
    return _condition(member, Action.VIEW, f"{path}__")


def assignees_seen_by(member: Membership) -> list[int] | None:
    """Whose contacts are listed to `member`, besides those of nobody; None when it is everybody's.

    Narrows a search before it looks; `listed_to` decides afterwards all the same.
    """
    return accounts.assignees_within(member, _reach(member, Action.VIEW))


def _companies(member: Membership, *actions: Action) -> CompanyQuerySet:
    is_allowed = all(accounts.may(member, Area.COMPANIES, action) for action in actions)
    return Company.objects.all() if is_allowed else Company.objects.none()


def _reach(member: Membership, action: Action) -> Reach:
    return accounts.reach_of(member, Area.CONTACTS, action)


def _condition(member: Membership, action: Action, prefix: str = "") -> Q:
    """Whose records, and where the reach says so those linked to the member's own work."""
    reach = _reach(member, action)
    found = accounts.reach_filter(member, reach, f"{prefix}assignee")
    if reach == Reach.LINKED:
        for link in links():
            found |= Q(**{f"{prefix}pk__in": link.contacts_of(member)})
    return found
