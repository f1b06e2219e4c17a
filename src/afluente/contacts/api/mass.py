"""One change of all that a filter finds, or of up to 20,000 by number: looked at, run with progress, taken back.

The same as the screen's: more than two hundred are changed by a job, whose state is asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, QueryDict
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from afluente.accounts.requests import member_of
from afluente.contacts import policies, selectors, services
from afluente.contacts.api import contacts as one
from afluente.contacts.api.attributes import AttributeMistakeError, read_attributes
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import BulkChange
from afluente.contacts.selectors.listing import problems
from afluente.contacts.selectors.selection import MOST_PICKED
from afluente.contacts.services import bulk, bulk_asking
from afluente.contacts.services.bulk_kinds import Change
from afluente.kernel import text
from afluente.kernel.seeking import Sought
from afluente.timeline.events import token_actor

router = Router(tags=["Bulk changes"])
PAGE = 50
PLACES = {"location": 150, "address": 500}

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
TagName = Annotated[str, Field(min_length=1, max_length=64)]


class Who(Shape):
    """Contacts by number, or all that a filter finds: then `where` (`[]` for everybody), `match` and `q`."""

    contact_ids: list[Number] | None = Field(None, min_length=1, max_length=MOST_PICKED)
    where: list[Annotated[str, Field(max_length=2_000)]] | None = Field(None, max_length=20)
    match: Literal["all", "any"] = "all"
    q: Sought = Field("", max_length=200)
    except_ids: list[Number] = Field([], max_length=1_000, description="Left out of what the filter finds.")

    @model_validator(mode="after")
    def _is_one(self) -> Who:
        if (self.contact_ids is None) == (self.where is None):
            raise ValueError("Send either contact_ids or where.")
        return self


class What(Shape):
    """The change: `value` is a member (null for nobody), a text, names of tags, or what a field takes."""

    what: Literal["assignee", "location", "address", "tags", "field", "delete"]
    op: Literal["set", "add", "remove"] = Field("set", description="Tags and several choices: add or remove.")
    value: Any = None
    field: Annotated[str, Field(max_length=255)] | None = Field(
        None, description="Number or name of a field."
    )


class BulkNew(Shape):
    contacts: Who
    change: What


class SampleOut(Schema):
    title: str
    before: str
    after: str


class PreviewOut(Schema):
    """What a change would do to the first 10,000; `is_more` when there are more."""

    changed: int
    same: int
    refused: int = Field(description="Those that the token's maker may not change.")
    is_more: bool
    sample: list[SampleOut]


class BulkOut(Schema):
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
    kept: int = Field(description="Not restored, because somebody changed the same since.")
    created_at: datetime
    finished_at: datetime | None


class BulksOut(Schema):
    items: list[BulkOut]
    next: str | None


class Asked(Schema):
    cursor: Number | None = None
    limit: int = Field(PAGE, ge=1, le=100)


@router.post("/contacts/bulk-changes/preview", response={200: PreviewOut, 403: Refused, 422: Refused})
def preview_bulk_change(request: HttpRequest, payload: BulkNew) -> Any:
    """What a change of many would do, with a few of them before and after. Nothing is changed."""
    read = _read(request, payload)
    if isinstance(read, Status):
        return read
    selection, change = read
    found = bulk_asking.preview(selection=selection, change=change, member=member_of(request))
    sample = [{"title": line.title, "before": line.before, "after": line.after} for line in found.sample]
    counts = {name: getattr(found, name) for name in ("changed", "same", "refused", "is_more")}
    return {**counts, "sample": sample}


@router.post("/contacts/bulk-changes", response={201: BulkOut, 403: Refused, 422: Refused})
def begin_bulk_change(request: HttpRequest, payload: BulkNew) -> Any:
    """Change many contacts alike. Up to 200 are done in the answer; more in the background: ask again."""
    read = _read(request, payload)
    if isinstance(read, Status):
        return read
    selection, change = read
    done = bulk.bulk_change(
        selection=selection, change=change, member=member_of(request), by=token_actor(request)
    )
    return Status(201, _out(done))


@router.get("/contacts/bulk-changes", response={200: BulksOut})
def list_bulk_changes(request: HttpRequest, asked: Query[Asked]) -> Any:
    """What the token's maker changed of many, the newest first."""
    found = BulkChange.objects.filter(member=member_of(request), entity=bulk.CONTACT).order_by("-pk")
    rows = list((found.filter(pk__lt=asked.cursor) if asked.cursor else found)[: asked.limit + 1])
    page = rows[: asked.limit]
    return {"items": [_out(row) for row in page], "next": str(page[-1].pk) if len(rows) > len(page) else None}


@router.get("/contacts/bulk-changes/{bulk_id}", response={200: BulkOut, 404: Refused})
def read_bulk_change(request: HttpRequest, bulk_id: int) -> Any:
    """How far a change has come."""
    found = _own(request, bulk_id)
    return _out(found) if found else _missing()


@router.post("/contacts/bulk-changes/{bulk_id}/undo", response={200: BulkOut, 404: Refused, 409: Refused})
def undo_bulk_change(request: HttpRequest, bulk_id: int) -> Any:
    """Give everybody back what they had; what somebody changed since stays. One that still runs stops."""
    if _own(request, bulk_id) is None:
        return _missing()
    undone = bulk.undo_bulk(bulk_id=bulk_id, by=token_actor(request))
    return _out(undone) if undone else one.refusal(409, "conflict", "This change was taken back already.")


def _own(request: HttpRequest, number: int) -> BulkChange | None:
    return BulkChange.objects.filter(member=member_of(request), pk=number, entity=bulk.CONTACT).first()


def _missing() -> Status[Any]:
    return one.refusal(404, "not_found", "There is no such change.")


def _read(request: HttpRequest, payload: BulkNew) -> tuple[selectors.Selection, Change] | Status[Any]:
    """Who and what, or the refusal."""
    if not policies.may_list(member_of(request)):
        return one.not_allowed()
    who = payload.contacts
    if who.contact_ids is not None:
        selection = selectors.Selection(ids=tuple(dict.fromkeys(who.contact_ids)))
    else:
        query = QueryDict(mutable=True)
        query.setlist("where", who.where or [])
        query.update({name: said for name, said in (("match", who.match), ("q", who.q)) if said})
        wanted = selectors.Filter.read(query)
        if broken := problems(member=member_of(request), wanted=wanted):
            return one.refusal(422, "invalid", " ".join(broken), "contacts.where")
        selection = selectors.Selection(query=wanted.address(), without=frozenset(who.except_ids))
    try:
        return selection, _change(request, payload.change)
    except one.MistakeError as mistake:
        return one.refusal(422, "invalid", str(mistake), f"change.{mistake.field}")


def _change(request: HttpRequest, asked: What) -> Change:
    """What is asked as the service takes it. Raises MistakeError."""
    if asked.what == "tags":
        return _tags(request, asked)
    if asked.what == "field":
        return _field(asked)
    if asked.op != "set":
        raise one.MistakeError("Only tags and several choices are added to and removed from.", "op")
    if asked.what == "delete":
        return Change("delete")
    if asked.what == "assignee":
        return _assignee(request, asked.value)
    if asked.value is not None and not isinstance(asked.value, str):
        raise one.MistakeError("Send a text, or null to empty it.", "value")
    return Change(asked.what, value=text.clean(asked.value or "", limit=PLACES[asked.what]) or None)


def _assignee(request: HttpRequest, number: Any) -> Change:
    if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
        raise one.MistakeError("Send the number of a member, or null for nobody.", "value")
    try:
        found = one.assignee(request, number)
    except one.MistakeError as mistake:
        raise one.MistakeError(str(mistake), "value") from mistake
    return Change("assignee", value=found.pk if found else None)


def _tags(request: HttpRequest, asked: What) -> Change:
    names = asked.value
    if asked.op == "set" or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise one.MistakeError("Send op add or remove, and value as a list of names.", "value")
    if asked.op == "remove":
        numbers = selectors.tags_named(names[:20])
    else:
        try:
            numbers = [tag.pk for tag in services.ensure_tags(names=names[:20], by=token_actor(request))]
        except services.TagRefusedError as refused:
            raise one.MistakeError(str(refused), "value") from refused
    if not numbers:
        raise one.MistakeError("None of these tags is known.", "value")
    return Change("tags", asked.op, sorted(numbers))


def _field(asked: What) -> Change:
    known = [field for field in selectors.fields_of(selectors.CONTACT) if field.is_active]
    field = selectors.find_field(known, asked.field) if asked.field else None
    if field is None:
        raise one.MistakeError("There is no such field.", "field")
    if asked.op != "set" and field.kind != "multiselect":
        raise one.MistakeError("Only several choices are added to and removed from.", "op")
    try:
        (held,) = read_attributes({str(field.id): asked.value}).values()
    except AttributeMistakeError as mistake:
        raise one.MistakeError(str(mistake), "value") from mistake
    if held is None and (asked.op != "set" or field.is_required):
        raise one.MistakeError("This must not be empty.", "value")
    return Change("field", asked.op, selectors.plain(held), field.id)


def _out(done: BulkChange) -> dict[str, Any]:
    names = ("state", "total", "is_more", "changed", "same", "refused", "restored", "kept", "created_at")
    return {
        "id": done.pk,
        "change": bulk_asking.words_of(Change(**done.change)),
        "finished_at": done.finished_at,
        **{name: getattr(done, name) for name in names},
    }
