"""How the token's maker wants to be told, and on which devices, for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from afluente.accounts.requests import member_of
from afluente.timeline import services
from afluente.timeline.models import Preference, PushDevice
from afluente.timeline.selectors import notices

router = Router(tags=["Notifications"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Way = Literal["app", "mail", "push"]
Rhythm = Literal["soon", "hourly", "daily"]
MOST = 200


class Choice(Schema):
    """Something that a kind may be narrowed to, such as a pipeline."""

    id: int
    name: str


class KindOut(Schema):
    """A kind of notification and the ways by which it reaches its reader; without any it is not told. `only` narrows
    it to some of `options`; empty means all of them.
    """

    kind: str
    label: str
    ways: list[Way]
    is_urgent: bool = Field(description="Mailed at once, whatever the rhythm.")
    only: list[int]
    options: list[Choice]


class PreferencesOut(Schema):
    """`mail_after` is in minutes and counts when the rhythm is `soon`, `mail_hour` when it is `daily`, where the
    reader lives.
    """

    kinds: list[KindOut]
    rhythm: Rhythm
    mail_after: int
    mail_hour: int


class KindShape(Schema):
    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, Field(max_length=40)]
    ways: list[Way] | None = Field(None, max_length=3)
    only: list[Number] | None = Field(None, max_length=MOST)


class PreferencesPatch(Schema):
    """Only what is sent is changed."""

    model_config = ConfigDict(extra="forbid")
    kinds: list[KindShape] = Field([], max_length=MOST)
    rhythm: Rhythm | None = None
    mail_after: Literal[5, 15, 60, 240] | None = None
    mail_hour: Annotated[int, Field(ge=0, le=23)] | None = None


class DeviceOut(Schema):
    """A browser of the token's maker that takes messages."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


class DevicesOut(Schema):
    items: list[DeviceOut]


class PreferenceProblem(Schema):
    error: dict[str, Any]


@router.get("/notifications/preferences", response={200: PreferencesOut})
def show_preferences(request: HttpRequest) -> Any:
    """By kind, how the token's maker is told, and when letters leave."""
    return _shown(request)


@router.patch("/notifications/preferences", response={200: PreferencesOut, 422: PreferenceProblem})
def change_preferences(request: HttpRequest, payload: PreferencesPatch) -> Any:
    """Change how the token's maker is told. A letter that waits leaves by the new rhythm."""
    member = member_of(request)
    known = {kind.name: kind for kind in notices.notification_kinds()}
    now = notices.preferences_of([member.pk]).get(member.pk) or notices.DEFAULT
    channels: dict[str, Any] = {**now.channels}
    choices: dict[str, Any] = {**now.choices}
    for place, said in enumerate(payload.kinds):
        kind = known.get(said.kind)
        if kind is None:
            return _refused(f"kinds.{place}.kind", f"There is no kind {said.kind}.")
        if said.ways is not None:
            channels[kind.name] = [way for way in notices.WAYS if way in said.ways]
        if said.only is not None:
            offered = {pk for pk, _ in kind.options(member)} if kind.options else set()
            if strange := sorted(set(said.only) - offered):
                return _refused(f"kinds.{place}.only", f"{strange[0]} is none of the options of {kind.name}.")
            choices[kind.name] = sorted(set(said.only))
    ways = services.Ways(
        channels=channels,
        choices=choices,
        rhythm=payload.rhythm or now.rhythm,
        mail_after=now.mail_after if payload.mail_after is None else payload.mail_after,
        mail_hour=now.mail_hour if payload.mail_hour is None else payload.mail_hour,
    )
    services.save_ways(member=member, ways=ways)
    return _shown(request)


@router.get("/notifications/devices", response={200: DevicesOut})
def list_devices(request: HttpRequest) -> Any:
    """The browsers that get messages. One is added in that browser, under Settings, Notifications."""
    found = PushDevice.objects.filter(member=member_of(request)).order_by("-pk")
    return {"items": list(found.values("id", "name", "created_at", "used_at"))}


@router.delete("/notifications/devices/{device_id}", response={204: None, 404: PreferenceProblem})
def remove_device(request: HttpRequest, device_id: Number) -> Any:
    """Send nothing to a device any more."""
    if services.remove_device(member=member_of(request), pk=device_id):
        return Status(204, None)
    return Status(404, {"error": {"code": "not_found", "message": "There is no such device."}})


def _shown(request: HttpRequest) -> dict[str, Any]:
    member = member_of(request)
    now: Preference = notices.preferences_of([member.pk]).get(member.pk) or notices.DEFAULT
    return {
        "kinds": [
            {
                "kind": kind.name,
                "label": str(kind.label),
                "ways": list(notices.channels_of(now, kind.name)),
                "is_urgent": kind.is_urgent,
                "only": now.choices.get(kind.name, []),
                "options": [
                    {"id": pk, "name": str(name)}
                    for pk, name in (kind.options(member) if kind.options else ())
                ],
            }
            for kind in notices.notification_kinds()
        ],
        "rhythm": now.rhythm,
        "mail_after": now.mail_after,
        "mail_hour": now.mail_hour,
    }


def _refused(field: str, message: str) -> Status[dict[str, Any]]:
    return Status(422, {"error": {"code": "invalid", "message": message, "field": field}})
