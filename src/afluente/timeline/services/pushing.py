"""Messages to the devices of members: a job for each, so that a service that is away loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation

from afluente.accounts.models import Membership
from afluente.kernel import box, clock, jobs, push, text
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.timeline import policies
from afluente.timeline.models import PushDevice
from afluente.timeline.selectors import notifications
from afluente.timeline.services.planning import zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PUSH_JOB = "timeline.push"
MOST = 10  # devices of one member; the one that was used longest ago makes room
NAME = 60


class StrangeDeviceError(Exception):
    """What the browser said is no address of a push service that is known here."""


@transaction.atomic
def add_device(*, member: Membership, name: str, endpoint: str, p256dh: str, auth: str) -> PushDevice:
    """Let a browser of `member` get messages; one that is known gets its new keys. Raises StrangeDeviceError."""
    address = push.Address(endpoint, p256dh, auth)
    try:
        address.check()
    except push.StrangeAddressError as strange:
        raise StrangeDeviceError from strange
    sealed = box.seal(json.dumps(asdict(address)))
    known = {"member": member, "name": text.clean(name, limit=NAME) or "…", "address_box": sealed}
    device, _made = PushDevice.objects.update_or_create(
        digest=address.digest, defaults=known, create_defaults={**known, "created_at": clock.now()}
    )
    others = PushDevice.objects.filter(member=member).order_by("-pk").values_list("pk", flat=True)
    PushDevice.objects.filter(pk__in=list(others)[MOST:]).delete()
    return device


def remove_device(*, member: Membership, pk: int) -> bool:
    """Send nothing to a device of `member` any more; False when there is none of that number."""
    return bool(PushDevice.objects.filter(member=member, pk=pk).delete()[0])


def plan_pushes(told: Sequence[tuple[int, int]]) -> None:
    """Queue a message for each device of each member of (notification, member)."""
    devices = PushDevice.objects.filter(member_id__in={member for _, member in told})
    by_member: dict[int, list[int]] = {}
    for pk, member in devices.values_list("pk", "member_id"):
        by_member.setdefault(member, []).append(pk)
    wanted = [
        {"device_id": device, "notification_id": number}
        for number, member in told
        for device in by_member.get(member, ())
    ]
    jobs.enqueue_many(PUSH_JOB, wanted, workspace_id=current_workspace_id())


def push_one(*, workspace_id: int, device_id: int, notification_id: int) -> None:
    """Send a notification to a device, unless it was read meanwhile or may not be seen any more. A device that
    takes no messages any more is forgotten. Sent twice after a crash it is still shown once: it carries
    its number. Raises jobs.HopelessError, push.LaterError.
    """
    found = _message(workspace_id, device_id, notification_id)
    if found is None:
        return
    address, message = found
    try:
        push.send(address, message, topic=f"af{workspace_id}-{notification_id}"[:32])
    except push.GoneError:
        with scope(workspace_id):
            PushDevice.objects.filter(pk=device_id).delete()
        return
    except (push.RefusedError, push.StrangeAddressError) as refused:
        raise jobs.HopelessError(str(refused)) from refused
    with scope(workspace_id):
        PushDevice.objects.filter(pk=device_id).update(used_at=clock.now())


def _message(
    workspace_id: int, device_id: int, notification_id: int
) -> tuple[push.Address, dict[str, Any]] | None:
    with scope(workspace_id):
        device = PushDevice.objects.filter(pk=device_id).first()
        people = Membership.objects.active().select_related("user", "workspace", "team", "custom_role")
        member = people.filter(pk=device.member_id).first() if device else None
        if device is None or member is None:
            return None
        found = policies.notifications_of(member).filter(pk=notification_id, read_at=None)
        with translation.override(member.user.language), timezone.override(zone_of(member)):
            lines = notifications.lines(member=member, found=found)
            if not lines:
                return None
            message = {
                "title": member.workspace.name,
                "body": f"{lines[0].plain}\n{lines[0].excerpt}".strip()[:600],
                "url": lines[0].url,
                "tag": f"af-{notification_id}",
            }
        return push.Address(**json.loads(box.unseal(device.address_box))), message
