"""Who may bring contacts in and take them out, as querysets (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import policies as accounts
from afluente.contacts import policies as contacts
from afluente.deals import policies as deals
from afluente.sales import policies as sales
from afluente.tasks import policies as tasks
from afluente.transfer.models import Export, Import, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership


# Who may take out what; a kind of export brings its own (services.export_kinds).
EXPORTERS: dict[str, Callable[[Membership], bool]] = {
    "contacts": contacts.may_export,
    "audience-meta": contacts.may_export,
    "audience-google": contacts.may_export,
    "deals": deals.may_export,
    "tasks": tasks.may_export,
    "products": sales.may_export,
    "documents": sales.may_export_documents,
}


def may_import(member: Membership) -> bool:
    """Whether `member` may bring in any file: who may add one contact, deal, task or product may add many."""
    return any(area.may_create(member) for area in (contacts, deals, tasks, sales))


def may_make_fields(member: Membership) -> bool:
    """Whether a column may become a field that was not there."""
    return accounts.may_configure(member)


def imports_visible_to(member: Membership) -> QuerySet[Import]:
    """Their own; those who set up the workspace see everybody's."""
    if not may_import(member):
        return Import.objects.none()
    found = Import.objects.select_related("member__user", "file", "errors", "assignee__user")
    return found if accounts.may_administer(member) else found.filter(member_id=member.pk)


def imports_changeable_by(member: Membership) -> QuerySet[Import]:
    """Those that `member` may set up, start, stop and take back: those they see."""
    return imports_visible_to(member)


def may_export(member: Membership) -> bool:
    """Whether `member` may take anything out: a right of its own for each kind (crm.md 5.19)."""
    return any(may(member) for may in EXPORTERS.values())


def exports_visible_to(member: Membership) -> QuerySet[Export]:
    """Their own; those who set up the workspace see everybody's. Only of what they may export."""
    kinds = [kind for kind, may in EXPORTERS.items() if may(member)]
    if not kinds:
        return Export.objects.none()
    found = Export.objects.select_related("member__user", "file").filter(about__in=kinds)
    return found if accounts.may_administer(member) else found.filter(member_id=member.pk)


def schedules_visible_to(member: Membership) -> QuerySet[Schedule]:
    """Automatic exports: their own, also without the right by now; those who set up the workspace see all."""
    found = Schedule.objects.select_related("member__user")
    return found if accounts.may_administer(member) else found.filter(member_id=member.pk)


def may_erase(member: Membership) -> bool:
    """Whether `member` may answer an access request and erase a person for good."""
    return accounts.may_administer(member)
