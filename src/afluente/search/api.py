"""One question to everything, for other programs (docs/reference/api.md)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from afluente.kernel.seeking import Sought
from afluente.search import selectors

router = Router(tags=["Search"])
Kind = Literal["contacts", "companies", "deals", "tasks"]
# What a token must be able to read to be told of a kind.
SCOPES = {
    "contacts": "contacts:read",
    "companies": "contacts:read",
    "deals": "deals:read",
    "tasks": "tasks:read",
}


class Asked(Schema):
    q: Sought = Field(min_length=1, max_length=200, description="Pieces of names, addresses and numbers.")
    kind: list[Kind] = Field([], max_length=4, description="Only these kinds; all of them when left out.")
    limit: int = Field(10, ge=1, le=50, description="Of each kind.")


class FoundOut(Schema):
    kind: str
    id: int
    title: str
    note: str = Field(description="What tells it from others: an address, a company, a stage.")
    url: str = Field(description="Its page, below the address of this installation.")


class ResultsOut(Schema):
    items: list[FoundOut]
    late: list[str] = Field(description="Kinds that gave no answer in time.")


@router.get("/search", response=ResultsOut)
def search(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Contacts, companies and deals that fit, the best of each kind first; of what the token may read."""
    token = request.token  # type: ignore[attr-defined]  # set by config.gate
    kinds = [kind for kind in asked.kind or SCOPES if SCOPES[kind] in token.scopes]
    found = selectors.look_in_kinds(member=token.created_by, typed=asked.q, kinds=kinds, limit=asked.limit)
    items = [
        {"kind": group.name, "id": row.pk, "title": str(row.title), "note": str(row.note), "url": row.url}
        for group in found
        for row in group.rows
    ]
    return {"items": items, "late": [group.name for group in found if group.is_slow]}
