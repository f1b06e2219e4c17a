"""What contacts can be filtered by of their tasks: whether there are any, and how those are tagged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import Tag
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.contacts.selectors.criteria import CHOICE, MANY, Criterion
from afluente.tasks import policies
from afluente.tasks.models import TaskContact, TaskDeal

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership

OPEN, OVERDUE, NONE = "open", "overdue", "none"


def _linked(member: Membership, **asked: Any) -> Q:
    """Contacts with a task among those that `member` sees: a filter tells nothing of the others."""
    seen = policies.visible_to(member).filter(**asked)
    return Q(Exists(TaskContact.objects.filter(contact_id=OuterRef("pk"), task__in=seen)))


def _of_deals(member: Membership, **asked: Any) -> Q:
    """The same of deals."""
    seen = policies.visible_to(member).filter(**asked)
    return Q(Exists(TaskDeal.objects.filter(deal_id=OuterRef("pk"), task__in=seen)))


def _task(linked: Callable[..., Q], asker: Asker) -> Answer:
    member = asker.member
    known = {
        OPEN: lambda: linked(member, done_at=None),
        OVERDUE: lambda: linked(member, pk__in=policies.visible_to(member).overdue()),
        NONE: lambda: ~linked(member, done_at=None),
    }
    found = Q(pk__in=())
    for value in asker.among(known):
        found |= known[value]()
    answer = Answer(found)
    return ~answer if asker.op == "is_not" else answer


def _tag(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(_linked(asker.member, tag_links__isnull=False))
        return ~filled if asker.op == EMPTY else filled
    ids = asker.ids
    if Tag.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This tag was deleted."))
    found = Answer(_linked(asker.member, tag_links__tag_id__in=ids))
    return ~found if asker.op == "is_not" else found


def _tags(_member: Membership) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")]


def _states(_member: Membership) -> list[tuple[str, Any]]:
    return [
        (OPEN, gettext("Something to do")),
        (OVERDUE, gettext("Something overdue")),
        (NONE, gettext("Nothing to do")),
    ]


def _criterion(linked: Callable[..., Q]) -> Criterion:
    return Criterion(
        slug="task",
        label=_("Task"),
        ops=CHOICE,
        ask=partial(_task, linked),
        control="choices",
        choices=_states,
        order=20,
    )


OF_DEALS = _criterion(_of_deals)
CRITERIA = (
    _criterion(_linked),
    Criterion(
        slug="task_tag",
        label=_("Tag of a task"),
        ops=MANY,
        ask=_tag,
        control="choices",
        choices=_tags,
        order=21,
    ),
)
