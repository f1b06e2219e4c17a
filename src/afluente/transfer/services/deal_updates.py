"""Deals that are here already: what a row says of them, made so, and what that replaced."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors as contacts
from afluente.deals import policies
from afluente.deals import services as deals
from afluente.deals.events import ChangeRefusedError
from afluente.deals.models import Deal, DealContact, Stage
from afluente.kernel import text
from afluente.kernel.sayings import gettext
from afluente.timeline import services as timeline
from afluente.transfer.models import Import
from afluente.transfer.services.deal_rows import DealRow, said_stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.services.deal_people import People

EMPTY: tuple[Any, ...] = (None, "", "0", [])
# What a deal always has, so that filling what is empty leaves it alone.
ALWAYS = frozenset({"name", "currency", "stage"})


class Updates:
    """What rows say of known deals. `known` is the deal of each row; `refused` says by row why it cannot be."""

    def __init__(
        self, given: Import, member: Membership, known: Mapping[int, int], rows: Sequence[DealRow]
    ) -> None:
        self._given, self.known = given, {row.number: known[row.number] for row in rows}
        self.rows = {row.number: row for row in rows}
        self._held = deals.held_of(list(self.known.values()))
        self._stages: dict[int, list[Stage]] = defaultdict(list)
        seen = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(member))
        for stage in seen.select_related("pipeline").order_by("position", "pk"):
            self._stages[stage.pipeline_id].append(stage)
        self._home = {one.pk: one for stages in self._stages.values() for one in stages}
        self.refused: dict[int, str] = {}
        self._to = {number: self._stage(number, row) for number, row in self.rows.items()}

    def _stage(self, number: int, row: DealRow) -> Stage | None:
        """Where the row puts its deal; None where it is."""
        here = self._home.get(self._held.get(self.known[number], {}).get("stage", [0])[0])
        if here is None or not row.said.keys() & {"pipeline", "stage", "status"}:
            return None
        if row.said.get("pipeline") and row.stage is not None and row.stage.pipeline_id != here.pipeline_id:
            return row.stage
        stages = self._stages[here.pipeline_id]
        wanted = said_stage(row, stages)
        if wanted is None and row.said.get("stage"):
            said = gettext("{pipeline} has no stage called so. Its stages are: {names}")
            names = ", ".join(one.name for one in stages)
            self.refused[number] = said.format(pipeline=here.pipeline.name, names=names[:300])
        if wanted is None and row.said.get("status") == Stage.Kind.OPEN and here.kind != Stage.Kind.OPEN:
            return next((one for one in stages if one.kind == Stage.Kind.OPEN), None)
        return None if wanted is None or wanted.pk == here.pk else wanted

    def wanted(
        self, number: int, companies: Mapping[str, int], *, with_company: bool = True
    ) -> dict[str, Any]:
        """What the deal of this row is to say, by key: what differs, as far as the import may replace it."""
        row, held = self.rows[number], self._held.get(self.known[number], {})
        said = self._said(row, held) | {
            f"field-{field}": contacts.plain(value)
            for field, value in row.values.items()
            if f"field-{field}" in held
        }
        if row.companies and with_company:
            said["company"] = companies[text.norm(row.companies[0])]
        to, reason = self._to[number], row.said.get("lost_reason", "")
        if to is not None:
            said["stage"] = [to.pk, reason if to.kind == Stage.Kind.LOST else ""]
        elif reason and held and self._home[held["stage"][0]].kind == Stage.Kind.LOST:
            said["lost_reason"] = reason
        if self._given.policy == Import.Policy.FILL:
            said = {key: value for key, value in said.items() if key not in ALWAYS and held.get(key) in EMPTY}
        return {key: value for key, value in said.items() if held.get(key) != value}

    def _said(self, row: DealRow, held: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {"name": row.said.get("title"), "currency": row.said.get("currency")}
        said |= {"type": row.said.get("type"), "assignee": row.assignee_id}
        if "amount" in row.said:
            said["amount"] = f"{row.said['amount'].normalize():f}"
        if "due" in row.said:
            at, is_day = row.said["due"]
            said["due"] = [at.astimezone(dt.UTC).isoformat(), is_day, (held.get("due") or [None] * 3)[2]]
        return {key: value for key, value in said.items() if value is not None}

    def links(self, people: People) -> dict[int, tuple[int, int]]:
        """By row, its deal and its person, who is not in it yet; when filling, only where nobody is."""
        rows = DealContact.objects.filter(deal_id__in=list(self.known.values()))
        there = set(rows.values_list("deal_id", "contact_id"))
        peopled = {deal_id for deal_id, _ in there}
        is_filling = self._given.policy == Import.Policy.FILL
        return {
            number: pair
            for number, deal_id in self.known.items()
            if (pair := (deal_id, people.found.get(number, 0)))[1]
            and pair not in there
            and not (is_filling and deal_id in peopled)
        }

    def apply(self, people: People, companies: Mapping[str, int], by: Actor) -> dict[int, dict[str, Any]]:
        """Make it so; by row, what taking it back needs: empty where nothing changed. Rows that cannot be are in
        `refused` afterwards.
        """
        with timeline.saying({"import": {"id": self._given.pk, "file": self._given.name[:100]}}):
            return self._apply(people, companies, by)

    def _apply(self, people: People, companies: Mapping[str, int], by: Actor) -> dict[int, dict[str, Any]]:
        wanted = {
            number: self.wanted(number, companies) for number in self.known if number not in self.refused
        }
        alone = [number for number, said in wanted.items() if "currency" in said]
        done = self._give({number: said for number, said in wanted.items() if number not in alone}, by)
        for number in alone:
            done |= self._try(number, wanted[number], by)
        links = {number: pair for number, pair in self.links(people).items() if number not in self.refused}
        linked = set(deals.link_contacts(pairs=list(links.values()), by=by))
        for number, pair in links.items():
            if pair in linked:
                done.setdefault(number, {})["linked"] = pair[1]
        return done

    def try_currencies(self, by: Actor) -> None:
        """Say of each deal what currency its row wants, so that `refused` tells which cannot have it; the caller
        takes it back.
        """
        for number in self.known.keys() - self.refused.keys():
            said = self.wanted(number, {}, with_company=False)
            if "currency" in said:
                self._try(number, {"currency": said["currency"]}, by)

    def _try(self, number: int, said: Mapping[str, Any], by: Actor) -> dict[int, dict[str, Any]]:
        """Give it to one deal: a slice above may refuse, because of what is sold in it."""
        try:
            with transaction.atomic():
                return self._give({number: said}, by)
        except ChangeRefusedError as refused:
            self.refused[number] = str(refused)
            return {}

    def _give(self, wanted: Mapping[int, Mapping[str, Any]], by: Actor) -> dict[int, dict[str, Any]]:
        cause = {"begins_rules": bool(self._given.options.get("begins_rules"))}
        given = {self.known[number]: said for number, said in wanted.items()}
        places = deals.places_of(list(given))
        records = deals.give_each(wanted=given, by=by, cause=cause)
        return {
            number: {"was": record} | ({"place": places[pk]} if "stage" in record else {})
            for number in wanted
            if (record := records.get(pk := self.known[number]))
        }


def find_known(given: Import, rows: Sequence[DealRow], numbers: Mapping[str, int]) -> dict[int, int]:
    """By row, the present deal that it names; `numbers` are deals by their number in the other system."""
    if given.match == Import.Match.NUMBER:
        asked = {row.said["number"] for row in rows if "number" in row.said}
        known = dict(Deal.objects.present().filter(number__in=asked).values_list("number", "pk"))
        found = {row.number: known.get(row.said.get("number", 0)) for row in rows}
    else:
        present = set(Deal.objects.present().filter(pk__in=numbers.values()).values_list("pk", flat=True))
        found = {row.number: numbers.get(row.external_id) for row in rows}
        found = {number: pk for number, pk in found.items() if pk in present}
    return {number: pk for number, pk in found.items() if pk}
