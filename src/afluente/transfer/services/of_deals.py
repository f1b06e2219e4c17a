"""Files of deals: each row a new deal with its person, who is found by address or made."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import EVERY
from afluente.contacts.statements.search import indexing_once
from afluente.deals import policies
from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.kernel import sayings, text
from afluente.kernel.sayings import gettext
from afluente.transfer.models import ExternalRecord, Import, ImportRow
from afluente.transfer.selectors import deal_layouts, deal_targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services import deal_checking
from afluente.transfer.services.deal_people import People
from afluente.transfer.services.deal_rows import DealReader, DealRow, key_of, nameless, own_values
from afluente.transfer.services.deal_undoing import undo_deals
from afluente.transfer.services.deal_updates import Updates, find_known
from afluente.transfer.services.deciding import Decision, identity_of, system_of, waves
from afluente.transfer.services.kinds import ImportKind, Words, actor_of
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.people import Person, Reader

SLUG = "deals"
Outcome = ImportRow.Outcome
_SAYS = frozenset(
    {"title", "full_name", "first_name", "last_name", "email", "phone", "company", "number", "external_id"}
)


class Deals(ImportKind):
    """Deals, found again by their number, here or in the other system."""

    def may(self, member: Membership) -> bool:
        return policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:
        return deal_targets.targets(may_make_fields=may_make_fields)

    def guess(self, headers: Sequence[str], _sample: Sequence[Sequence[str]]) -> list[str]:
        return deal_targets.guess(headers)

    def usual_match(self, codes: Sequence[str]) -> str:
        """A file that was taken out of here names deals by their number."""
        is_ours = {"number", "title", "pipeline"} <= set(codes)
        return str(Import.Match.NUMBER) if is_ours else super().usual_match(codes)

    def lacking(self, codes: Sequence[str]) -> str:
        if any(code in _SAYS for code in codes):
            return ""
        return gettext("Say which column holds the name of the deal, the person or the company.")

    def fields(self) -> Sequence[KnownField]:
        return contacts.fields_of("deal", EVERY)

    def make_field(self, *, name: str, kind: str, options: Sequence[str], by: Actor) -> int:
        return contact_services.create_field(entity="deal", name=name, kind=kind, options=options, by=by).pk

    def reader(self, given: Import) -> Reader:
        return DealReader(given, Shape.read(given.shape), contacts.home())

    def keys(self, given: Import, row: Person) -> tuple[str, ...]:
        key = key_of(row, given.match)
        return (key,) if key else ()

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        return _decide(given, member, _rows(rows), People(given, member, _rows(rows), is_held=False))

    def unchanged(self, given: Import, member: Membership, found: Sequence[Decision]) -> set[int]:
        return deal_checking.unchanged(given, member, found)

    def refused(self, given: Import, member: Membership, found: Sequence[Decision]) -> Mapping[int, str]:
        return deal_checking.refused(given, member, found)

    def add_changes(self, given: Import, member: Membership, shown: Sequence[dict[str, Any]]) -> None:
        deal_checking.add_changes(given, member, shown, self.reader(given))

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[statements.Line]:
        usable = [row for row in _rows(rows) if row.has_person and not row.failure and not row.is_skipped]
        contact_services.lock_identities([identity_of(row, Import.Match.ANY) for row in usable])
        lines: list[statements.Line] = []
        for wave in waves(_rows(rows), lambda row: self.keys(given, row)):
            lines += _take_wave(given, member, wave)
        return sorted(lines, key=lambda line: line.number)

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        undo_deals(given, rows, by)

    def seen_url(self, given: Import) -> str:
        stage = Stage.objects.filter(pk=given.options.get("stage") or 0).first()
        page = reverse("deals:pipeline", args=[stage.pipeline_id]) if stage else reverse("deals:board")
        return f"{page}?status=list&where=import.is%3A{given.pk}"


def _rows(rows: Sequence[Person]) -> list[DealRow]:
    return [row for row in rows if isinstance(row, DealRow)]


def _decide(given: Import, member: Membership, rows: Sequence[DealRow], people: People) -> list[Decision]:
    known = _known(given, rows)
    mine = set(policies.movable_by(member).filter(pk__in=known.values()).values_list("pk", flat=True))
    return [_decided(given, row, known.get(row.number), people, mine) for row in rows]


def _decided(given: Import, row: DealRow, deal_id: int | None, people: People, mine: set[int]) -> Decision:
    if row.is_skipped:
        return Decision(row, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
    why = row.failure or people.refused.get(row.number, "")
    if not why and deal_id is None:
        why = _unmade(given, row)
    elif not why and deal_id not in mine:
        why = gettext("This deal is known, and not yours to change.")
    if why:
        return Decision(row, Outcome.FAILED, reason=why)
    if deal_id is None:
        return Decision(row, Outcome.CREATED)
    if given.policy == Import.Policy.SKIP:
        return Decision(row, Outcome.SKIPPED, reason=gettext("Known already."), record_id=deal_id)
    return Decision(row, Outcome.UPDATED, record_id=deal_id)


def _unmade(given: Import, row: DealRow) -> str:
    """Why a row that names no known deal cannot become a new one; "" when it can."""
    if given.match == Import.Match.NUMBER and "number" in row.said:
        return gettext("There is no deal #{number}.").format(number=row.said["number"])
    if row.stage is None:
        return gettext("There is no stage called so: {stage}").format(stage=row.said.get("stage", ""))
    return "" if row.name else nameless()


def _known(given: Import, rows: Sequence[DealRow]) -> dict[int, int]:
    """By row, the present deal that it names."""
    if given.match == Import.Match.NONE:
        return {}
    wanted = {row.external_id for row in rows if row.external_id}
    numbers = ExternalRecord.objects.filter(about=SLUG, system=system_of(given), value__in=wanted)
    return find_known(given, rows, dict(numbers.values_list("value", "record_id")))


def _take_wave(given: Import, member: Membership, rows: Sequence[DealRow]) -> list[statements.Line]:
    """Rows that all name another deal: made, or brought up to date."""
    by, people = actor_of(member), People(given, member, rows, is_held=True)
    decided = _decide(given, member, rows, people)
    new = [row for row, one in zip(rows, decided, strict=True) if one.outcome == Outcome.CREATED]
    known = {one.person.number: one.record_id or 0 for one in decided if one.outcome == Outcome.UPDATED}
    brought = [row for row in rows if row.number in known or row in new]
    companies = contact_services.ensure_companies(
        names=[name for row in brought for name in row.companies[:1]], by=by
    )
    with contact_services.indexing_by_job() if given.position else indexing_once():
        people.bring(brought, companies, by)
    made = _open(given, new, people, companies, by)
    updates = Updates(given, member, known, [row for row in rows if row.number in known])
    done = updates.apply(people, companies, by)
    _keep_numbers(given, brought, made | known)
    lines = []
    for one in decided:
        number, outcome, reason = one.person.number, one.outcome, one.reason
        record = people.record(number) | done.get(number, {})
        if number in updates.refused:
            outcome, reason = Outcome.FAILED, updates.refused[number]
        elif outcome == Outcome.UPDATED and not (record or one.person.notes):
            outcome, reason = Outcome.SKIPPED, sayings.of(KIND.words.same)
        deal_id = made.get(number) or one.record_id
        lines.append(statements.Line(number, str(outcome), people.found.get(number), reason, record, deal_id))
    return lines


def _keep_numbers(given: Import, rows: Sequence[DealRow], deal_ids: Mapping[int, int]) -> None:
    """Note the numbers of the other system, so that the next file finds these deals by them."""
    numbers = {row.external_id: deal_ids[row.number] for row in rows if row.external_id}
    if numbers:
        statements.keep_external_records(SLUG, system_of(given), numbers)


def _open(
    given: Import, rows: Sequence[DealRow], people: People, companies: dict[str, int], by: Actor
) -> dict[int, int]:
    """Open a deal for each row; its number by row."""
    opened = [_deal(given, row, people.found.get(row.number), companies) for row in rows]
    ids = deals.open_deals(deals=opened, by=by, begins_rules=bool(given.options.get("begins_rules")))
    if values := own_values(rows, ids):
        deals.fill_values(given=values, by=by, is_told=False)
    return {row.number: number for row, number in zip(rows, ids, strict=True)}


def _deal(given: Import, row: DealRow, contact_id: int | None, companies: dict[str, int]) -> deals.NewDeal:
    assert row.stage is not None
    due_at, is_day = row.said.get("due", (None, False))
    pipeline = row.stage.pipeline
    return deals.NewDeal(
        name=row.name,
        pipeline_id=row.stage.pipeline_id,
        stage_id=row.stage.pk,
        currency=row.said.get("currency") or pipeline.currency,
        amount=row.said.get("amount", Decimal(0)),
        assignee_id=row.assignee_id or given.assignee_id or pipeline.default_assignee_id,
        contact_ids=[contact_id] if contact_id else [],
        source="import",
        source_ref=given.pk,
        source_name=given.name[:100],
        company_id=companies[text.norm(row.companies[0])] if row.companies else None,
        type_id=row.said.get("type"),
        due_at=due_at,
        is_due_day=is_day,
        created_at=row.created_at,
        closed_at=row.said.get("closed_at"),
        lost_reason=row.said.get("lost_reason", ""),
        told={"import": {"id": given.pk, "file": given.name[:100], "row": row.number}},
    )


KIND = Deals(
    slug=SLUG,
    words=Words(
        many=_("Deals"),
        bring=_("Bring deals in from a file"),
        coming=_("Deals are coming in"),
        same=_("The deal says all this already."),
        kept=_(
            "Each row becomes a deal, or says what a known one is to say: nothing that is there is ever emptied, and an empty cell says nothing. Its person is found by e-mail, then phone, and made when nobody fits; its company by name. What you choose here is remembered for files with these headers."
        ),
        undo=_(
            "New deals are deleted, with the people who were made for them; updated ones get back what they had. Whatever was changed since is kept and listed."
        ),
        see=_("See the deals"),
    ),
    form="DealColumns",
    layouts=deal_layouts.LAYOUTS,
    many=deal_targets.MANY,
    matches=(Import.Match.NONE, Import.Match.NUMBER, Import.Match.EXTERNAL),
    needs={Import.Match.NUMBER: "number", Import.Match.EXTERNAL: "external_id"},
)
