"""What a board, the list or the calendar show of all tasks that a member sees: the filter is the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors.filtering import Plan, plan
from afluente.contacts.selectors.lists import FilteredList
from afluente.contacts.selectors.wording import Chip, chips
from afluente.kernel import text
from afluente.kernel.conditions import Expression, UnreadableError, read_query
from afluente.tasks import policies
from afluente.tasks.selectors.questions import task_criteria
from afluente.tasks.selectors.wording import worded

if TYPE_CHECKING:
    from django.db.models import Q
    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet

USUAL = ("assignee", "due", "priority", "tag")  # fields of the panel until others are chosen


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """`q` are words of a title, `where` conditions; `problem` says what is no filter at all."""

    q: str = ""
    where: Expression = field(default_factory=Expression)
    problem: str = ""
    _plans: dict[int, Plan] = field(default_factory=dict, compare=False, repr=False)
    _words: list[Q] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def read(cls, data: QueryDict) -> TaskFilter:
        """From `request.GET`."""
        problem, where = "", Expression()
        try:
            where = read_query(dict(data.lists()))
        except UnreadableError as error:
            problem = str(error)
        return cls(q=text.clean(data.get("q", ""), limit=100), where=where, problem=problem)

    def __bool__(self) -> bool:
        return bool(self.q or self.where or self.problem)

    def query(self, **others: Any) -> str:
        """The address part, `?where=…&q=call`; '' when nothing is asked. `where` may be another filter."""
        where = others.pop("where", self.where)
        pairs = [*where.pairs, *({"q": self.q} | others).items()]
        given = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""

    def apply(self, tasks: TaskQuerySet, *, member: Membership) -> TaskQuerySet:
        """`tasks` without those the filter leaves out; none of them when it cannot be asked."""
        made = self._plan(member)
        if self.problem or made.broken:
            return tasks.none()
        found = tasks.filter(made.whole)
        return found.filter(self._worded()) if self.q else found

    def problems(self, member: Membership) -> list[str]:
        """What of the filter cannot be asked, one sentence each."""
        said = [f"{condition}: {why}" for condition, why in self._plan(member).broken.items()]
        return [self.problem] if self.problem else said

    def chips(self, member: Membership, base: str) -> list[Chip]:
        """Every group in words, each with the address of the page at `base` without it."""
        return chips(member=member, wanted=_Address(self, base), known=task_criteria())

    def _worded(self) -> Q:
        """Made once: each column of a board asks."""
        if not self._words:
            self._words.append(worded(self.q))
        return self._words[0]

    def _plan(self, member: Membership) -> Plan:
        """Made once: a page asks several times."""
        if member.pk not in self._plans:
            self._plans[member.pk] = plan(self.where, member=member, known=task_criteria())
        return self._plans[member.pk]


@dataclass(frozen=True)
class _Address:
    """A filter over one page, for its chips."""

    asked: TaskFilter
    base: str

    @property
    def where(self) -> Expression:
        return self.asked.where

    def address(self, **changes: Any) -> str:
        return self.base + self.asked.query(**changes)


def _page(data: QueryDict) -> str:
    """The page of tasks that a filter stands over, as forms name it."""
    page = data.get("page", "")
    base = reverse("tasks:list")
    is_ours = page.startswith(base) and "?" not in page and url_has_allowed_host_and_scheme(page, None)
    return page if is_ours else reverse("tasks:table")


TASKS = FilteredList(
    entity="task",
    path="tasks/",
    title=_("Filter tasks"),
    said=_("Tasks that fit"),
    may_list=policies.may_list,
    criteria=task_criteria,
    usual=USUAL,
    read=TaskFilter.read,
    page=_page,
    names=("page",),
)
