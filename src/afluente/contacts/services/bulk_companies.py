"""The companies of a member who leaves, given to others by the engine of bulk changes: in batches, with one way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts import policies
from afluente.contacts.models import BulkChange, Company, CompanyBulkEntry
from afluente.contacts.selectors.selection import Picked
from afluente.contacts.services.bulk_shapes import KEEP, SPREAD, Change, Changes, Subject
from afluente.contacts.statements import companies as statements
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.contacts.models import CompanyQuerySet
    from afluente.timeline.events import Actor

COMPANY = BulkChange.Entity.COMPANY


@dataclass(frozen=True, kw_only=True)
class CompanySelection(Picked):
    """Companies by number, or those of one member: the `query` is their number."""

    def listed(self, member: Membership) -> CompanyQuerySet:
        return policies.companies_visible_to(member)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        found = self.listed(member).filter(assignee_id=int(self.query or 0))
        below = found.filter(pk__lt=before_id) if before_id else found
        return list(below.order_by("-pk").values_list("pk", flat=True)[:limit])

    def newest(self) -> int:
        return Company.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass
class Responsible:
    """Who is responsible for a company: one person, nobody, or several in turn."""

    change: Change

    def allowed(self, member: Membership) -> CompanyQuerySet:
        return policies.companies_editable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Company.objects.present().filter(pk__in=ids).values_list("pk", "assignee_id"))

    @cached_property
    def turn(self) -> Iterator[int]:
        return cycle(self.change.value)

    def after(self, _before: Any) -> Any:
        return next(self.turn) if self.change.op == SPREAD else self.change.value

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        statements.give(ids=list(changes), assignees=[after for _, after in changes.values()])
        called = dict(Company.objects.filter(pk__in=changes).values_list("pk", "name"))
        timeline.record(
            [
                NewEvent(
                    "company.changed",
                    by,
                    company_id=one,
                    data={
                        "company": one,
                        "company_name": called[one],
                        "assignee": [self.words(before), self.words(after)],
                    },
                )
                for one, (before, after) in changes.items()
            ]
        )

    @cached_property
    def people(self) -> dict[int, str]:
        return dict(Membership.objects.values_list("pk", "user__name"))

    def words(self, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self.people.get(one, "") for one in value)
        return self.people.get(value, "")


def kind_of(change: Change) -> Responsible:
    """The one kind of change that many companies know. Raises LookupError for another."""
    if change.kind != "assignee":
        raise LookupError(change.kind)
    return Responsible(change)


def words_of(change: Change) -> str:
    """A change in one phrase, such as «Responsible: Bruno Lima»."""
    value = kind_of(change).words(change.value) or gettext("emptied")
    return f"{gettext('Responsible')}: {value}"


def subject(job: str, undo_job: str) -> Subject:
    """Companies, for the engine of `bulk`."""
    return Subject(
        entity=COMPANY,
        selection=CompanySelection,
        kind_of=kind_of,
        entries=CompanyBulkEntry,
        column="company_id",
        hold=statements.hold,
        job=job,
        undo_job=undo_job,
    )
