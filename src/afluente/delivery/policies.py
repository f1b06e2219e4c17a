"""Who may see and change what leaves (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Reach
from afluente.contacts import policies as contacts
from afluente.deals import policies as deals
from afluente.delivery.models import Audience, Call, Endpoint, Mailbox, Message

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact


def messages_visible_to(member: Membership) -> QuerySet[Message]:
    """Messages about deals that `member` sees; about people that they see where no deal is named."""
    if not may_list(member):
        return Message.objects.none()
    found = Message.objects.all()
    if may_configure(member):
        return found
    about_deals = Q(deal_id__in=deals.visible_to(member).values("pk"))
    about_people = Q(deal=None, contact_id__in=contacts.visible_to(member).values("pk"))
    return found.filter(about_deals | about_people)


def messages_decided_by(member: Membership) -> QuerySet[Message]:
    """Messages about which `member` may say what became of them; never more than they see."""
    return messages_visible_to(member) if may_write(member) else Message.objects.none()


def consent_seen_by(member: Membership) -> QuerySet[Contact]:
    """The people whose consent `member` reads: it is part of what is known of them."""
    return contacts.visible_to(member)


def consent_said_by(member: Membership) -> QuerySet[Contact]:
    """The people for whom `member` may write down what they said: whoever hears a «no» must be able to keep it."""
    return contacts.editable_by(member)


def may_list(member: Membership) -> bool:
    """Whether there is anything here for `member` to open."""
    return accounts.may(member, Area.MESSAGES, Action.VIEW)


def may_write(member: Membership) -> bool:
    """Templates, and what became of messages."""
    return accounts.may(member, Area.MESSAGES, Action.EDIT)


def may_configure(member: Membership) -> bool:
    """Senders, webhooks, addresses that are passed over."""
    return accounts.may(member, Area.MESSAGES, Action.CONFIGURE)


def may_hook(member: Membership) -> bool:
    """Webhooks and audiences, which are told of everybody's records: only for whoever sees them all (S-4)."""
    seen = (Area.CONTACTS, Area.DEALS, Area.TASKS)
    return may_configure(member) and all(
        accounts.reach_of(member, area, Action.VIEW) == Reach.ALL for area in seen
    )


def endpoints_of(member: Membership) -> QuerySet[Endpoint]:
    """The endpoints that `member` may see and set up."""
    return Endpoint.objects.all() if may_hook(member) else Endpoint.objects.none()


def calls_of(member: Membership) -> QuerySet[Call]:
    """What endpoints and addresses of rules were told, for the same people."""
    return Call.objects.all() if may_hook(member) else Call.objects.none()


def mailboxes_of(member: Membership) -> QuerySet[Mailbox]:
    """The mailbox that letters come back into, for those who set up how letters leave."""
    return Mailbox.objects.all() if may_configure(member) else Mailbox.objects.none()


def audiences_of(member: Membership) -> QuerySet[Audience]:
    """The audiences that `member` may see and set up: into them goes whoever rules name, hence the same people."""
    return Audience.objects.all() if may_hook(member) else Audience.objects.none()
