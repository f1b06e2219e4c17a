"""One change of all deals that a filter finds, or of up to 20,000 by number; as for contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, JsonResponse, QueryDict
from ninja import Field, Query, Router, Schema
from pydantic import model_validator

from afluente.accounts.requests import member_of
from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.contacts.models import EVERY, BulkChange
from afluente.contacts.selectors.selection import MOST_PICKED
from afluente.contacts.services import bulk as engine
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals import policies, selectors, services
from afluente.deals.api.acting import refuse
from afluente.deals.api.details import DetailRefusedError, read_due
from afluente.deals.api.pipeline_shapes import Body, Number
from afluente.deals.api.shapes import REFUSALS
from afluente.deals.selectors.picking import DealSelection
from afluente.deals.services import Due, bulk, bulk_asking
from afluente.kernel import text
from afluente.kernel.seeking import Sought
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])


class WhichDeals(Body):
    """Deals by number, or all that a filter finds: then `where` (`[]` for all of them), `match` and `q`."""

    deal_ids: list[Number] | None = Field(None, min_length=1, max_length=MOST_PICKED)
    where: list[Annotated[str, Field(max_length=2_000)]] | None = Field(None, max_length=20)
    match: Literal["all", "any"] = "all"
    q: Sought = Field("", max_length=100)
    pipeline_id: Number | None = None
    status: Literal["open", "won", "lost", "all"] = "open"
    except_ids: list[Number] = Field([], max_length=1_000, description="Left out of what the filter finds.")

    @model_validator(mode="after")
    def _is_one(self) -> WhichDeals:
        if (self.deal_ids is None) == (self.where is None):
            raise ValueError("Send either deal_ids or where.")
        return self


class DealBulkChange(Body):
    """The change: `value` is a stage, a member, a type, a company by name, an amount, a day or moment, or what a
    field takes; null empties.
    """

    what: Literal["stage", "assignee", "type", "due", "company", "amount", "field", "delete"]
    op: Literal["set", "add", "remove"] = Field("set", description="Several choices: add or remove.")
    value: Any = None
    field: Annotated[str, Field(max_length=255)] | None = Field(
        None, description="Number or name of a field."
    )
    lost_reason: Annotated[str, Field(max_length=255)] = ""


class DealBulkNew(Body):
    deals: WhichDeals
    change: DealBulkChange


class DealPreviewOut(Schema):
    """What a change would do to the first 10,000; `is_more` when there are more."""

    changed: int
    same: int
    refused: int = Field(description="Those that may not be changed, or lack what a stage wants.")
    is_more: bool
    sample: list[dict[str, str]]


class DealBulkOut(Schema):
    """A change of many and how far it has come; `total` was counted to 10,000 when it began."""

    id: int
    state: Literal["running", "done", "stopped", "undoing", "undone"]
    change: str
    total: int
    is_more: bool
    changed: int
    same: int
    refused: int
    restored: int
    kept: int
    created_at: datetime
    finished_at: datetime | None


class DealBulksOut(Schema):
    items: list[DealBulkOut]
    next: str | None


class Asked(Schema):
    cursor: Number | None = None
    limit: int = Field(50, ge=1, le=100)


@router.post("/deals/bulk-changes/preview", response={200: DealPreviewOut, **REFUSALS})
def preview_deal_change(request: HttpRequest, payload: DealBulkNew) -> Any:
    """What a change of many would do, with a few of them before and after. Nothing is changed."""
    read = _read(request, payload)
    if isinstance(read, JsonResponse):
        return read
    found = bulk_asking.preview(selection=read[0], change=read[1], member=member_of(request))
    sample = [{"title": line.title, "before": line.before, "after": line.after} for line in found.sample]
    counts = {name: getattr(found, name) for name in ("changed", "same", "refused", "is_more")}
    return JsonResponse({**counts, "sample": sample})


@router.post("/deals/bulk-changes", response={201: DealBulkOut, **REFUSALS})
def begin_deal_change(request: HttpRequest, payload: DealBulkNew) -> Any:
    """Change many deals alike. Up to 200 are done in the answer; more in the background: ask again."""
    read = _read(request, payload)
    if isinstance(read, JsonResponse):
        return read
    done = services.change_deals(
        selection=read[0], change=read[1], member=member_of(request), by=token_actor(request)
    )
    return JsonResponse(_out(done), status=201)


@router.get("/deals/bulk-changes", response={200: DealBulksOut, **REFUSALS})
def list_deal_changes(request: HttpRequest, asked: Query[Asked]) -> Any:
    """What the token's maker changed of many deals, the newest first."""
    found = BulkChange.objects.filter(member=member_of(request), entity=bulk.DEAL).order_by("-pk")
    rows = list((found.filter(pk__lt=asked.cursor) if asked.cursor else found)[: asked.limit + 1])
    page = rows[: asked.limit]
    following = str(page[-1].pk) if len(rows) > len(page) else None
    return JsonResponse({"items": [_out(row) for row in page], "next": following})


@router.get("/deals/bulk-changes/{bulk_id}", response={200: DealBulkOut, **REFUSALS})
def read_deal_change(request: HttpRequest, bulk_id: int) -> Any:
    """How far a change has come."""
    found = _own(request, bulk_id)
    return JsonResponse(_out(found)) if found else _missing()


@router.post("/deals/bulk-changes/{bulk_id}/undo", response={200: DealBulkOut, **REFUSALS})
def undo_deal_change(request: HttpRequest, bulk_id: int) -> Any:
    """Give every deal back what it had; what somebody changed since stays. One that still runs stops."""
    if _own(request, bulk_id) is None:
        return _missing()
    undone = engine.undo_bulk(bulk_id=bulk_id, by=token_actor(request))
    if undone is None:
        return refuse(422, "conflict", "This change was taken back already.")
    return JsonResponse(_out(undone))


def _own(request: HttpRequest, number: int) -> BulkChange | None:
    return BulkChange.objects.filter(member=member_of(request), pk=number, entity=bulk.DEAL).first()


def _missing() -> JsonResponse:
    return refuse(404, "not_found", "There is no such change.")


def _read(request: HttpRequest, payload: DealBulkNew) -> tuple[DealSelection, Change] | JsonResponse:
    """Who and what, or the refusal."""
    member, who = member_of(request), payload.deals
    if not policies.may_list(member):
        return refuse(403, "not_allowed", "Whoever made this token may not do that.")
    if who.deal_ids is not None:
        selection = DealSelection(ids=tuple(dict.fromkeys(who.deal_ids)))
    else:
        query = QueryDict(mutable=True)
        query.setlist("where", who.where or [])
        said = {"match": who.match, "q": who.q, "pipeline": who.pipeline_id or "", "state": who.status}
        query.update({name: str(value) for name, value in said.items() if value})
        if broken := selectors.BoardFilter.read(query).problems(member):
            return refuse(422, "invalid", " ".join(broken), "deals.where")
        selection = DealSelection(query=query.urlencode(), without=frozenset(who.except_ids))
    try:
        return selection, _change(request, payload.change)
    except bulk_asking.BulkRefusedError as refused:
        return refuse(422, "invalid", str(refused), "change.value")


def _change(request: HttpRequest, asked: DealBulkChange) -> Change:
    """What is asked as the service takes it. Raises BulkRefusedError."""
    if asked.what == "field":
        return _field(asked)
    if asked.op != "set":
        raise bulk_asking.BulkRefusedError("Only several choices are added to and removed from.")
    due = _due(asked.value) if asked.what == "due" else None
    if asked.what in {"company", "amount"}:
        if isinstance(asked.value, bool | dict | list):
            raise bulk_asking.BulkRefusedError("Send a name, or an amount.")
    elif (
        asked.what != "due"
        and asked.value is not None
        and (isinstance(asked.value, bool) or not isinstance(asked.value, int))
    ):
        raise bulk_asking.BulkRefusedError("Send a number, or null.")
    said = "" if asked.value is None else str(asked.value)
    data = QueryDict(mutable=True)
    data.update({"what": asked.what, "typed": said, "reason": text.clean(asked.lost_reason, limit=255)})
    member = member_of(request)
    return bulk_asking.read_change(data, member=member, due=due)


def _due(said: Any) -> Due:
    if said is not None and not isinstance(said, str):
        raise bulk_asking.BulkRefusedError("Write a day, or a moment with its offset.")
    try:
        return read_due(said, None)
    except DetailRefusedError as refused:
        raise bulk_asking.BulkRefusedError(str(refused)) from refused


def _field(asked: DealBulkChange) -> Change:
    known = [field for field in fields.fields_of("deal", EVERY) if field.is_active]
    field = fields.find_field(known, asked.field) if asked.field else None
    if field is None:
        raise bulk_asking.BulkRefusedError("There is no such field.")
    if asked.op != "set" and field.kind != "multiselect":
        raise bulk_asking.BulkRefusedError("Only several choices are added to and removed from.")
    try:
        held = contacts.read_value(field, asked.value, fields.home())
    except contacts.ValueRefusedError as refused:
        raise bulk_asking.BulkRefusedError(str(refused)) from refused
    if held is None and (asked.op != "set" or field.is_required):
        raise bulk_asking.BulkRefusedError("This must not be empty.")
    return Change("field", asked.op, fields.plain(held), field.id)


def _out(done: BulkChange) -> dict[str, Any]:
    names = ("state", "total", "is_more", "changed", "same", "refused", "restored", "kept", "created_at")
    return {
        "id": done.pk,
        "change": bulk_asking.words_of(Change(**done.change)),
        "finished_at": done.finished_at,
        **{name: getattr(done, name) for name in names},
    }
