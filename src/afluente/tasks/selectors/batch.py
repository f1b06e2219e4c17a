"""Some tasks whose columns are wanted; what several columns read is asked of the database once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from afluente.contacts.models import ContactEmail, ContactPhone
from afluente.contacts.selectors import held_values
from afluente.kernel import phone
from afluente.tasks import policies
from afluente.tasks.models import TaskObserver
from afluente.tasks.selectors.columns import progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held
    from afluente.tasks.selectors.listing import Row


@dataclass
class TaskBatch:
    """Up to a few thousand tasks, read for `member`. Each property is one query, made when a column asks.

    `fields` are the numbers of the workspace's own fields that will be asked for.
    """

    member: Membership
    rows: Sequence[Row]
    fields: Sequence[int] = ()

    @cached_property
    def ids(self) -> list[int]:
        return [row.task.pk for row in self.rows]

    @cached_property
    def people(self) -> list[int]:
        """The contacts of these tasks that `member` sees."""
        return list({one.id for row in self.rows for one in row.about if one.kind == "contact"})

    @cached_property
    def emails(self) -> dict[int, str]:
        found = ContactEmail.objects.filter(contact_id__in=self.people, is_primary=True)
        return dict(found.values_list("contact_id", "email"))

    @cached_property
    def phones(self) -> dict[int, str]:
        found = ContactPhone.objects.filter(contact_id__in=self.people, is_primary=True)
        rows = found.values_list("contact_id", "e164", "raw")
        return {one: phone.show(e164) if e164 else raw for one, e164, raw in rows}

    @cached_property
    def observers(self) -> dict[int, list[str]]:
        """The names of those who follow, by task."""
        found: dict[int, list[str]] = defaultdict(list)
        links = TaskObserver.objects.filter(task_id__in=self.ids).order_by("member__user__name", "pk")
        for task_id, name in links.values_list("task_id", "member__user__name"):
            found[task_id].append(name)
        return found

    @cached_property
    def parents(self) -> dict[int, str]:
        """The titles of the tasks that these are part of, as far as `member` sees them."""
        wanted = {row.task.parent_id for row in self.rows if row.task.parent_id}
        if not wanted:
            return {}
        return dict(policies.visible_to(self.member).filter(pk__in=wanted).values_list("pk", "title"))

    @cached_property
    def progress(self) -> Mapping[int, tuple[int, int]]:
        return progress(self.ids)

    @cached_property
    def held(self) -> Mapping[int, Mapping[int, Held]]:
        return held_values("task", self.ids, self.fields)
