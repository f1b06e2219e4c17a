"""What leaves and left, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.delivery import policies
from afluente.delivery.models import Message, Template

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.deals.models import Deal

SIZE = 50
OFFERED = 20  # deals that a template can be looked at with
TONES = {"sent": "ok", "failed": "bad", "unknown": "warn"}
REASONS: Mapping[str, StrOrPromise] = {
    "": "",
    "no_sender": _("Nobody said how messages of this kind are sent."),
    "no_consent": _("The person wants no such messages."),
    "no_recipient": _("The address does not exist."),
    "too_late": _("It would have come too late."),
    "refused": _("The other side refused it."),
    "forbidden_place": _("The server's address leads into a network that is not public."),
    "bad_message": _("It is no message that can be sent."),
    "tries_used_up": _("It was tried for three days."),
    "no_answer": _("The connection was lost before the server said whether it took the message."),
    "sender_died": _("The program ended while it was sending."),
    "receipt": _("The provider said afterwards that it took it."),
    "decided": _("A colleague said so."),
    "stopped_by_user": _("A colleague took it back."),
    "stage_left": _("The deal left the stage."),
    "record_deleted": _("The record was deleted."),
    "merged": _("The deal became part of another one."),
    "definition_stopped": _("The rules were stopped."),
}


@dataclass(frozen=True)
class Page:
    """Some messages, and the number to go on from."""

    rows: Sequence[Message]
    next_before: int | None


def message_page(*, member: Membership, state: str = "", before: int | None = None) -> Page:
    """The messages that `member` sees, the newest first."""
    found = policies.messages_visible_to(member)
    if state in Message.State.values:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("deal", "contact").order_by("-pk")[: SIZE + 1])
    return Page(rows[:SIZE], rows[SIZE - 1].pk if len(rows) > SIZE else None)


def undecided_count(member: Membership) -> int:
    """How many messages wait for somebody to say what became of them."""
    return policies.messages_visible_to(member).filter(state=Message.State.UNKNOWN).count()


def templates(*, is_archived: bool = False) -> list[Template]:
    """The templates that are offered, or those that are not any more, by name."""
    return list(Template.objects.filter(archived_at__isnull=not is_archived).order_by("name", "pk"))


def deals_offered(deals: Sequence[Deal]) -> list[tuple[int, str]]:
    """Deals as a list of choices."""
    return [(one.pk, one.name or f"#{one.pk}") for one in deals]


def written_since(
    moment: dt.datetime, *, contact_ids: Collection[int]
) -> QuerySet[Message, tuple[int | None, int, str, str, dt.datetime]]:
    """What rules wrote to contacts since a moment and did not take back: rules, contact, subject, text, when."""
    gone = [Message.State.SKIPPED, Message.State.CANCELLED, Message.State.FAILED]
    found = Message.objects.filter(contact_id__in=contact_ids, created_at__gt=moment, rule_id__isnull=False)
    return found.exclude(state__in=gone).values_list("rule_id", "contact_id", "subject", "text", "created_at")
