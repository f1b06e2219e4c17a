"""Who may see what came in, and who may change doors and deal rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.accounts import policies as accounts
from afluente.contacts import policies as contacts
from afluente.deals import policies as deals
from afluente.intake.models import DealRule, RawEvent, Source

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


def may_configure(member: Membership) -> bool:
    """Doors, deal rules, trying again."""
    return accounts.may_configure_sources(member)


def events_visible_to(member: Membership) -> QuerySet[RawEvent]:
    """What came in and `member` may read: everything, or what became of a contact or deal they see."""
    events = RawEvent.objects.filter(workspace_id=member.workspace_id)
    if may_configure(member):
        return events
    seen_contacts = contacts.visible_to(member).values("pk")
    seen_deals = deals.visible_to(member).values("pk")
    return events.filter(Q(contact_id__in=seen_contacts) | Q(deal_id__in=seen_deals))


def events_replayable_by(member: Membership) -> QuerySet[RawEvent]:
    """Failed events that `member` may let wait again: all, or none."""
    if not may_configure(member):
        return RawEvent.objects.none()
    return RawEvent.objects.filter(workspace_id=member.workspace_id, state=RawEvent.State.DEAD)


def rules_of(member: Membership) -> QuerySet[DealRule]:
    """The deal rules that `member` may open and change: all, or none."""
    if not may_configure(member):
        return DealRule.objects.none()
    return DealRule.objects.filter(workspace_id=member.workspace_id).select_related(
        "pipeline", "stage", "assignee__user"
    )


def sources_of(member: Membership) -> QuerySet[Source]:
    """The doors that `member` may open and change: all, or none."""
    if not may_configure(member):
        return Source.objects.none()
    return Source.objects.present().filter(workspace_id=member.workspace_id).select_related("rule")
