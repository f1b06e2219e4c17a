"""Fields of contacts, companies, deals and tasks for other programs: their makers must be allowed to configure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field as Value

from afluente.accounts.policies import may_configure
from afluente.accounts.requests import member_of
from afluente.contacts import selectors, services
from afluente.contacts.api.contacts import not_allowed, refusal
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import EVERY, Field, FieldOption
from afluente.timeline.events import token_actor

router = Router(tags=["Fields"])
Entity = Literal["contact", "company", "deal", "task"]
Scope = Annotated[int, Value(ge=1, le=2**63 - 1)]
SCOPE = "The pipeline of deals or the board of tasks that has the field; null for all of them."
Kind = Literal["text", "number", "moment", "link", "checkbox", "select", "multiselect"]
Format = Literal["", "cpf", "cnpj", "cpf_cnpj"]
Heading = Annotated[int, Value(ge=1, le=2**63 - 1)]
Label = Annotated[str, Value(min_length=1, max_length=255)]


class FieldNew(Shape):
    """A field to be made, after the present ones."""

    entity: Entity = "contact"
    scope_id: Scope | None = Value(None, description=SCOPE)
    name: Label
    kind: Kind = "text"
    format: Format = Value("", description="What a text must be.")
    is_required: bool = Value(False, description="Asked of people; programs may leave it empty.")
    is_on_card: bool = True
    tab_id: Heading | None = Value(None, description="A heading; null for General.")
    options: list[Label] = Value([], max_length=500, description="The choices of a list.")


class FieldPatch(Shape):
    """What is to be changed. `options` are all choices by their words, in their order: one that is left
    out is deleted, or only put away while records have it."""

    name: Label | None = None
    kind: Kind | None = None
    format: Format | None = None
    is_required: bool | None = None
    is_on_card: bool | None = None
    tab_id: Heading | None = Value(None, description="A heading; null for General.")
    state: Literal["active", "hidden", "archived"] | None = None
    options: list[Label] | None = Value(None, max_length=500)


class FieldOrder(Shape):
    entity: Entity = "contact"
    scope_id: Scope | None = Value(None, description=SCOPE)
    fields: list[int] = Value(max_length=500, description="Numbers of fields, the first one first.")


class OptionOut(Schema):
    id: int
    label: str
    color: int | None
    is_archived: bool


class FieldOut(Schema):
    id: int
    entity: str
    scope_id: int | None = Value(description=SCOPE)
    name: str
    kind: str
    format: str
    is_required: bool
    is_on_card: bool
    state: str
    tab_id: int | None
    tab: str = Value(description="The heading's name.")
    options: list[OptionOut]


class FieldsOut(Schema):
    items: list[FieldOut]


@router.get("/fields", response=FieldsOut)
def list_fields(request: HttpRequest, entity: Entity = "contact", scope_id: int | None = None) -> Any:
    """All fields in their order, hidden and archived ones too; with `scope_id` those of one pipeline or
    board, without the ones that all of them have.
    """
    return {"items": selectors.fields_of(entity, scope_id) if scope_id != EVERY else []}


@router.post("/fields", response={201: FieldOut, 403: Refused, 422: Refused})
def create_field(request: HttpRequest, payload: FieldNew) -> Any:
    """Make a field."""
    if not may_configure(member_of(request)):
        return not_allowed()
    if refused := _no_heading(payload.tab_id) or _no_scope(payload.entity, payload.scope_id):
        return refused
    try:
        made = services.create_field(**payload.dict(), by=token_actor(request))
    except services.FieldRefusedError as mistake:
        return refusal(422, "invalid", str(mistake), mistake.place)
    return Status(201, field_found(made.pk))


@router.post("/fields/order", response={200: FieldsOut, 403: Refused})
def order_fields(request: HttpRequest, payload: FieldOrder) -> Any:
    """Put fields into another order; those that are not named stand behind."""
    if not may_configure(member_of(request)):
        return not_allowed()
    services.order_fields(
        entity=payload.entity, scope_id=payload.scope_id, ids=payload.fields, by=token_actor(request)
    )
    return {"items": selectors.fields_of(payload.entity, payload.scope_id)}


@router.get("/fields/{field_id}", response={200: FieldOut, 404: Refused})
def read_field(request: HttpRequest, field_id: int) -> Any:
    """One field."""
    return field_found(field_id) or missing_field()


@router.patch("/fields/{field_id}", response={200: FieldOut, 403: Refused, 404: Refused, 422: Refused})
def change_field(request: HttpRequest, field_id: int, payload: FieldPatch) -> Any:
    """Change a field; its kind only while it has no values."""
    if field_found(field_id) is None:
        return missing_field()
    if not may_configure(member_of(request)):
        return not_allowed()
    given = payload.dict(exclude_unset=True)
    if refused := _no_heading(payload.tab_id):
        return refused
    changes = {name: value for name, value in given.items() if value is not None or name == "tab_id"}
    labels, state, by = changes.pop("options", None), changes.pop("state", None), token_actor(request)
    try:
        services.change_field(field_id=field_id, changes=changes, by=by)
        if labels is not None:
            services.save_options(field_id=field_id, drafts=_drafts(field_id, labels), by=by)
    except services.FieldRefusedError as mistake:
        return refusal(422, "invalid", str(mistake), mistake.place)
    if state is not None:
        services.set_field_state(field_id=field_id, state=state, by=by)
    return field_found(field_id)


@router.delete("/fields/{field_id}", response={204: None, 403: Refused, 404: Refused, 409: Refused})
def delete_field(
    request: HttpRequest,
    field_id: int,
    even_used: Annotated[bool, Query(description="Delete it although something uses it.")] = False,
) -> Any:
    """Delete a field with all its values. 409 names what uses it, unless `even_used` is given."""
    found = field_found(field_id)
    if found is None:
        return missing_field()
    if not may_configure(member_of(request)):
        return not_allowed()
    uses = [str(use.what) for use in selectors.uses_of(found)]
    if uses and not even_used:
        return refusal(409, "in_use", f"It is used by: {', '.join(uses)}. Send even_used=true to delete it.")
    services.delete_field(field_id=field_id, by=token_actor(request))
    return Status(204, None)


def _no_heading(number: int | None) -> Any:
    if number is None or number in {tab.pk for tab in selectors.tabs_of()}:
        return None
    return refusal(422, "invalid", "There is no such heading.", "tab_id")


def _no_scope(entity: str, scope_id: int | None) -> Any:
    subject = selectors.field_subject(entity)
    if subject is None:
        return refusal(422, "invalid", "These records have no fields of their own.", "entity")
    if not subject.has_scope(scope_id):
        return refusal(422, "invalid", "There is no such pipeline or board.", "scope_id")
    return None


def field_found(field_id: int) -> selectors.KnownField | None:
    """A field of any kind of record."""
    row = Field.objects.kept().filter(pk=field_id).first()
    return selectors.find_field(selectors.fields_of(row.entity, row.scope_id), field_id) if row else None


def missing_field() -> Any:
    """There is no such field."""
    return refusal(404, "not_found", "There is no such field.")


def _drafts(field_id: int, labels: list[str]) -> list[services.OptionDraft]:
    """Choices by their words; those there are already keep their number."""
    known = {
        option.label.lower(): option
        for option in FieldOption.objects.filter(field_id=field_id).order_by("pk")
    }
    drafts = []
    for label in labels:
        option = known.get(label.strip().lower())
        drafts.append(
            services.OptionDraft(
                label=label, id=option.pk if option else None, color=option.color if option else None
            )
        )
    return drafts
