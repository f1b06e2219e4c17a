"""What automation keeps about a person (kernel.personal): what the conditions of rules met in their deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.automation.models import BacktestRow, Step
from afluente.deals.models import DealContact
from afluente.kernel import personal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from afluente.kernel.personal import Subject


def _steps(subject: Subject) -> QuerySet[Step]:
    deals = DealContact.objects.filter(contact_id__in=subject.ids).values("deal_id")
    return Step.objects.filter(deal_id__in=deals)


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    return personal.plain(
        _steps(subject).order_by("pk").values("id", "rule", "state", "reason", "detail", "asked", "ended_at")
    )


def _erase(subject: Subject) -> int:
    """That a rule ran stays; what it compared and met goes, and what was only tried goes whole."""
    deals = DealContact.objects.filter(contact_id__in=subject.ids).values("deal_id")
    BacktestRow.objects.filter(deal_id__in=deals).delete()
    return _steps(subject).update(asked=[], detail="")


_RAN = "What ran or waited for the deal it was; its steps end with it (S-CANCEL)."
STAYING_WITH_DEALS = {
    (f"automation_{table}", "deal_id"): _RAN
    for table in ("token", "step", "heard", "firing", "frozen", "backtestrow")
}
HOLDING = personal.Holding(
    slug="automation",
    label=_("What rules did"),
    tables=("automation_step", "automation_backtestrow"),
    collect=_collect,
    erase=_erase,
    fate=_("That a rule ran stays; what its condition compared goes."),
    order=34,
)
FREE = {
    "automation_definition": "Rules, which are the same for every deal.",
    "automation_version": "Rules as they were published.",
    "automation_trigger": "What moves deals, which is the same for every deal.",
    "automation_heard": "That something happened, until it was looked at.",
    "automation_firing": "That a trigger moved a deal, or why it did not.",
    "automation_frozen": "Which deals stand still.",
    "automation_backtest": "That rules were tried, and with how many days.",
    "automation_companyhours": "When the company works.",
    "automation_holiday": "When it does not.",
    "automation_personhours": "When a colleague works.",
    "automation_absence": "When a colleague is away.",
    "automation_turn": "Whose turn it is.",
    "automation_token": "Which step of which deal waits, and until when.",
}
# A client who became another one meanwhile is looked up when it is looked at.
STAYING = {("automation_heard", "contact_id"): "Who something happened to; looked at within moments."}
