"""What leaves, in a workspace that is probed: a template, a message, a sender, consent, a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.delivery import services
from afluente.delivery.models import Call, Message, Suppression
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


def fill(canary: str, owner: Membership, *, deal_id: int, contact_id: int) -> dict[str, Any]:
    """One of each, whose texts carry the canary; their numbers by kind."""
    template = services.save_template(template=None, name=canary, subject=canary, body=canary)
    address = f"{canary}@probe.example"
    message = services.NewMessage(
        channel="email",
        key=f"probe:{canary}",
        address=address,
        subject=canary,
        text=canary,
        html=f"<p>{canary}</p>",
        contact_id=contact_id,
        deal_id=deal_id,
        rule_name=canary,
    )
    services.queue_messages([message])
    queued = Message.objects.get(key=message.key)
    Message.objects.filter(pk=queued.pk).update(
        state=Message.State.UNKNOWN, reason="no_answer", detail=canary
    )
    services.save_sender(
        channel="email",
        secret=canary,
        by=owner,
        provider="smtp",
        options={"host": f"{canary}.example", "port": 587, "security": "starttls", "username": canary},
        from_name=canary,
        from_address=address,
    )
    by = Actor("member", owner.pk, canary)
    services.say_consent(
        contact_id=contact_id,
        channel="email",
        is_given=True,
        source=canary,
        by=by,
        proof=services.Proof(reason=canary, wording=canary, agent=canary),
    )
    services.suppress(channel="email", address=f"gone-{address}", reason="bounced", detail=canary)
    suppressed = Suppression.objects.get(address=f"gone-{address}")
    audience = services.save_audience(
        audience=None,
        name=canary,
        network="meta",
        options={"audience": "23850000000000001"},
        secret=canary.ljust(30, "x"),
        by=owner,
    )
    told = _webhook(canary, owner, deal_id=deal_id, contact_id=contact_id)
    return {
        "template": template.pk,
        "message": queued.pk,
        "suppression": suppressed.pk,
        "audience": audience.pk,
        **told,
    }


def _webhook(canary: str, owner: Membership, *, deal_id: int, contact_id: int) -> dict[str, Any]:
    """An endpoint, and a call of it that failed."""
    endpoint, _secret = services.save_endpoint(
        endpoint=None,
        url=f"https://{canary}.example/told",
        events=["deal.deleted"],
        description=canary,
        headers={"X-Probe": canary},
        by=owner,
    )
    wanted = services.NewCall(
        key=f"probe:{canary}",
        kind="rule",
        body=f'{{"text": "{canary}"}}',
        endpoint_id=endpoint.pk,
        contact_id=contact_id,
        deal_id=deal_id,
        rule_name=canary,
    )
    services.queue_calls([wanted])
    call = Call.objects.get(key=wanted.key)
    Call.objects.filter(pk=call.pk).update(state=Call.State.FAILED, reason="no_answer", detail=canary)
    return {"endpoint": endpoint.pk, "call": call.pk}
