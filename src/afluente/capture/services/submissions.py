"""A visitor's answers on their way through the one door (`intake`)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.intake import services as intake
from afluente.intake.services.leads import TOUCH
from afluente.kernel import clock, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.capture.services.fields import Field

REPEAT_WINDOW = 600  # seconds in which the same answers without a token are one


@dataclass(frozen=True)
class Visit:
    """What surrounded the answers. `token` was drawn into the page; `trap` is the field nobody sees."""

    address: str = ""
    agent: str = ""
    token: str = ""
    trap: str = ""
    touch: Mapping[str, str] = field(default_factory=dict)


def submit(
    *, workspace_id: int, public_id: str, fields: Sequence[Field], answers: Mapping[str, Any], visit: Visit
) -> intake.Receipt:
    """Hand the answers to intake and return its receipt, after COMMIT.

    Runs outside every scope. Sending the same answers from the same page again is a repeat; changed
    answers from it (a visitor who went back) are another arrival.
    """
    body = _body(fields, answers, visit)
    arrival = intake.Arrival(
        workspace_id=workspace_id,
        public_id=public_id,
        body=body,
        content_type="application/json",
        key=_key(visit, body),
        context={"address": visit.address, "agent": text.clean(visit.agent, limit=300)},
        # Answered like any other, so that a robot learns nothing; kept where people can look (S-18).
        error=intake.Note("spam") if visit.trap else None,
    )
    return intake.accept_many([arrival])[0]


def _body(fields: Sequence[Field], answers: Mapping[str, Any], visit: Visit) -> bytes:
    said = {one.name: _plain(answers.get(one.name)) for one in fields}
    touch = {name: text.clean(visit.touch.get(name, ""), limit=500) for name in TOUCH}
    found: dict[str, Any] = {
        "answers": {name: value for name, value in said.items() if value},
        "visit": {name: value for name, value in touch.items() if value},
    }
    # As it was worded when the visitor read it: the form may say something else by the time this is applied.
    agreed = [
        {"channel": channel, "wording": one.wording}
        for one in fields
        if answers.get(one.name) is True
        for channel in one.channels
    ]
    if agreed:
        found[intake.CONSENTS] = agreed
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")


def _plain(value: Any) -> str:
    """An answer as text: a tick is the word for yes in the form's language."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _key(visit: Visit, body: bytes) -> str:
    """The sender's name for these answers (reliability.md 6.2)."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    if visit.token:
        return f"{text.clean(visit.token, limit=64)}-{digest}"
    window = int(clock.now().timestamp()) // REPEAT_WINDOW
    return f"{window}-{hashlib.sha256(visit.address.encode()).hexdigest()[:16]}-{digest}"
