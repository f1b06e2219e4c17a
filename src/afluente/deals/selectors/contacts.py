"""The deals of contacts, as the pages of contacts show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from afluente.contacts import policies as contacts
from afluente.deals import policies
from afluente.deals.models import Deal, DealContact, Stage
from afluente.deals.selectors.pages import RailStep, rail
from afluente.kernel.workspace import memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership

# What a strip draws of a deal: the page of a contact is opened all day.
DRAWN = ("name", "amount", "currency", "stage_entered_at", "pipeline__name", "stage__name", "stage__kind")
STRIPS = 3  # open deals drawn with their stages; all are under the tab


def deals_of_contact(*, member: Membership, contact_id: int) -> list[Deal]:
    """The deals with a contact that `member` sees: open ones first, then the newest."""
    found = policies.visible_to(member).filter(people__contact_id=contact_id)
    return list(
        found.select_related("pipeline", "stage", "type", "assignee__user").order_by(
            "-closed_at", "-created_at"
        )
    )


def deals_of_company(*, member: Membership, company_id: int, limit: int = 100) -> list[Deal]:
    """The deals of a company and with its people that `member` sees, the newest hundred: open ones first."""
    found = _of_company(member, company_id).select_related("pipeline", "stage", "assignee__user")
    return list(found.order_by("-closed_at", "-created_at")[:limit])


def company_deal_count(*, member: Membership, company_id: int) -> int:
    """How many deals of a company and with its people `member` sees, closed ones too."""
    return _of_company(member, company_id).count()


def _of_company(member: Membership, company_id: int) -> QuerySet[Deal]:
    """Those of the company itself and those with its people, each once. Whoever does not see a contact sees
    no deal through them.
    """
    inside = contacts.visible_to(member).filter(company_links__company_id=company_id)
    people = DealContact.objects.filter(contact_id__in=inside.values("pk")).values("deal_id")
    found: QuerySet[Deal] = policies.visible_to(member).filter(Q(pk__in=people) | Q(company_id=company_id))
    return found


def strips(*, member: Membership, contact_id: int) -> list[tuple[Deal, list[RailStep]]]:
    """The newest open deals of a contact with how far each has come: two queries, none without deals."""
    if not named_once(member=member, contact_id=contact_id):
        return []
    found = policies.visible_to(member).filter(closed_at=None, people__contact_id=contact_id)
    newest = found.select_related("pipeline", "stage").only(*DRAWN).order_by("-created_at", "-pk")
    deals = list(newest[:STRIPS])
    stages = Stage.objects.filter(
        pipeline_id__in={deal.pipeline_id for deal in deals}, kind=Stage.Kind.OPEN
    ).order_by("position", "pk")
    by_pipeline: dict[int, list[Stage]] = {}
    for stage in stages if deals else ():
        by_pipeline.setdefault(stage.pipeline_id, []).append(stage)
    return [(deal, rail(deal, by_pipeline.get(deal.pipeline_id, []))) for deal in deals]


def subjects(
    *, member: Membership, contact_id: int | None = None, deal_ids: Iterable[int] = ()
) -> dict[int, str]:
    """Names by id of the deals of a contact, or of `deal_ids`, as far as `member` sees them."""
    deals = policies.visible_to(member)
    found = deals.filter(people__contact_id=contact_id) if contact_id else deals.filter(pk__in=list(deal_ids))
    return dict(found.values_list("pk", "name"))


def linked_deal_counts(*, member: Membership, contact_ids: Sequence[int]) -> dict[int, Any]:
    """How many deals each contact has that `member` sees, closed ones too; those without any are missing."""
    return _counts(policies.visible_to(member), contact_ids)


def open_deal_counts(*, member: Membership, contact_ids: Sequence[int]) -> dict[int, Any]:
    """How many open deals each contact has that `member` sees; those without any are missing."""
    return _counts(policies.visible_to(member).filter(closed_at=None), contact_ids)


def _counts(deals: QuerySet[Deal], contact_ids: Sequence[int]) -> dict[int, Any]:
    found = deals.filter(people__contact_id__in=contact_ids)
    return dict(found.values_list("people__contact_id").annotate(n=Count("pk")))


def named_once(*, member: Membership, contact_id: int) -> dict[int, str]:
    """Names by id of the deals of a contact, read once for a page: its tab, its strips and its history ask."""
    kept: dict[Any, dict[int, str]] = memory()
    key = ("deals of a contact", member.pk, contact_id)
    if key not in kept:
        found = kept[key] = subjects(member=member, contact_id=contact_id)
        return found
    return kept[key]


def contacts_of_own_deals(member: Membership) -> QuerySet[DealContact, int]:
    """Ids of the contacts of present deals assigned to `member`, for rights that say «linked» (A9)."""
    own = DealContact.objects.filter(deal__deleted_at=None, deal__assignee_id=member.pk)
    return own.values_list("contact_id", flat=True)


def people_linked_to(contact_id: int, viewer: Membership) -> dict[int, str]:
    """The members whose own deals have this contact, each with a sentence that says so.

    It names the deal when `viewer` sees it.
    """
    rows = (
        DealContact.objects.filter(contact_id=contact_id, deal__deleted_at=None, deal__assignee__isnull=False)
        .order_by("deal_id")
        .values_list("deal__assignee_id", "deal_id", "deal__name")
    )
    seen = set(policies.visible_to(viewer).filter(people__contact_id=contact_id).values_list("pk", flat=True))
    names: dict[int, str] = {}
    for member_id, deal_id, name in rows:
        if not names.get(member_id):
            names[member_id] = name if deal_id in seen else ""
    return {
        member_id: gettext("It is in their deal «{name}».").format(name=name)
        if name
        else gettext("It is in a deal of theirs.")
        for member_id, name in names.items()
    }
