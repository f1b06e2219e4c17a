"""What the rows of a file of tasks are about: people, companies and deals that are here. Nobody is made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.contacts import policies
from afluente.contacts import services as contacts
from afluente.deals import policies as deal_policies
from afluente.kernel import text
from afluente.kernel.sayings import gettext
from afluente.transfer.models import Import
from afluente.transfer.services.deciding import identity_of
from afluente.transfer.services.people import Bad

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.transfer.services.task_rows import TaskRow


class About:
    """By row, the contacts, companies and deals it names, of those that `member` sees. What is not here is left
    out, and said by column, if it `is_said` at all.
    """

    def __init__(
        self, given: Import, member: Membership, rows: Sequence[TaskRow], *, is_said: bool = True
    ) -> None:
        self._member, self._is_said = member, is_said
        self._places = {target: place for place, target in enumerate(given.mapping) if target}
        self.contacts: dict[int, int] = {}
        self.companies: dict[int, list[int]] = defaultdict(list)
        self.deals: dict[int, int] = {}
        asked = [row for row in rows if not row.failure and not row.is_skipped]
        self._find_people([row for row in asked if identity_of(row, Import.Match.ANY).keys])
        self._find_named([row for row in asked if row.person and row.number not in self.contacts])
        self._find_companies([row for row in asked if row.companies])
        self._find_deals([row for row in asked if row.said.get("deal")])

    def _find_people(self, rows: Sequence[TaskRow]) -> None:
        found = contacts.find_contacts([identity_of(row, Import.Match.ANY) for row in rows])
        numbers = {number for match in found for number in match.contact_ids}
        seen = set(
            policies.visible_to(self._member).filter(pk__in=numbers).values_list("pk", flat=True)
            if numbers
            else ()
        )
        for row, match in zip(rows, found, strict=True):
            fitting = [number for number in match.contact_ids if number in seen]
            if len(fitting) == 1:
                self.contacts[row.number] = fitting[0]
            elif not row.person:
                self._miss(row, "email" if row.emails else "phone", _which(row), len(fitting))

    def _find_named(self, rows: Sequence[TaskRow]) -> None:
        if not rows:
            return
        seen = policies.visible_to(self._member).filter(sort_name__in={text.norm(row.person) for row in rows})
        known = _grouped(seen.values_list("sort_name", "pk"))
        for row in rows:
            fitting = known.get(text.norm(row.person), [])
            if len(fitting) == 1:
                self.contacts[row.number] = fitting[0]
            else:
                self._miss(row, "full_name", row.person, len(fitting))

    def _find_companies(self, rows: Sequence[TaskRow]) -> None:
        if not rows:
            return
        names = {text.norm(name) for row in rows for name in row.companies}
        seen = policies.companies_visible_to(self._member).filter(sort_name__in=names)
        known = _grouped(seen.values_list("sort_name", "pk"))
        for row in rows:
            for name in row.companies:
                fitting = known.get(text.norm(name), [])
                if len(fitting) == 1:
                    self.companies[row.number].append(fitting[0])
                else:
                    self._miss(row, "company", name, len(fitting))

    def _find_deals(self, rows: Sequence[TaskRow]) -> None:
        if not rows:
            return
        numbers = {number for row in rows if (number := _number(row.said["deal"]))}
        names = {text.norm(row.said["deal"]) for row in rows}
        seen = deal_policies.visible_to(self._member).filter(Q(number__in=numbers) | Q(search_name__in=names))
        by_number: dict[int, int] = {}
        by_name: dict[str, list[int]] = defaultdict(list)
        opened: set[int] = set()
        for pk, number, name, closed in seen.values_list("pk", "number", "search_name", "closed_at"):
            by_number[number] = pk
            by_name[name].append(pk)
            if closed is None:
                opened.add(pk)
        for row in rows:
            said = row.said["deal"]
            fitting = by_name.get(text.norm(said), [])
            if len(fitting) > 1:  # of several that are called so, the one that is still open
                fitting = [pk for pk in fitting if pk in opened] or fitting
            number = _number(said)
            if not fitting and number in by_number:
                fitting = [by_number[number]]
            if len(fitting) == 1:
                self.deals[row.number] = fitting[0]
            else:
                self._miss(row, "deal", said, len(fitting))

    def _miss(self, row: TaskRow, target: str, raw: str, count: int) -> None:
        said = (
            gettext("Several are called so. The task comes in without it.")
            if count
            else gettext("Nothing of yours is called so. The task comes in without it.")
        )
        if self._is_said:
            row.bad.append(Bad(self._places[target], raw[:300], said, is_fatal=False))


def _which(row: TaskRow) -> str:
    return next((one.email for one in row.emails), "") or next((one.raw for one in row.phones), "")


def _number(said: str) -> int | None:
    bare = said.strip().removeprefix("#")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else None


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for name, pk in pairs:
        found[name].append(pk)
    return found
