"""Of what members are told. Slices above register their kinds in `AppConfig.ready`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.timeline.models import Preference

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

APP, MAIL, PUSH = "app", "mail", "push"
WAYS = (APP, MAIL, PUSH)
DEFAULT = Preference()


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """One kind: what the settings call it, the sentence, and how it reaches people by default.

    `sentence` has the places {actor} and {record}, such as «{actor} gave you {record}», and those that
    `words` fills from the data of the notification, in the reader's language and time zone. One that
    `is_urgent` is mailed at once, whatever rhythm its reader has chosen. `options(member)` are things
    that a member may narrow it to, as (number, name), under the heading `options_label`.
    """

    name: str
    label: StrOrPromise
    sentence: StrOrPromise
    sentence_alone: StrOrPromise = ""  # where nobody did it
    channels: tuple[str, ...] = WAYS
    order: int = 50
    icon: str = "bell"  # where nobody did it
    words: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    is_urgent: bool = False
    options: Callable[[Membership], Sequence[tuple[int, StrOrPromise]]] | None = None
    options_label: StrOrPromise = ""


_kinds: dict[str, NotificationKind] = {}


def register_notification(kind: NotificationKind) -> None:
    """Let members be told of `kind`, and choose in their settings how."""
    _kinds[kind.name] = kind


def notification_kinds() -> list[NotificationKind]:
    """Every kind, in the order of the settings."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.name))


def notification_kind(name: str) -> NotificationKind:
    """The kind called `name`; one whose slice is gone says only who and where."""
    return _kinds.get(name) or NotificationKind(name=name, label=name, sentence=_("{actor}: {record}"))


def preferences_of(member_ids: Iterable[int]) -> dict[int, Preference]:
    """What these members chose; who never chose is missing."""
    found = Preference.objects.filter(member_id__in=list(member_ids))
    return {preference.member_id: preference for preference in found}


def channels_of(preference: Preference | None, kind: str) -> Collection[str]:
    """Ways by which a kind reaches somebody with these preferences: "app", "mail", both or none."""
    chosen = (preference or DEFAULT).channels.get(kind)
    return notification_kind(kind).channels if chosen is None else chosen


def wanting(kind: str) -> dict[int, frozenset[int]]:
    """Active members who are told of `kind`, when it is told only to who asks for it, with what they
    narrowed it to (nothing: everything).
    """
    found = Preference.objects.filter(
        channels__has_key=kind, member__is_active=True, member__user__is_active=True
    )
    return {one.member_id: frozenset(one.choices.get(kind, ())) for one in found if channels_of(one, kind)}


register_notification(
    NotificationKind(
        name="mention",
        label=_("Somebody mentions you"),
        sentence=_("{actor} mentioned you on {record}"),
        order=10,
    )
)
register_notification(
    NotificationKind(
        name="reply",
        label=_("Somebody answers in a thread of yours"),
        sentence=_("{actor} replied on {record}"),
        channels=(APP,),
        order=20,
    )
)
register_notification(
    NotificationKind(
        name="comment",
        label=_("Somebody writes about what is yours, or what you follow"),
        sentence=_("{actor} wrote about {record}"),
        channels=(APP, MAIL),
        order=21,
    )
)
register_notification(
    NotificationKind(
        name="rule.message",
        label=_("A rule sends you a message"),
        sentence=_("{record}: {text}"),
        order=90,
        words=lambda data: {"text": str(data.get("text", ""))},
    )
)
