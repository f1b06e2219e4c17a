"""What a board shows of all that a member may see: the filter is the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q

from afluente.contacts import policies as contact_policies
from afluente.deals.models import DealContact
from afluente.kernel import text as texts

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet

ME = "me"
NOBODY = "none"


@dataclass(frozen=True, kw_only=True)
class BoardFilter:
    """`assignee` is "", "me", "none" or a membership's number; `source` a kind; `q` words of a person."""

    assignee: str = ""
    source: str = ""
    q: str = ""

    def __bool__(self) -> bool:
        return bool(self.assignee or self.source or self.q)

    def query(self, **others: str) -> str:
        """The address part, `?assignee=me&q=ana`; '' when nothing is asked."""
        asked = {"assignee": self.assignee, "source": self.source, "q": self.q, **others}
        given = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def apply(self, deals: DealQuerySet, *, member: Membership) -> DealQuerySet:
        """`deals` without those the filter leaves out."""
        if self.assignee == NOBODY:
            deals = deals.filter(assignee=None)
        elif self.assignee:
            deals = deals.filter(assignee_id=member.pk if self.assignee == ME else int(self.assignee))
        if self.source:
            deals = deals.filter(source=self.source)
        return deals.filter(_says(self.q, member)) if self.q else deals


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
