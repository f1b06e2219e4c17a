"""Letters that came back, brought by whoever receives them: a mail server's pipe, or a program."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from afluente.accounts.requests import member_of
from afluente.delivery import policies, services
from afluente.delivery.api.shapes import MessageRefused, refuse

router = Router(tags=["Messages"])


class BounceIn(Schema):
    model_config = ConfigDict(extra="forbid")

    mail: Annotated[str, Field(min_length=1, max_length=services.BOUNCE_LONGEST)] = Field(
        description="The letter as it arrived, with its headers."
    )


class BounceOut(Schema):
    message_id: int | None = Field(
        description="The message of ours that it is about; null for somebody else's."
    )
    arrival: str = Field(description="`there`, `returned`, or nothing while it is on its way.")
    detail: str


@router.post("/messages/bounces", response={200: BounceOut, 403: MessageRefused, 422: MessageRefused})
def bring_bounce(request: HttpRequest, payload: BounceIn) -> Any:
    """Keep what a delivery status notification (RFC 3464) says of a message. The same letter twice is once."""
    if not policies.may_configure(member_of(request)):
        return refuse(403, "not_allowed", "Whoever made this token may not set up sending.")
    try:
        found = services.take_bounce(payload.mail.encode("utf-8", "surrogateescape"))
    except services.NoBounceError as odd:
        return refuse(422, "invalid", str(odd), "mail")
    if found is None:
        return {"message_id": None, "arrival": "", "detail": ""}
    return {"message_id": found.pk, "arrival": found.arrival, "detail": found.arrival_detail}
