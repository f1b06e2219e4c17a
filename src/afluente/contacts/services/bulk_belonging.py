"""Putting many contacts into a company, or taking them out, as one act."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from afluente.contacts import policies
from afluente.contacts.models import Company, Contact
from afluente.contacts.services import belonging
from afluente.contacts.services.bulk_shapes import KEEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet
    from afluente.contacts.services.bulk_shapes import Change, Changes
    from afluente.timeline.events import Actor


@dataclass
class Belonging:
    """Who is in a company, and as what. None is whoever is not in it."""

    change: Change

    @cached_property
    def known(self) -> Company:
        found: Company | None = Company.objects.present().filter(pk=self.change.field or 0).first()
        if found is None:
            raise LookupError(self.change.field)
        return found

    def require(self) -> None:
        """Raises LookupError when the company is gone."""
        _ = self.known

    def allowed(self, member: Membership) -> ContactQuerySet:
        return policies.editable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        there = Contact.objects.present().filter(pk__in=ids).values_list("pk", flat=True)
        links = self.known.links.filter(contact_id__in=ids).values_list("contact_id", "position")
        return dict.fromkeys(there) | dict(links)

    def after(self, before: Any) -> Any:
        if self.change.op == "remove":
            return None
        return (before or "") if self.change.value is None else self.change.value

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        company_id = self.known.pk
        leaving = [one for one, (_, after) in changes.items() if after is None]
        belonging.unlink_contacts(company_id=company_id, contact_ids=leaving, by=by)
        joining = [(after, one) for one, (before, after) in changes.items() if before is None]
        for position, group in groupby(sorted(joining), key=itemgetter(0)):
            ids = [one for _, one in group]
            belonging.link_contacts(company_id=company_id, contact_ids=ids, position=position, by=by)
        staying = {one: pair for one, pair in changes.items() if None not in pair}
        belonging.change_positions(company_id=company_id, positions=staying, by=by)

    def words(self, value: Any) -> str:
        return "" if value is None else ", ".join(filter(None, (self.known.name, value)))
