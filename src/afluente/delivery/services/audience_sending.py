"""Telling a network who is in an audience: removals first, many people in one request, each again until it is taken.

Adding somebody twice or taking them out twice changes nothing there, so a request whose answer was lost is made
again (S-TX: once is enough, twice does no harm).
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.accounts import services as accounts
from afluente.accounts.models import Membership
from afluente.delivery import policies
from afluente.delivery.models import Audience, AudienceMember
from afluente.delivery.services import networks
from afluente.delivery.services.audience_members import wake_audience
from afluente.delivery.services.audiences import NETWORKS, Hashes, agreed_to_audiences, audience_hashes
from afluente.kernel import box, clock
from afluente.kernel.workspace import scope
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.delivery.services.networks import Verdict

TURN = 20.0  # seconds of one job
PAUSES = (30, 120, 600, 1_800, 3_600)  # seconds after requests that failed in a row; then the last one
FAILS_FOR = dt.timedelta(days=3)
OFF = "audience.off"
State = AudienceMember.State


@dataclass(frozen=True)
class Batch:
    """What one request says."""

    audience: Audience
    ids: Sequence[int]
    people: Sequence[Hashes]
    is_removal: bool


def tell_audience(audience_id: int, *, workspace_id: int, seconds: float = TURN) -> int:
    """Tell the network what it does not know yet, for at most `seconds`; how many requests were made. Outside any
    transaction: each request has one of ours before and one after it.
    """
    until, made = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        with scope(workspace_id):
            batch = _next(audience_id)
        if batch is None:
            break
        _tell(batch, workspace_id)
        made += 1
    with scope(workspace_id):
        _look_again(audience_id)
    return made


def _tell(batch: Batch, workspace_id: int) -> None:
    try:
        verdict = networks.tell(
            batch.audience.network,
            options=batch.audience.options,
            secret=box.unseal(batch.audience.secret_box),
            people=batch.people,
            is_removal=batch.is_removal,
        )
    except box.UnreadableSecretError:
        verdict = networks.Verdict(networks.Fate.REFUSED, "The secret was sealed with another key.")
    with scope(workspace_id):
        audience = Audience.objects.select_for_update(of=("self",)).filter(pk=batch.audience.pk).first()
        if audience is None:
            return
        if verdict.fate == networks.Fate.DONE:
            _taken(audience, batch)
        else:
            _failed(audience, verdict)


def _next(audience_id: int) -> Batch | None:
    """Whom the next request is about; None when there is nobody, or the network is left alone now."""
    audience = Audience.objects.filter(pk=audience_id, is_on=True).first()
    if audience is None or (audience.wait_until and audience.wait_until > clock.now()):
        return None
    leaving = _waiting(audience, State.REMOVING)
    if leaving:
        people = [Hashes(one.email_hash, one.phone_hash) for one in leaving]
        return Batch(audience, [one.pk for one in leaving], people, is_removal=True)
    while rows := _waiting(audience, State.ADDING):
        going = _allowed(audience, rows)
        if going:
            people = [Hashes(one.email_hash, one.phone_hash) for one in going]
            return Batch(audience, [one.pk for one in going], people, is_removal=False)
    return None


def _waiting(audience: Audience, state: str) -> list[AudienceMember]:
    found = AudienceMember.objects.filter(audience=audience, state=state).order_by("pk")
    return list(found.select_for_update(of=("self",))[: networks.MOST])


def _allowed(audience: Audience, rows: Sequence[AudienceMember]) -> list[AudienceMember]:
    """Those who agreed, with their hashes. Whoever took it back meanwhile goes, out of the network too if an earlier
    request may have named them.
    """
    agreed = agreed_to_audiences([one.contact_id for one in rows if one.contact_id])
    fresh = [one.contact_id for one in rows if one.contact_id in agreed and one.asked_at is None]
    hashes = audience_hashes(NETWORKS[audience.network], [pk for pk in fresh if pk])
    going, gone, now = [], [], clock.now()
    for one in rows:
        if one.contact_id in agreed and one.asked_at is None and one.contact_id in hashes:
            found = hashes[one.contact_id]
            one.email_hash, one.phone_hash, one.asked_at = found.email, found.phone, now
        if one.contact_id in agreed and one.asked_at is not None:
            going.append(one)
        else:
            gone.append(one)
    AudienceMember.objects.bulk_update(going, ["email_hash", "phone_hash", "asked_at"], batch_size=1_000)
    left = AudienceMember.objects.filter(pk__in=[one.pk for one in gone])
    left.filter(asked_at=None).delete()
    left.update(state=State.REMOVING, updated_at=now)
    return going


def _taken(audience: Audience, batch: Batch) -> None:
    """The network has it: who is in is in, who is out is forgotten. Whoever was let go meanwhile stays let go."""
    now = clock.now()
    state = State.REMOVING if batch.is_removal else State.ADDING
    found = AudienceMember.objects.filter(pk__in=batch.ids, state=state).order_by("pk")
    people = list(found.select_for_update(of=("self",)).values_list("pk", "contact_id"))
    mine = AudienceMember.objects.filter(pk__in=[pk for pk, _ in people])
    if batch.is_removal:
        mine.delete()
    else:
        mine.update(state=State.IN, updated_at=now)
    Audience.objects.filter(pk=audience.pk).update(
        detail="", attempts=0, wait_until=None, failing_since=None, answered_at=now
    )
    data = {"audience": audience.name, "network": str(audience.get_network_display())}
    timeline.record(
        [
            NewEvent("audience.left", SYSTEM, contact_id=contact, data=data)
            if batch.is_removal
            else NewEvent("audience.joined", SYSTEM, contact_id=contact, data=data)
            for _, contact in people
            if contact
        ]
    )


def _failed(audience: Audience, verdict: Verdict) -> None:
    """Leave the network alone for a while; switch off what it refuses, or what fails for days, and say so."""
    now = clock.now()
    audience.detail, audience.failing_since = verdict.detail[:500], audience.failing_since or now
    pause = PAUSES[min(audience.attempts, len(PAUSES) - 1)]
    audience.attempts = min(audience.attempts + 1, 1_000)
    audience.wait_until = now + dt.timedelta(seconds=max(pause, verdict.wait))
    audience.save(update_fields=["detail", "failing_since", "attempts", "wait_until"])
    if verdict.fate == networks.Fate.REFUSED:
        _switch_off(audience, Audience.Off.REFUSED)
    elif now - audience.failing_since >= FAILS_FOR:
        _switch_off(audience, Audience.Off.FAILING)


def _switch_off(audience: Audience, reason: str) -> None:
    audience.is_on, audience.off_reason = False, reason
    audience.save(update_fields=["is_on", "off_reason"])
    accounts.record_audit(
        kind=OFF, by=None, subject=audience.name, after={"reason": str(Audience.Off(reason).label)}
    )
    people = Membership.objects.active().select_related("user", "custom_role", "workspace", "team")
    timeline.notify(
        [
            timeline.Notice(
                member_id=one.pk, kind=OFF, record_kind="audience", record_id=audience.pk, actor=SYSTEM
            )
            for one in people
            if policies.may_hook(one)
        ]
    )


def _look_again(audience_id: int) -> None:
    """Come back when the network may be asked again and somebody waits."""
    audience = Audience.objects.filter(pk=audience_id, is_on=True).first()
    if audience and AudienceMember.objects.filter(audience=audience).exclude(state=State.IN).exists():
        wake_audience(audience_id, audience.wait_until)
