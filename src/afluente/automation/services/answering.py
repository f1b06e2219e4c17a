"""Answers of other programs: a rule that called one may let what follows it wait for its answer (case 28).

The call says at which address to answer. The address names the step and is signed; it counts once, and only while the
step waits.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import transaction

from afluente.automation.engine.steps import State
from afluente.automation.models import Step
from afluente.automation.services.calling import Answer
from afluente.automation.services.settling import Outcome, settle
from afluente.automation.statements import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.delivery.events import Settled

WAITS = "waits:"  # before the name of a call whose step waits for an answer
SALT = "automation.answer"
DONE, FAILED = "done", "failed"
TAKEN = Answer(200, "taken", "Thank you; what follows goes on.")
ANSWERED = Answer(409, "answered", "It was answered before; this changes nothing.")
OVER = Answer(410, "over", "Nothing waits for this answer any more.")
STRANGE = Answer(404, "not_found", "There is no such address.")
UNCLEAR = Answer(422, "invalid", "state: done or failed.")
log = logging.getLogger("afluente.automation")


def answer_url(step: str, *, workspace_id: int) -> str:
    """The address at which a step's call is answered."""
    token = signing.Signer(salt=SALT).sign_object([workspace_id, step])
    return f"{settings.BASE_URL}/hooks/answer/{token}"


def read_answer(token: str) -> tuple[int, str] | None:
    """The workspace and the step that an address names; None when it is not one of ours, which is logged."""
    try:
        workspace_id, step = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        log.warning("refused the answer of a program: its address is not signed by us")
        return None
    return int(workspace_id), str(step)


@transaction.atomic
def take_answer(*, step: str, body: Mapping[str, Any]) -> Answer:
    """Let a step end as the other program says: `state` done (usual) or failed, `detail` for people.

    In the workspace that the address names. Told twice, the second time is refused and changes nothing.
    """
    said = str(body.get("state") or DONE)
    if said not in {DONE, FAILED}:
        return UNCLEAR
    name = Name.read(step)
    found = (
        Step.objects.filter(
            definition_id=name.definition_id,
            deal_id=name.deal_id,
            epoch=name.epoch,
            rule=name.rule,
            occurrence=name.occurrence,
        )
        .order_by("-pk")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None or found.state != Step.State.AWAITING:
        is_known = found is not None and found.state in {Step.State.APPLIED, Step.State.FAILED}
        log.warning("refused the answer of a program: %s", "answered" if is_known else "over")
        return ANSWERED if is_known else OVER
    state, reason = (State.APPLIED, "") if said == DONE else (State.FAILED, "refused")
    settle([Outcome(step=step, state=state, reason=reason, detail=str(body.get("detail") or "")[:500])])
    return TAKEN


def name_of(fact: Settled) -> str:
    """The step that the end of a message or call is about; '' while its step waits for an answer to it."""
    if fact.key.startswith(WAITS) and fact.state == "sent":
        return ""
    return fact.key.removeprefix(WAITS)
