"""What a board shows of all that a member may see: the filter is the address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors.filtering import Plan, plan
from afluente.contacts.selectors.lists import FilteredList
from afluente.contacts.selectors.wording import Chip, chips
from afluente.deals import policies
from afluente.deals.models import DealContact
from afluente.deals.selectors.criteria import deal_criteria
from afluente.kernel import text as texts
from afluente.kernel.conditions import Condition, Expression, UnreadableError, read, read_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet

NOBODY = "nobody"
_SHORT = {"assignee": re.compile(r"me|none|[1-9][0-9]{0,17}"), "source": re.compile(r"[a-z_]{1,20}")}
USUAL = ("assignee", "source", "amount", "created", "person")  # fields of the panel until others are chosen


@dataclass(frozen=True, kw_only=True)
class BoardFilter:
    """`q` are words of a deal or a person, `where` conditions; `problem` says what is no filter at all.

    `status` and `pipeline` say which list it stands over, and belong to no kept filter.
    """

    q: str = ""
    where: Expression = field(default_factory=Expression)
    problem: str = ""
    _plans: dict[int, Plan] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def read(cls, data: QueryDict) -> BoardFilter:
        """From `request.GET`. `assignee` (a number, `me`, `none`) and `source` are short for conditions."""
        problem = ""
        try:
            where = read_query(dict(data.lists()))
        except UnreadableError as error:
            where, problem = Expression(), str(error)
        for name in ("assignee", "source"):
            if (value := data.get(name, "")) and _SHORT[name].fullmatch(value):
                said = NOBODY if (name, value) == ("assignee", "none") else value
                where = replace(where, groups=(*where.groups, (Condition(name, "is", (said,)),)))
        return cls(q=texts.clean(data.get("q", ""), limit=100), where=where, problem=problem)

    @classmethod
    def asking(cls, wheres: Sequence[str], match: str) -> BoardFilter:
        """From the conditions of a program."""
        try:
            return cls(where=read(wheres, match))
        except UnreadableError as error:
            return cls(problem=str(error))

    def __bool__(self) -> bool:
        return bool(self.q or self.where or self.problem)

    def query(self, **others: Any) -> str:
        """The address part, `?where=…&q=ana`; '' when nothing is asked. `where` may be another filter."""
        where = others.pop("where", self.where)
        pairs = [*where.pairs, *({"q": self.q} | others).items()]
        given = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""

    def apply(self, deals: DealQuerySet, *, member: Membership) -> DealQuerySet:
        """`deals` without those the filter leaves out; none of them when it cannot be asked."""
        made = self._plan(member)
        if self.problem or made.broken:
            return deals.none()
        found = deals.filter(made.whole)
        return found.filter(_says(self.q, member)) if self.q else found

    def problems(self, member: Membership) -> list[str]:
        """What of the filter cannot be asked, one sentence each."""
        broken = self._plan(member).broken
        said = [f"{condition}: {why}" for condition, why in broken.items()]
        return [self.problem] if self.problem else said

    def chips(self, member: Membership, base: str, status: str) -> list[Chip]:
        """Every group in words, each with the address of the list at `base` without it."""
        known = deal_criteria() if self.where else {}
        return chips(member=member, wanted=_Address(self, base, status), known=known)

    def _plan(self, member: Membership) -> Plan:
        """Made once: a page asks several times."""
        if member.pk not in self._plans:
            known = deal_criteria() if self.where else {}
            self._plans[member.pk] = plan(self.where, member=member, known=known)
        return self._plans[member.pk]


@dataclass(frozen=True)
class _Address:
    """A filter over one list, for its chips."""

    asked: BoardFilter
    base: str
    status: str

    @property
    def where(self) -> Expression:
        return self.asked.where

    def address(self, **changes: Any) -> str:
        return self.base + self.asked.query(**changes, status=self.status)


def _says(words: str, member: Membership) -> Q:
    """Deals whose name, number or person contains `words`, whatever the accents.

    People whom `member` does not see are not looked at: a search must not say who they are.
    """
    folded = texts.norm(words)
    people = DealContact.objects.filter(
        contact_policies.named_by(member, "contact"),
        deal_id=OuterRef("pk"),
        contact__deleted_at=None,
    )
    about = Q(search_name__contains=folded) | Q(Exists(people.filter(_names(words, folded))))
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 18:
        about |= Q(number=int(number))
    return about


def _names(words: str, folded: str) -> Q:
    person: Q = Q(contact__sort_name__contains=folded)
    person |= Q(contact__emails__key__contains=words.lower())
    digits = "".join(character for character in words if character.isdigit())
    if len(digits) >= 4:
        person |= Q(contact__phones__e164__contains=digits)
    return person


OF_A_BOARD = frozenset({"pipeline", "status"})  # what the page itself says; programs ask for it


def _page(data: QueryDict) -> str:
    """The board that a filter stands over."""
    number = data.get("pipeline", "")
    is_one = number.isascii() and number.isdigit() and len(number) < 19
    return reverse("deals:pipeline", args=[number]) if is_one else reverse("deals:board")


DEALS = FilteredList(
    entity="deal",
    path="deals/",
    title=_("Filter deals"),
    said=_("Deals that fit"),
    may_list=policies.may_list,
    criteria=deal_criteria,
    usual=USUAL,
    read=BoardFilter.read,
    page=_page,
    hidden=OF_A_BOARD,
    stays=("status", "sort"),
    names=("pipeline",),
)
