"""Messages that leave and left, and addresses that are passed over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.api.shapes import (
    LIMIT,
    REFUSALS,
    ChannelName,
    Cursor,
    MessageOut,
    MessageQuery,
    MessagesOut,
    SuppressionsAccepted,
    SuppressionsNew,
    SuppressionsOut,
    missing,
    not_allowed,
    refuse,
)
from afluente.delivery.models import Suppression
from afluente.kernel.keyset import number_in

router = Router(tags=["Messages"])


@router.get("/messages", response={200: MessagesOut, **REFUSALS})
def list_messages(request: HttpRequest, asked: Query[MessageQuery]) -> Any:
    """Messages about what the token's maker sees, the newest first."""
    named = asked.dict(exclude={"cursor"}, exclude_none=True)
    found = policies.messages_visible_to(member_of(request)).filter(**named)
    before = number_in(asked.cursor)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: LIMIT + 1])
    return {"items": rows[:LIMIT], "next": str(rows[LIMIT - 1].pk) if len(rows) > LIMIT else None}


@router.get("/messages/suppressions", response={200: SuppressionsOut, **REFUSALS})
def list_suppressions(
    request: HttpRequest, channel: ChannelName = "email", address: str = "", cursor: Cursor = ""
) -> Any:
    """Addresses that are passed over, the newest first; with `address` that one, also when its owner was erased."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    sought = address.strip()[:254]
    digest = services.digest_kept(forms.spelled(sought, channel)) if sought else ""
    page = selectors.suppression_page(channel=channel, digest=digest, before=number_in(cursor))
    return {"items": page.rows, "next": str(page.next_before) if page.next_before else None}


@router.post("/messages/suppressions", response={200: SuppressionsAccepted, **REFUSALS})
def add_suppressions(request: HttpRequest, payload: SuppressionsNew) -> Any:
    """Write to these addresses no more. One that is passed over already keeps its reason."""
    member = member_of(request)
    if not policies.may_configure(member):
        return not_allowed()
    form = forms.Addresses({"addresses": "\n".join(payload.addresses)}, channel=payload.channel)
    if not form.is_valid():
        return refuse(422, "invalid", " ".join(str(one) for one in form.errors["addresses"]), "addresses")
    said = services.pass_over(channel=payload.channel, addresses=form.found, detail=payload.detail, by=member)
    return {"new": said.new, "known": said.known}


@router.delete("/messages/suppressions/{suppression_id}", response={204: None, **REFUSALS})
def delete_suppression(request: HttpRequest, suppression_id: int) -> Any:
    """Write to an address again; refused for one whose owner unsubscribed."""
    member = member_of(request)
    if not policies.may_configure(member):
        return not_allowed()
    try:
        services.let_through(suppression_id, by=member)
    except Suppression.DoesNotExist:
        return missing("address")
    except services.OwnWordError:
        return refuse(
            422, "unsubscribed", "Its owner unsubscribed: only they come back, by a link in a message."
        )
    return Status(204, None)


@router.get("/messages/{message_id}", response={200: MessageOut, **REFUSALS})
def get_message(request: HttpRequest, message_id: int) -> Any:
    """One message."""
    found = policies.messages_visible_to(member_of(request)).filter(pk=message_id).first()
    return found or missing("message")
