"""Trying rules for real on oneself: what they would say is sent to whoever asks, at once, and to nobody else.

Nothing else of it happens: no task, no change, no call of a webhook, no line in the log of steps, so that figures,
limits of failures and the client's history stay as they are (spec 8, case 113).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext

from afluente.automation.services.actions.telling import NOTICE
from afluente.automation.services.simulating import Looked, dry_run
from afluente.delivery import services as delivery
from afluente.kernel import ids
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.automation.engine.simulating import Told
    from afluente.deals.models import Deal, Stage

MOST = 50  # messages of one test
KEY_SIGNS = 20


@dataclass(frozen=True)
class Rehearsed:
    """How many messages and notices were sent to whoever asked, and what the rules would have done."""

    messages: int
    notices: int
    looked: Looked


@transaction.atomic
def rehearse(
    *,
    deal: Deal,
    by: Membership,
    stage: Stage | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
    now: dt.datetime | None = None,
    days: int = 30,
) -> Rehearsed:
    """Let `by` have what the rules would say of `deal` within `days`: as `dry_run`, and sent. An SMS comes as an
    e-mail that says so. Raises BadRuleError and NotPublishableError.
    """
    looked = dry_run(deal=deal, stage=stage, rules=rules, now=now, days=days)
    said = [(told, one.effect.kind, one.effect.values) for told in looked.steps for one in told.made]
    test = ids.random_text(KEY_SIGNS)
    letters = [
        _letter(told, values, deal, by, f"test:{test}:{number}")
        for number, (told, kind, values) in enumerate(said)
        if kind == "message"
    ][:MOST]
    delivery.queue_messages(letters)
    notices = [values for _told, kind, values in said if kind == "notify"][:MOST]
    for values in notices:
        _notice(values, deal, by)
    return Rehearsed(len(letters), len(notices), looked)


def _letter(
    told: Told, values: Mapping[str, Any], deal: Deal, by: Membership, key: str
) -> delivery.NewMessage:
    subject = str(values["subject"]) or gettext("SMS")
    note = gettext("A test with the deal {deal}: this would have gone to {address}, {when}.").format(
        deal=deal.name, address=values["address"], when=formats.when(told.at) if told.at else ""
    )
    html = str(values.get("html", ""))
    return delivery.NewMessage(
        channel="email",
        key=key,
        address=by.user.email,
        subject=gettext("Test: {subject}").format(subject=subject),
        text=f"{note}\n\n{values['text']}",
        html=format_html("<p>{}</p><hr>", note) + html if html else "",
        rule_name=gettext("Test")[:150],
        is_marketing=False,
        is_urgent=True,
    )


def _notice(values: Mapping[str, Any], deal: Deal, by: Membership) -> None:
    text = gettext("Test: {subject}").format(subject=values["text"])
    timeline.notify(
        [
            timeline.Notice(
                member_id=by.pk,
                kind=NOTICE,
                record_kind="deal",
                record_id=deal.pk,
                actor=SYSTEM,
                data={"text": text},
            )
        ]
    )
