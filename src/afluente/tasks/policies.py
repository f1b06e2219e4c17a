"""Who may see and change which tasks, as querysets (invariant 9).

Whatever the reach, whoever sees tasks at all sees those they have to do, follow, or have made for
somebody; and changes those they have to do or have made. What a task is about is asked of the policies
of those records: seeing a task opens none of them, but for contacts «linked to my deals and tasks».
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Membership, Reach
from afluente.tasks.models import Board, Task, TaskObserver

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.tasks.models import TaskQuerySet


def visible_to(member: Membership) -> TaskQuerySet:
    """The present tasks that `member` sees."""
    return Task.objects.present().filter(_seen(member))


def editable_by(member: Membership) -> TaskQuerySet:
    """The tasks that `member` may change, complete and link; never more than they see."""
    return visible_to(member).filter(_changed(member, Action.EDIT))


def edits_all(member: Membership) -> bool:
    """Whether `member` may change every task that they see, so that nobody need be asked of each."""
    return accounts.reach_of(member, Area.TASKS, Action.EDIT) == Reach.ALL


def deletable_by(member: Membership) -> TaskQuerySet:
    """The tasks that `member` may delete."""
    return visible_to(member).filter(_changed(member, Action.DELETE))


def exportable_by(member: Membership) -> TaskQuerySet:
    """The tasks that `member` may take out as a file; what they have to do or have made is no right to it."""
    reach = accounts.reach_of(member, Area.TASKS, Action.EXPORT)
    return visible_to(member).filter(accounts.reach_filter(member, reach))


def restorable_by(member: Membership) -> TaskQuerySet:
    """The deleted tasks that `member` may bring back: those they could delete."""
    return gone_for(member).filter(_changed(member, Action.DELETE))


def gone_for(member: Membership) -> TaskQuerySet:
    """The deleted tasks that `member` could see."""
    return Task.objects.exclude(deleted_at=None).filter(_seen(member))


def may_list(member: Membership) -> bool:
    """Whether there is anything of tasks for `member` to open."""
    return accounts.may(member, Area.TASKS, Action.VIEW)


def may_create(member: Membership) -> bool:
    return accounts.may(member, Area.TASKS, Action.CREATE)


def may_export(member: Membership) -> bool:
    return accounts.may(member, Area.TASKS, Action.EXPORT)


def _seen(member: Membership) -> Q:
    reach = accounts.reach_of(member, Area.TASKS, Action.VIEW)
    whose = accounts.reach_filter(member, reach)
    if reach == Reach.NONE or not whose:
        return whose
    follows = TaskObserver.objects.filter(task_id=OuterRef("pk"), member_id=member.pk)
    return whose | Q(assignee_id=member.pk) | Q(created_by_id=member.pk) | Q(Exists(follows))


def _changed(member: Membership, action: Action) -> Q:
    reach = accounts.reach_of(member, Area.TASKS, action)
    whose = accounts.reach_filter(member, reach)
    if reach == Reach.NONE or not whose:
        return whose
    return whose | Q(assignee_id=member.pk) | Q(created_by_id=member.pk)


def may_configure(member: Membership) -> bool:
    """Boards and their steps."""
    return accounts.may(member, Area.BOARDS, Action.CONFIGURE)


def boards_of(member: Membership) -> QuerySet[Board]:
    """The present boards, for whoever has tasks at all."""
    present = Board.objects.filter(archived_at=None)
    return present if may_list(member) else present.none()
