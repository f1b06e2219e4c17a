"""What delivery keeps about a person (kernel.personal): messages, consent, addresses that are passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.deals.models import DealContact
from afluente.delivery.models import Attempt, AudienceMember, Call, Consent, Message, Suppression, Trace
from afluente.delivery.models.consenting import digest_of
from afluente.delivery.services.audience_members import forget_people
from afluente.kernel import clock, personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from afluente.kernel.personal import Subject

SAID = (
    "channel",
    "is_given",
    "source",
    "reason",
    "wording",
    "actor_name",
    "ip",
    "agent",
    "raw_event_id",
    "at",
)
WAITING = (Message.State.QUEUED, Message.State.SENDING)


def _digests(subject: Subject) -> list[str]:
    emails = ContactEmail.objects.filter(contact_id__in=subject.ids).values_list("email", flat=True)
    phones = ContactPhone.objects.filter(contact_id__in=subject.ids).values_list("e164", flat=True)
    return [digest_of(one)[:32] for one in (*emails, *phones) if one]


def _calls(subject: Subject) -> QuerySet[Call]:
    """What other programs were told of somebody and of their deals."""
    deals = DealContact.objects.filter(contact_id__in=subject.ids).values("deal_id")
    return Call.objects.filter(Q(contact_id__in=subject.ids) | Q(deal_id__in=deals))


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    messages = Message.objects.filter(contact_id__in=subject.ids).order_by("pk")
    names = (
        "channel",
        "state",
        "reason",
        "address",
        "subject",
        "text",
        "rule_name",
        "created_at",
        "ended_at",
    )
    consents = Consent.objects.filter(contact_id__in=subject.ids).order_by("pk")
    stopped = Suppression.objects.filter(digest__in=_digests(subject)).order_by("pk")
    return [
        *personal.plain(messages.values("id", *names)),
        *personal.plain(
            Trace.objects.filter(message__in=messages.values("pk"))
            .order_by("pk")
            .values("message_id", "place", "doubt", "at")
        ),
        *personal.plain(consents.values(*SAID)),
        *personal.plain(
            AudienceMember.objects.filter(contact_id__in=subject.ids)
            .order_by("pk")
            .values("audience__name", "audience__network", "state", "asked_at")
        ),
        *personal.plain(
            _calls(subject).order_by("pk").values("id", "kind", "state", "body", "created_at", "ended_at")
        ),
        *personal.plain(stopped.values("channel", "address", "reason", "has_left", "detail", "at")),
    ]


def _erase(subject: Subject) -> int:
    """That something was sent stays, for the figures; to whom and what goes. A suppression stays as a keyed hash,
    so that nobody writes to who wanted nothing.
    """
    stopped = Suppression.objects.filter(digest__in=_digests(subject)).update(address="", detail="")
    found = Message.objects.filter(contact_id__in=subject.ids)
    found.filter(state__in=WAITING).update(state=Message.State.CANCELLED, reason="record_deleted")
    traced, _rows = Trace.objects.filter(message__in=found.values("pk")).delete()
    gone, _rows = Consent.objects.filter(contact_id__in=subject.ids).delete()
    struck = found.update(address="", subject="", text="", html="", detail="", message_id="", provider_id="")
    calls = _calls(subject)
    Attempt.objects.filter(call__in=calls.values("pk")).update(said="", problem="")
    calls.filter(state__in=(Call.State.QUEUED, Call.State.SENDING)).update(
        state=Call.State.CANCELLED, reason="record_deleted", ended_at=clock.now()
    )
    stopped += forget_people(subject.ids)
    return stopped + traced + gone + struck + calls.update(body="", detail="")


HOLDING = personal.Holding(
    slug="delivery",
    label=_("Messages and consent"),
    tables=(
        "delivery_message",
        "delivery_trace",
        "delivery_consent",
        "delivery_suppression",
        "delivery_call",
        "delivery_attempt",
        "delivery_audiencemember",
    ),
    collect=_collect,
    erase=_erase,
    fate=_("That a message was sent stays, without its words. Who wanted nothing is still passed over."),
    struck=(("delivery_call", "body"), ("delivery_attempt", "said"), ("delivery_consent", "reason")),
    order=35,
)
FREE = {
    "delivery_audience": "How the workspace itself reaches an ad network.",
    "delivery_endpoint": "Addresses of other programs.",
    "delivery_mailbox": "Where letters of the workspace come back to.",
    "delivery_sender": "How the workspace itself sends.",
    "delivery_template": "Texts that are the same for everybody.",
}
# It is read by the number in the body when it is looked at; what was said was said of who it was then.
STAYING = {("delivery_call", "contact_id"): "Whom another program was told of, as it was then."}
