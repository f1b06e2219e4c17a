"""Filters kept under a name, for other programs: of contacts here, of deals in deals.api (the same rules)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, QueryDict
from ninja import Router, Schema, Status
from pydantic import Field

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.contacts import selectors
from afluente.contacts.api.contacts import refusal
from afluente.contacts.api.shapes import Refused, Shape
from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors.listing import problems
from afluente.contacts.services import saving
from afluente.kernel import conditions
from afluente.kernel.seeking import Sought

router = Router(tags=["Filters"])
Where = Annotated[str, Field(max_length=2_000)]
Name = Annotated[str, Field(min_length=1, max_length=saving.NAME)]
# Why a list cannot be filtered so, in sentences; none when it can.
Check = Callable[[Membership, QueryDict], Sequence[str]]


class FilterPatch(Shape):
    """What is to be changed; what is left out stays. Conditions as in the parameter `where` of the list."""

    name: Name | None = None
    where: list[Where] | None = Field(None, max_length=20)
    match: Literal["all", "any"] | None = None
    q: Sought | None = Field(None, max_length=200)
    is_shared: bool | None = Field(None, description="Whether everybody sees it above their list.")


class FilterNew(FilterPatch):
    name: Name
    where: list[Where] = Field([], max_length=20)


class FilterRow(Schema):
    """A kept filter: send its `where`, `match` and `q` to the list."""

    id: int
    name: str
    where: list[str]
    match: str
    q: str
    is_shared: bool
    is_own: bool
    created_at: datetime


class FilterOut(FilterRow):
    """The same, and why it finds nobody any more: null while nothing it asks for was deleted."""

    problem: str | None


class FiltersOut(Schema):
    items: list[FilterRow]


@router.get("/contacts/filters", response={200: FiltersOut})
def list_contact_filters(request: HttpRequest) -> Any:
    """The kept filters of contacts that the token's maker sees: their own, and those others share."""
    return listed(request, SavedFilter.Entity.CONTACT)


@router.post("/contacts/filters", response={201: FilterOut, 422: Refused})
def create_contact_filter(request: HttpRequest, payload: FilterNew) -> Any:
    """Keep a filter of contacts. A name that the token's maker has already is replaced."""
    return created(request, SavedFilter.Entity.CONTACT, payload, _check)


@router.get("/contacts/filters/{filter_id}", response={200: FilterOut, 404: Refused})
def read_contact_filter(request: HttpRequest, filter_id: int) -> Any:
    """One kept filter of contacts, and whether it can still be asked."""
    return read(request, SavedFilter.Entity.CONTACT, filter_id, _check)


@router.patch("/contacts/filters/{filter_id}", response={200: FilterOut, 404: Refused, 422: Refused})
def change_contact_filter(request: HttpRequest, filter_id: int, payload: FilterPatch) -> Any:
    """Change a filter that the token's maker keeps."""
    return changed(request, SavedFilter.Entity.CONTACT, filter_id, payload, _check)


@router.delete("/contacts/filters/{filter_id}", response={204: None, 404: Refused})
def delete_contact_filter(request: HttpRequest, filter_id: int) -> Any:
    """Forget a filter that the token's maker keeps."""
    return deleted(request, SavedFilter.Entity.CONTACT, filter_id)


def _check(member: Membership, query: QueryDict) -> Sequence[str]:
    return problems(member=member, wanted=selectors.Filter.read(query))


def listed(request: HttpRequest, entity: str) -> Any:
    """All filters of a list that somebody sees: at most a hundred own ones, and the shared ones."""
    member = member_of(request)
    return {"items": [_row(kept, member) for kept in _seen(member, entity).order_by(Lower("name"), "pk")]}


def read(request: HttpRequest, entity: str, number: int, check: Check) -> Any:
    """One of those."""
    member = member_of(request)
    found = _seen(member, entity).filter(pk=number).first()
    return _out(found, member, check) if found else _missing()


def created(request: HttpRequest, entity: str, payload: FilterNew, check: Check) -> Any:
    """Keep a filter, or say why not."""
    return _keep(request, entity, payload, QueryDict(mutable=True), None, check)


def changed(request: HttpRequest, entity: str, number: int, payload: FilterPatch, check: Check) -> Any:
    """Change one of one's own."""
    found = _own(request, entity, number)
    if found is None:
        return _missing()
    return _keep(request, entity, payload, QueryDict(found.query, mutable=True), found, check)


def deleted(request: HttpRequest, entity: str, number: int) -> Any:
    """Forget one of one's own."""
    found = _own(request, entity, number)
    if found is None:
        return _missing()
    found.delete()
    return Status(204, None)


def _keep(
    request: HttpRequest,
    entity: str,
    payload: FilterPatch,
    query: QueryDict,
    found: SavedFilter | None,
    check: Check,
) -> Any:
    member = member_of(request)
    _write(query, payload)
    if (payload.where is not None or payload.match) and (broken := check(member, query)):
        return refusal(422, "invalid", " ".join(broken), "where")
    is_shared = payload.is_shared if payload.is_shared is not None else bool(found and found.is_shared)
    name = payload.name if payload.name is not None else found.name if found else ""
    given: dict[str, Any] = {"name": name, "query": query.urlencode(), "is_shared": is_shared}
    try:
        if found is None:
            made = saving.save_filter(owner=member, entity=entity, **given)
            return Status(201, _out(made, member, check))
        return _out(saving.change_filter(kept=found, **given), member, check)
    except saving.NamelessFilterError:
        return refusal(422, "invalid", "Give the filter a name.", "name")
    except saving.TakenFilterError:
        return refusal(422, "invalid", "Another filter of this list has this name.", "name")
    except saving.TooManyFiltersError:
        return refusal(422, "invalid", "A hundred filters are kept already. Delete one first.", "name")


def _write(query: QueryDict, payload: FilterPatch) -> None:
    """Put what was sent into the address; what is meant when nothing is said is left out of it."""
    if payload.where is not None:
        query.setlist("where", payload.where)
    for name, usual in (("match", "all"), ("q", "")):
        if (said := getattr(payload, name)) is not None:
            query[name] = said
        if query.get(name) == usual:
            del query[name]


def _seen(member: Membership, entity: str) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(Q(owner=member) | Q(is_shared=True), entity=entity)


def _own(request: HttpRequest, entity: str, number: int) -> SavedFilter | None:
    return SavedFilter.objects.filter(owner=member_of(request), entity=entity, pk=number).first()


def _missing() -> Status[Any]:
    return refusal(404, "not_found", "There is no such filter of yours.")


def _out(kept: SavedFilter, member: Membership, check: Check) -> dict[str, Any]:
    return _row(kept, member) | {"problem": " ".join(check(member, QueryDict(kept.query))) or None}


def _row(kept: SavedFilter, member: Membership) -> dict[str, Any]:
    query = QueryDict(kept.query)
    try:
        said = conditions.read_query(dict(query.lists()))
    except conditions.UnreadableError:
        said = conditions.Expression()
    return {
        "id": kept.pk,
        "name": kept.name,
        "where": [where for name, where in said.pairs if name == "where"],
        "match": said.match,
        "q": query.get("q", ""),
        "is_shared": kept.is_shared,
        "is_own": kept.owner_id == member.pk,
        "created_at": kept.created_at,
    }
