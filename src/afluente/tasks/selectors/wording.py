"""Tasks by the words of their titles (ADR 0136): each word typed begins one of the title's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Reach
from afluente.kernel import words
from afluente.tasks import policies, statements

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet

FEW = 3_000  # found by the index, they are asked for by number; more than that fill pages of any order soon
NEWEST = 200  # looked at for the open ones among them


def worded(typed: str) -> Q:
    """Whose title has these words; everything when there are none. Asks the index at once."""
    said = words.words_of(typed)
    if not said:
        return Q()
    named = statements.tasks_named(said, mates=None, member_id=0, limit=FEW + 1)
    if len(named) <= FEW:
        return Q(words.OneOf(named))
    asked = Q()
    for word in said:
        asked &= Q(words.Begins("search_title", word))
    return asked


def found_by_title(member: Membership, typed: str) -> TaskQuerySet:
    """Tasks that `member` sees among the newest with these words; open ones first, then the newest."""
    reach = accounts.reach_of(member, Area.TASKS, Action.VIEW)
    said = words.words_of(typed)
    seen = policies.visible_to(member)
    if not said or reach == Reach.NONE:
        return seen.none()
    mates = accounts.assignees_within(member, reach)
    named = statements.tasks_named(said, mates=mates, member_id=member.pk, limit=NEWEST)
    return seen.filter(pk__in=named).order_by(F("done_at").desc(nulls_first=True), "-pk")
