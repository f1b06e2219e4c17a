"""Deals and pipelines as lines of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area
from afluente.contacts import policies as contacts
from afluente.contacts.selectors import found_ids
from afluente.deals import policies, statements
from afluente.deals.models import DealContact, Stage
from afluente.deals.selectors.boards import depth_of
from afluente.kernel import text
from afluente.ui import formats
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import Deal

DIGITS = 18
MOST_WORDS = 10


def find_deals(member: Membership, typed: str, limit: int) -> list[Row]:
    """The deal of that number first, then those named so, then those with people who fit; newest first.

    People whom `member` does not see are not looked at: a search must not say who they are.
    """
    seen = policies.visible_to(member)
    found: dict[int, None] = {}
    number = typed.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= DIGITS:
        found |= dict.fromkeys(seen.filter(number=int(number)).values_list("pk", flat=True))
    if named := named_deals(member, typed, limit):
        kept = seen.filter(pk__in=named).order_by("-pk")
        found |= dict.fromkeys(kept.values_list("pk", flat=True))
    people = found_ids(member, typed) if len(found) < limit else []
    if people:
        with_them = seen.filter(people__contact_id__in=people).order_by("-created_at", "-pk")
        found |= dict.fromkeys(with_them.values_list("pk", flat=True)[:limit])
    return _rows(member, list(found)[:limit])


def named_deals(member: Membership, typed: str, limit: int) -> list[int]:
    """Numbers of present deals in whose names each word begins one, the newest first; they still have to pass
    through `policies.visible_to`.
    """
    words = text.norm(typed).split()[:MOST_WORDS]
    if not words:
        return []
    mates = accounts.assignees_within(member, accounts.reach_of(member, Area.DEALS, Action.VIEW))
    return statements.deals_named(words, mates=mates, limit=limit)


def fetch_deals(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` sees."""
    return _rows(member, ids)


def find_pipelines(member: Membership, typed: str, limit: int) -> list[Row]:
    """Pipelines by a piece of their name."""
    folded = text.norm(typed)
    pipelines = policies.pipelines_of(member).order_by("position", "pk")
    return [
        Row(
            title=one.name,
            note=gettext("Pipeline"),
            icon=one.icon,
            pk=one.pk,
            url=reverse("deals:pipeline", args=[one.pk]),
        )
        for one in pipelines
        if folded in text.norm(one.name)
    ][:limit]


def _rows(member: Membership, ids: Sequence[int]) -> list[Row]:
    if not ids:
        return []
    deals = policies.visible_to(member).filter(pk__in=ids).select_related("stage").in_bulk()
    people = _people(member, list(deals))
    depths = _depths(deals.values())
    return [
        Row(
            title=deals[pk].name,
            note=", ".join(filter(None, (deals[pk].stage.name, people.get(pk, "")))),
            meta=formats.money(deals[pk].amount, deals[pk].currency) if deals[pk].amount else "",
            css=depths.get(deals[pk].stage_id, "st-1"),
            pk=pk,
            url=reverse("deals:deal", args=[pk]),
        )
        for pk in ids
        if pk in deals
    ]


def _people(member: Membership, deal_ids: Sequence[int]) -> Mapping[int, str]:
    """The main person of each deal, where `member` may open them."""
    links = DealContact.objects.filter(
        contacts.named_by(member, "contact"),
        deal_id__in=deal_ids,
        is_primary=True,
        contact__deleted_at=None,
    ).select_related("contact")
    return {link.deal_id: link.contact.name for link in links}


def _depths(deals: Iterable[Deal]) -> Mapping[int, str]:
    """How deep in its pipeline each stage is, as a class."""
    pipelines = {deal.pipeline_id for deal in deals}
    stages: dict[int, list[Stage]] = {}
    for stage in Stage.objects.lasting().filter(pipeline_id__in=pipelines).order_by("position", "pk"):
        stages.setdefault(stage.pipeline_id, []).append(stage)
    found: dict[int, str] = {}
    for row in stages.values():
        opened = [stage for stage in row if stage.kind == Stage.Kind.OPEN]
        found |= {stage.pk: f"st-{depth_of(stage, opened)}" for stage in row}
    return found
