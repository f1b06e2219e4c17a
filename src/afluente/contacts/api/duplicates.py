"""Duplicates for other programs: suggestions, merging, taking back, sessions (docs/reference/duplicates.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from afluente.accounts.requests import member_of
from afluente.contacts import policies, services
from afluente.contacts.api.contacts import refusal
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import ContactMerge, MergeRun, PossibleDuplicate
from afluente.contacts.selectors import duplicates, merging
from afluente.timeline.events import token_actor

router = Router(tags=["Duplicates"])
MOST = 50  # contacts of one merge

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
PolicyName = Literal["older", "newer", "both"]


class ReasonOut(Schema):
    rule: str
    value: str


class DuplicateOut(Schema):
    id: int
    contact_ids: list[int] = Field(description="The older contact first.")
    score: int
    reasons: list[ReasonOut]


class DuplicatesOut(Schema):
    items: list[DuplicateOut]
    next: str | None


class MergeShape(Shape):
    contact_ids: list[Number] = Field(min_length=2, max_length=MOST)
    survivor_id: Number | None = Field(None, description="Who stays; the oldest unless named.")
    policy: PolicyName = "older"


class MergeOut(Schema):
    id: int
    survivor_id: int
    loser_id: int
    policy: str
    reasons: list[ReasonOut]
    created_at: datetime
    undone_at: datetime | None


class MergedOut(Schema):
    survivor_id: int
    merges: list[MergeOut]


class RunShape(Shape):
    match: list[Literal["name", "email", "phone"]] = Field(min_length=1, max_length=3)
    policy: PolicyName = "older"
    tag: str | None = Field(None, min_length=1, max_length=64)


class RunOut(Schema):
    id: int
    state: str
    match: list[str]
    policy: str
    groups: int
    done: int
    merged: int
    skipped: int
    is_cut: bool = Field(description="There were more than the 10,000 contacts of one session.")
    created_at: datetime
    ended_at: datetime | None


class RunsOut(Schema):
    items: list[RunOut]
    next: str | None


@router.get("/contacts/duplicates", response={200: DuplicatesOut})
def list_duplicates(
    request: HttpRequest, cursor: Annotated[int, Query(ge=1, le=2**63 - 1)] | None = None
) -> Any:
    """Contacts that may be one person, the likeliest first, twenty-five at a time."""
    page = duplicates.suggestion_page(member=member_of(request), after=cursor)
    return {
        "items": [
            {
                "id": one.id,
                "contact_ids": [who.contact.pk for who in one.people],
                "score": one.score,
                "reasons": [{"rule": reason.rule, "value": reason.value} for reason in one.reasons],
            }
            for one in page.rows
        ],
        "next": str(page.next_after) if page.next_after else None,
    }


@router.post(
    "/contacts/duplicates/{duplicate_id}/dismissal",
    response={204: None, 403: Refused, 404: Refused, 409: Refused},
)
def dismiss_duplicate(request: HttpRequest, duplicate_id: int) -> Any:
    """Say that two contacts are two people. They are not suggested again."""
    pair = duplicates.pairs_visible_to(member_of(request)).filter(pk=duplicate_id).first()
    if pair is None:
        return refusal(404, "not_found", "There is no such suggestion.")
    both = policies.editable_by(member_of(request)).filter(pk__in=[pair.contact_id, pair.other_id])
    if both.count() < 2:
        return _not_allowed()
    try:
        services.dismiss_duplicate(pair_id=duplicate_id, by=token_actor(request))
    except (services.DecidedError, PossibleDuplicate.DoesNotExist):
        return refusal(409, "conflict", "Somebody has decided about these two already.")
    return Status(204, None)


@router.post(
    "/contacts/duplicates/{duplicate_id}/reopening", response={204: None, 403: Refused, 404: Refused}
)
def reopen_duplicate(request: HttpRequest, duplicate_id: int) -> Any:
    """Take a dismissal back: the two are suggested again."""
    pair = duplicates.pairs_visible_to(member_of(request)).filter(pk=duplicate_id).first()
    if pair is None:
        return refusal(404, "not_found", "There is no such suggestion.")
    both = policies.editable_by(member_of(request)).filter(pk__in=[pair.contact_id, pair.other_id])
    if both.count() < 2:
        return _not_allowed()
    services.reopen_duplicate(pair_id=duplicate_id, by=token_actor(request))
    return Status(204, None)


@router.post("/contacts/merges", response={201: MergedOut, 403: Refused, 404: Refused, 409: Refused})
def merge(request: HttpRequest, payload: MergeShape) -> Any:
    """Make contacts one. The others are answered with the survivor from now on."""
    wanted = set(payload.contact_ids)
    member = member_of(request)
    allowed = set(policies.mergeable_by(member).filter(pk__in=wanted).values_list("pk", flat=True))
    if allowed != wanted:
        seen = set(policies.visible_to(member).filter(pk__in=wanted).values_list("pk", flat=True))
        return _not_allowed() if seen == wanted else refusal(404, "not_found", "There is no such contact.")
    if len(wanted) < 2 or (payload.survivor_id and payload.survivor_id not in wanted):
        return refusal(404, "not_found", "Name two contacts or more; the survivor is one of them.")
    first, other = sorted(wanted)[:2]
    try:
        (done,) = services.merge_contacts(
            groups=[
                services.Group(
                    contact_ids=payload.contact_ids,
                    survivor_id=payload.survivor_id,
                    reason=services.reasons_between(first, other) or [("hand", "")],
                )
            ],
            policy=payload.policy,
            by=token_actor(request),
        )
    except services.ContactGoneError:
        return refusal(409, "conflict", "One of the contacts was merged or deleted meanwhile.")
    merges = ContactMerge.objects.filter(pk__in=done.merge_ids).order_by("pk")
    return Status(201, {"survivor_id": done.survivor_id, "merges": [_merge_out(one) for one in merges]})


@router.get("/contacts/{contact_id}/merges", response={200: list[MergeOut], 404: Refused})
def list_merges(request: HttpRequest, contact_id: int) -> Any:
    """Who became part of a contact, the newest first, at most a hundred; those taken back among them."""
    if not policies.visible_to(member_of(request)).filter(pk=contact_id).exists():
        return refusal(404, "not_found", "There is no such contact.")
    return [
        _merge_out(one) for one in ContactMerge.objects.filter(survivor_id=contact_id).order_by("-pk")[:100]
    ]


@router.post(
    "/contacts/merges/{merge_id}/undo", response={200: MergeOut, 403: Refused, 404: Refused, 409: Refused}
)
def unmerge(request: HttpRequest, merge_id: int) -> Any:
    """Take a merge back: both contacts are what they were, with what was changed since."""
    found = merging.merges_visible_to(member_of(request)).filter(pk=merge_id).first()
    if found is None:
        return refusal(404, "not_found", "There is no such merge.")
    if (
        found.undone_at is None
        and not merging.merges_undoable_by(member_of(request)).filter(pk=merge_id).exists()
    ):
        return _not_allowed()
    try:
        services.unmerge_contacts(merge_ids=[merge_id], by=token_actor(request))
    except services.NestedMergeError:
        return refusal(
            409, "conflict", "The survivor was merged into another contact since. Part those first."
        )
    except services.NotMergedError:
        return refusal(409, "conflict", "This merge was taken back already.")
    return _merge_out(ContactMerge.objects.get(pk=merge_id))


@router.post("/contacts/merge-runs", response={201: RunOut, 403: Refused, 422: Refused})
def begin_run(request: HttpRequest, payload: RunShape) -> Any:
    """Look for contacts that are equal in all of `match`. Nothing is merged before it is confirmed."""
    member = member_of(request)
    if not policies.may_merge(member):
        return _not_allowed()
    try:
        tags = services.ensure_tags(names=[payload.tag], by=token_actor(request)) if payload.tag else []
    except services.TagRefusedError as refused:
        return refusal(422, "invalid", str(refused), "tag")
    run = services.begin_run(
        member=member,
        conditions=payload.match,
        policy=payload.policy,
        tag_id=tags[0].pk if tags else None,
    )
    return Status(201, _run_out(run))


@router.get("/contacts/merge-runs", response={200: RunsOut})
def list_runs(request: HttpRequest, cursor: Annotated[int, Query(ge=1, le=2**63 - 1)] | None = None) -> Any:
    """Runs that the token's maker began, an administrator's those of everybody, newest first, fifty at a time."""
    found = merging.runs_of(member_of(request)).order_by("-pk")
    rows = list((found.filter(pk__lt=cursor) if cursor else found)[: MOST + 1])
    following = str(rows[MOST - 1].pk) if len(rows) > MOST else None
    return {"items": [_run_out(run) for run in rows[:MOST]], "next": following}


@router.get("/contacts/merge-runs/{run_id}", response={200: RunOut, 404: Refused})
def read_run(request: HttpRequest, run_id: int) -> Any:
    """How far a run has come."""
    run = merging.runs_of(member_of(request)).filter(pk=run_id).first()
    return _run_out(run) if run else refusal(404, "not_found", "There is no such run.")


@router.post("/contacts/merge-runs/{run_id}/{step}", response={200: RunOut, 404: Refused, 409: Refused})
def act_on_run(request: HttpRequest, run_id: int, step: Literal["confirmation", "undo"]) -> Any:
    """`confirmation` merges what was found, `undo` takes the whole run back."""
    member = member_of(request)
    if not MergeRun.objects.filter(pk=run_id, by_id=member.pk).exists():
        return refusal(404, "not_found", "There is no such run.")
    try:
        (services.confirm_run if step == "confirmation" else services.undo_run)(run_id=run_id)
    except services.RunRefusedError:
        return refusal(409, "conflict", "The run is not ready for this.")
    return _run_out(MergeRun.objects.get(pk=run_id))


def _merge_out(one: ContactMerge) -> dict[str, Any]:
    return {
        "id": one.pk,
        "survivor_id": one.survivor_id,
        "loser_id": one.loser_id,
        "policy": one.policy,
        "reasons": [{"rule": rule, "value": value} for rule, value in one.reason],
        "created_at": one.created_at,
        "undone_at": one.undone_at,
    }


def _run_out(run: MergeRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "state": run.state,
        "match": run.conditions,
        "policy": run.policy,
        "groups": len(run.groups),
        "done": run.position,
        "merged": run.merged,
        "skipped": run.skipped,
        "is_cut": run.is_cut,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
    }


def _not_allowed() -> Status[Any]:
    return refusal(403, "not_allowed", "Merging needs the right to change and to delete every one of them.")
