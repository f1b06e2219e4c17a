"""Letters that somebody wants no more, also without signing in (RFC 8058): the address is the permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.urls import reverse

from afluente.accounts.models import Membership
from afluente.kernel.workspace import scope
from afluente.timeline.models import Preference
from afluente.timeline.selectors import notices

if TYPE_CHECKING:
    from collections.abc import Sequence

SALT = "afluente.timeline.leaving"


@dataclass(frozen=True)
class Leaving:
    """Whose letters of which kinds; no kinds stand for all of them."""

    workspace_id: int
    member_id: int
    kinds: tuple[str, ...]


def leaving_path(member: Membership, kinds: Sequence[str]) -> str:
    """Where `member` gets rid of letters of these kinds, without signing in and for good."""
    said = [member.workspace_id, member.pk, *kinds]
    return reverse("timeline:leaving", args=[signing.dumps(said, salt=SALT, compress=True)])


def read_leaving(token: str) -> Leaving | None:
    """What an address says; None when it was not made here."""
    try:
        workspace_id, member_id, *kinds = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Leaving(int(workspace_id), int(member_id), tuple(str(kind) for kind in kinds))


def set_mailed(leaving: Leaving, *, is_wanted: bool) -> bool:
    """Stop these letters, or begin again; False when the member is gone. Twice changes nothing."""
    with scope(leaving.workspace_id), transaction.atomic():
        member = Membership.objects.active().filter(pk=leaving.member_id).first()
        if member is None:
            return False
        Preference.objects.get_or_create(member=member)
        preference = Preference.objects.select_for_update().get(member=member)
        for kind in leaving.kinds or [one.name for one in notices.notification_kinds()]:
            ways = [way for way in notices.channels_of(preference, kind) if way != notices.MAIL]
            preference.channels[kind] = [*ways, notices.MAIL] if is_wanted else ways
        preference.save(update_fields=["channels"])
    return True


def language_of(leaving: Leaving) -> str:
    """The language of whoever wants no more letters; empty when they are gone."""
    with scope(leaving.workspace_id):
        found = Membership.objects.filter(pk=leaving.member_id).values_list("user__language", flat=True)
        return str(found.first() or "")
