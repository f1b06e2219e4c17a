"""Deals and pipelines for other programs. `POST /deals`, which also finds the contact, is intake's."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from ninja import Query, Router

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as fields
from afluente.deals import policies, selectors, services
from afluente.deals.api.acting import missing, refuse
from afluente.deals.api.details import DetailRefusedError, set_details
from afluente.deals.api.shapes import (
    ASKED,
    COLUMNS,
    FIELDS,
    REFUSALS,
    DealChange,
    DealMove,
    DealOut,
    DealPageOut,
    DealProblem,
    DealQuery,
)
from afluente.deals.events import ChangeRefusedError
from afluente.deals.models import DealContact, Stage
from afluente.kernel import money, text
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])


@router.get("/deals", response={200: DealPageOut, **REFUSALS}, tags=["Deals"])
def list_deals(request: HttpRequest, asked: Query[DealQuery]) -> Any:
    """Present deals, a page at a time; the cost does not grow with the page number."""
    member = member_of(request)
    wanted = selectors.BoardFilter.asking(asked.where, asked.match)
    if problems := wanted.problems(member):
        return refuse(422, "invalid", " ".join(problems), "where")
    if unknown := _unknown(asked, member):
        return unknown
    deals = wanted.apply(policies.visible_to(member), member=member)
    if asked.contact_id is not None:
        deals = deals.filter(pk__in=DealContact.objects.filter(contact_id=asked.contact_id).values("deal_id"))
    rows, following = selectors.deal_rows(
        deals=deals,
        limit=asked.limit,
        cursor=asked.cursor,
        since=asked.updated_since,
        filters={COLUMNS[name]: getattr(asked, name) for name in COLUMNS},
        fields=(*FIELDS, "stage__kind"),
    )
    people = _people([row["id"] for row in rows])
    values = _attributes(rows)
    return JsonResponse({"items": [_out(row, people, values) for row in rows], "next": following})


def _unknown(asked: DealQuery, member: Membership) -> JsonResponse | None:
    """A pipeline, stage, member or source that there is none of: nothing would fit, for no reason said."""
    for name, criterion in ASKED.items():
        value = getattr(asked, name)
        if value is not None and (
            problems := selectors.BoardFilter.asking([f"{criterion}.is:{value}"], "all").problems(member)
        ):
            return refuse(422, "invalid", " ".join(problems), name)
    if (
        asked.contact_id is not None
        and not contact_policies.visible_to(member).filter(pk=asked.contact_id).exists()
    ):
        return refuse(422, "invalid", "There is no such contact.", "contact_id")
    return None


@router.get("/deals/{deal_id}", response={200: DealOut, **REFUSALS})
def read_deal(request: HttpRequest, deal_id: int) -> Any:
    """One deal. The number of one that was merged is answered with the survivor."""
    survivor = selectors.leads_to(member=member_of(request), deal_id=deal_id)
    return answer(request, survivor.pk if survivor else deal_id)


@router.patch("/deals/{deal_id}", response={200: DealOut, **REFUSALS})
def change_deal(request: HttpRequest, deal_id: int, payload: DealChange) -> Any:
    """Set fields of a deal. Its stage is set by a move."""
    given = payload.dict(exclude_unset=True)
    if refusal := out_of_reach(request, deal_id):
        return refusal
    for name in {"name", "currency", "lost_reason"} & given.keys():
        given[name] = text.clean(given[name] or "", limit=255)
    if refusal := _fault_in(given):
        return refusal
    try:
        with transaction.atomic():  # all of it, or nothing
            if "assignee_id" in given:
                _assign(request, deal_id, given.pop("assignee_id"))
            set_details(request, deal_id, given)
            services.change_deal(deal_id=deal_id, changes=given, by=token_actor(request))
    except (DetailRefusedError, ChangeRefusedError) as refused:
        return refuse(422, "invalid", str(refused), refused.field)
    return answer(request, deal_id)


def _fault_in(given: dict[str, Any]) -> JsonResponse | None:
    """Why these values cannot be set; None when they can, the amount then being a Decimal."""
    if "name" in given and not given["name"]:
        return refuse(422, "invalid", "A deal needs a name.", "name")
    if "currency" in given and not money.is_currency(given["currency"]):
        return refuse(422, "invalid", "That is no ISO 4217 currency.", "currency")
    if "amount" not in given:
        return None
    try:
        given["amount"] = money.amount(given["amount"] or 0)
    except money.BadAmountError as error:
        return refuse(422, "invalid", money.why(error), "amount")
    return (
        refuse(422, "invalid", "An amount cannot be below zero.", "amount") if given["amount"] < 0 else None
    )


def _assign(request: HttpRequest, deal_id: int, member_id: int | None) -> None:
    """Raises DetailRefusedError for somebody who is not here, or no longer."""
    member = Membership.objects.active().select_related("user").filter(pk=member_id or 0).first()
    if member is None and member_id is not None:
        is_gone = Membership.objects.filter(pk=member_id).exists()
        said = "This member has left. Name another one." if is_gone else "There is no such member."
        raise DetailRefusedError(said, "assignee_id")
    services.assign_deals(deal_ids=[deal_id], assignee=member, by=token_actor(request))


@router.post("/deals/{deal_id}/moves", response={200: DealOut, 409: DealProblem, **REFUSALS})
def move_deal(request: HttpRequest, deal_id: int, payload: DealMove) -> Any:
    """Put a deal into a stage. Entering a won or lost stage closes it, leaving one reopens it.

    With `seen_stage_id`, a deal that somebody else has put elsewhere meanwhile stays there: 409, `conflict`.
    """
    if refusal := out_of_reach(request, deal_id):
        return refusal
    stage = Stage.objects.lasting().filter(pk=payload.stage_id, pipeline__archived_at=None).first()
    if stage is None:
        return refuse(422, "invalid", "There is no such stage.", "stage_id")
    try:
        services.move_deals(
            deal_ids=[deal_id],
            to=stage,
            by=token_actor(request),
            after_id=payload.after_id,
            before_id=payload.before_id,
            lost_reason=text.clean(payload.lost_reason, limit=255),
            seen_stage_id=payload.seen_stage_id,
        )
    except services.MovedMeanwhileError as moved:
        who = moved.who or "Somebody"
        return refuse(409, "conflict", f"{who} moved it meanwhile: it is in {moved.stage}.", "seen_stage_id")
    except services.StageGoneError:
        return refuse(422, "invalid", "There is no such stage.", "stage_id")
    except services.MissingError as missing:
        words = ", ".join(str(label) for label in selectors.labels_of(missing.keys))
        return refuse(422, "missing", f"The stage wants this first: {words}.", "stage_id")
    return answer(request, deal_id)


def answer(request: HttpRequest, deal_id: int) -> JsonResponse:
    """A deal as it is now."""
    row = policies.visible_to(member_of(request)).filter(pk=deal_id).values(*FIELDS, "stage__kind").first()
    return JsonResponse(_out(row, _people([deal_id]), _attributes([row]))) if row else missing()


def _people(deal_ids: list[int]) -> dict[int, list[int]]:
    """The contacts of each deal, the main one first."""
    found: dict[int, list[int]] = {}
    links = DealContact.objects.filter(deal_id__in=deal_ids).order_by("deal_id", "-is_primary", "pk")
    for deal_id, contact_id in links.values_list("deal_id", "contact_id"):
        found.setdefault(deal_id, []).append(contact_id)
    return found


def _attributes(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """What deals have in their fields: two queries however many there are."""
    scopes = {row["id"]: row["pipeline_id"] for row in rows}
    return fields.attributes("deal", list(scopes), scopes)


def _out(
    row: dict[str, Any], people: dict[int, list[int]], values: dict[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    more = {
        "status": row.pop("stage__kind"),
        "amount": f"{row['amount'].normalize():f}",
        "contact_ids": people.get(row["id"], []),
        "attributes": values[row["id"]],
    }
    return {**row, **more}


def out_of_reach(request: HttpRequest, deal_id: int) -> JsonResponse | None:
    """404 for a deal that the token's maker does not see, 403 for one they only see."""
    if policies.movable_by(member_of(request)).filter(pk=deal_id).exists():
        return None
    if policies.visible_to(member_of(request)).filter(pk=deal_id).exists():
        return refuse(403, "not_allowed", "Whoever made this token may not do that.")
    return missing()
