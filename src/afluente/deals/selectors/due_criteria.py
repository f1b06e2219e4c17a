"""Filtering deals by when they are due, by their company, and by why they were lost."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors import asking
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker
from afluente.contacts.selectors.criteria import MOMENT, TEXT, Criterion
from afluente.kernel import clock, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership


def _due(asker: Asker) -> Answer:
    """Open deals by when they are due: none, overdue, within a day, a week, a month (crm.md 5.14)."""
    now = clock.now()
    spans = {"day": 1, "week": 7, "month": 30}
    asked = Q(pk__in=())
    for value in asker.among({"none", "overdue", *spans}):
        if value == "none":
            asked |= Q(due_at=None)
        elif value == "overdue":
            asked |= Q(due_at__lt=now, closed_at=None)
        else:
            until = now + timedelta(days=spans[value])
            asked |= Q(due_at__gte=now, due_at__lt=until, closed_at=None)
    return ~Answer(asked) if asker.op == "is_not" else Answer(asked)


def _dues(_member: Membership) -> Iterable[tuple[str, Any]]:
    return [
        ("overdue", pgettext("deals", "Overdue")),
        ("day", gettext("Due within a day")),
        ("week", gettext("Due within a week")),
        ("month", gettext("Due within a month")),
        ("none", gettext("No due date")),
    ]


def _company(asker: Asker) -> Answer:
    """Deals by a piece of their company's name, of companies that the member may open."""
    if asker.op in {EMPTY, FILLED}:
        return Answer(Q(company__isnull=asker.op == EMPTY))
    said = text.norm(text.clean(asker.value, limit=200))
    seen = contact_policies.companies_visible_to(asker.member).filter(sort_name__contains=said)
    answer = Answer(Q(company__in=seen.values("pk")))
    return ~answer if asker.op == "not_contains" else answer


def _reason(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        empty = Answer(Q(lost_reason=""))
        return empty if asker.op == EMPTY else ~empty
    return asking.text_question("lost_reason", asker)


MORE = (
    Criterion(
        slug="due",
        label=_("Due"),
        ops=("is", "is_not"),
        ask=_due,
        control="choices",
        choices=_dues,
        order=15,
    ),
    Criterion(
        slug="due_on",
        label=_("Due, by date"),
        ops=(*MOMENT, EMPTY, FILLED),
        ask=partial(asking.moment_question, "due_at"),
        control="date",
        order=15,
    ),
    Criterion(
        slug="company",
        label=_("Company"),
        ops=("contains", "not_contains", EMPTY, FILLED),
        ask=_company,
        order=16,
    ),
    Criterion(slug="lost_reason", label=_("Lost reason"), ops=TEXT, ask=_reason, order=16),
)
