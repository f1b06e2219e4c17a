"""What deals keep about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors
from afluente.deals.models import Deal, DealBulkEntry, DealContact, DealMerge, DealValue
from afluente.deals.statements.merging import joined
from afluente.files.services import personal as files
from afluente.kernel import personal
from afluente.timeline.services import personal as timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _own(subject: Subject) -> list[int]:
    """Deals with nobody but the person."""
    theirs = set(DealContact.objects.filter(contact_id__in=subject.ids).values_list("deal_id", flat=True))
    others = DealContact.objects.filter(deal_id__in=theirs).exclude(contact_id__in=subject.ids)
    return sorted(theirs - set(others.values_list("deal_id", flat=True)))


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = Deal.objects.filter(people__contact_id__in=subject.ids).order_by("pk").distinct()
    scopes = dict(found.values_list("pk", "pipeline_id"))
    ids = list(scopes)
    values = selectors.attributes("deal", ids, scopes)
    rows = personal.plain(
        found.values(
            "id",
            "name",
            "amount",
            "currency",
            "source",
            "source_name",
            "lost_reason",
            "created_at",
            "pipeline__name",
            "stage__name",
        )
    )
    changed: dict[int, list[Any]] = {}
    for one in personal.plain(
        DealBulkEntry.objects.filter(deal_id__in=ids).values("deal_id", "before", "after")
    ):
        changed.setdefault(one.pop("deal_id"), []).append(one)
    merged: dict[int, list[Any]] = {}
    for one in personal.plain(DealMerge.objects.filter(survivor_id__in=ids).values("survivor_id", "changes")):
        merged.setdefault(one["survivor_id"], []).append(one["changes"])
    return [
        {
            **row,
            "fields": values[row["id"]],
            "bulk_changes": changed.get(row["id"], []),
            "merges": merged.get(row["id"], []),
        }
        for row in rows
    ]


def _erase(subject: Subject) -> int:
    """The sum and the stage stay, for the figures; nothing that says whose they were."""
    ids = _own(subject)
    ids += joined(ids)  # what became part of them had the same people
    timeline.erase_history(Q(deal_id__in=ids, contact_id=None), records=[("deal", ids)])
    files.erase_attached("deal", ids)
    for deal in Deal.objects.filter(pk__in=ids):
        deal.name, deal.lost_reason, deal.source_name = f"#{deal.pk}", "", ""
        deal.save(update_fields=["name", "lost_reason", "source_name"])
    DealValue.objects.filter(deal_id__in=ids).delete()
    DealBulkEntry.objects.filter(deal_id__in=ids).delete()
    DealMerge.objects.filter(survivor_id__in=ids).update(changes={})
    DealContact.objects.filter(contact_id__in=subject.ids).exclude(deal_id__in=ids).delete()
    return len(ids)


HOLDING = personal.Holding(
    slug="deals",
    label=_("Deals"),
    tables=(
        "deals_deal",
        "deals_dealsearch",
        "deals_dealcontact",
        "deals_dealvalue",
        "deals_dealbulkentry",
        "deals_dealmerge",
    ),
    collect=_collect,
    erase=_erase,
    fate=_(
        "Deals with nobody else lose their name, comments and files; sum and stage stay. Others lose the person."
    ),
    struck=(("deals_deal", "name"), ("deals_deal", "source_name"), ("deals_deal", "lost_reason")),
    order=35,
)
FREE = {
    "deals_lostreason": "Reasons that are offered when a deal is lost.",
    "deals_dealtype": "Names of types of deals.",
    "deals_pipeline": "Names of pipelines.",
    "deals_stage": "Names of stages.",
}
