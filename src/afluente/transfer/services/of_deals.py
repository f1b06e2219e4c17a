"""Files of deals: each row a new deal with its person, who is found by address or made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import EVERY
from afluente.contacts.statements.search import indexing_once
from afluente.deals import policies
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel import text
from afluente.transfer.models import ExternalRecord, Import, ImportRow
from afluente.transfer.selectors import deal_layouts, deal_targets
from afluente.transfer.selectors.tables import Shape
from afluente.transfer.services.deal_people import People
from afluente.transfer.services.deal_rows import DealReader, DealRow, own_values
from afluente.transfer.services.deal_undoing import undo_deals
from afluente.transfer.services.deciding import Decision, system_of
from afluente.transfer.services.kinds import ImportKind, Words, actor_of
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.targets import Target
    from afluente.transfer.services.people import Person, Reader

SLUG = "deals"
Outcome = ImportRow.Outcome
_SAYS = frozenset({"title", "full_name", "first_name", "last_name", "email", "phone", "company"})


@dataclass(frozen=True)
class Known(Decision):
    """A row whose deal is here already."""

    deal_id: int | None = None


class Deals(ImportKind):
    """Deals; one that is known by its number in the other system stays as it is."""

    def may(self, member: Membership) -> bool:
        return policies.may_create(member)

    def targets(self, *, may_make_fields: bool) -> list[Target]:
        return deal_targets.targets(may_make_fields=may_make_fields)

    def guess(self, headers: Sequence[str], _sample: Sequence[Sequence[str]]) -> list[str]:
        return deal_targets.guess(headers)

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
        is_external = given.match == Import.Match.EXTERNAL and row.external_id
        return (f"x:{row.external_id}",) if is_external else ()

    def decide(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[Decision]:
        return list(_decide(given, rows, People(given, member, _rows(rows), is_held=False)))

    def take_in(self, given: Import, member: Membership, rows: Sequence[Person]) -> list[statements.Line]:
        people = People(given, member, _rows(rows), is_held=True)
        decided = _decide(given, rows, people)
        new = [one.person for one in decided if one.outcome == Outcome.CREATED]
        made = _bring(given, member, _rows(new), people)
        if given.match == Import.Match.EXTERNAL or any(row.external_id for row in new):
            numbers = {row.external_id: made[row.number] for row in new if row.external_id}
            statements.keep_external_records(SLUG, system_of(given), numbers)
        return [
            statements.Line(
                one.person.number,
                str(one.outcome),
                people.found.get(one.person.number),
                one.reason,
                people.record(one.person.number) if one.outcome == Outcome.CREATED else {},
                made.get(one.person.number) or one.deal_id,
            )
            for one in decided
        ]

    def undo(self, given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
        undo_deals(given, rows, by)

    def seen_url(self, given: Import) -> str:
        stage = Stage.objects.filter(pk=given.options.get("stage") or 0).first()
        page = reverse("deals:pipeline", args=[stage.pipeline_id]) if stage else reverse("deals:board")
        return f"{page}?status=list&where=import.is%3A{given.pk}"


def _rows(rows: Sequence[Person]) -> list[DealRow]:
    return [row for row in rows if isinstance(row, DealRow)]


def _decide(given: Import, rows: Sequence[Person], people: People) -> list[Known]:
    known = _known(given, rows)
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        is_external = given.match == Import.Match.EXTERNAL and row.external_id
        if row.is_skipped:
            one = Known(row, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
        elif row.failure or people.refused.get(row.number):
            one = Known(row, Outcome.FAILED, reason=row.failure or people.refused[row.number])
        elif is_external and row.external_id in known:
            one = Known(
                row, Outcome.SKIPPED, reason=gettext("Known already."), deal_id=known[row.external_id]
            )
        elif is_external and row.external_id in seen:
            said = gettext("The same as in row {n}").format(n=seen[row.external_id])
            one = Known(row, Outcome.SKIPPED, reason=said)
        else:
            one = Known(row, Outcome.CREATED)
            seen.setdefault(row.external_id, row.number)
        found.append(one)
    return found


def _known(given: Import, rows: Sequence[Person]) -> dict[str, int]:
    """The present deals that rows name by their number in the other system."""
    if given.match != Import.Match.EXTERNAL:
        return {}
    wanted = {row.external_id for row in rows if row.external_id}
    numbers = ExternalRecord.objects.filter(about=SLUG, system=system_of(given), value__in=wanted)
    known = dict(numbers.values_list("value", "record_id"))
    present = set(Deal.objects.present().filter(pk__in=known.values()).values_list("pk", flat=True))
    return {value: pk for value, pk in known.items() if pk in present}


def _bring(given: Import, member: Membership, rows: Sequence[DealRow], people: People) -> dict[int, int]:
    """Open a deal for each row; its number by row."""
    by = actor_of(member)
    companies = contact_services.ensure_companies(
        names=[name for row in rows for name in row.companies[:1]], by=by
    )
    with contact_services.indexing_by_job() if given.position else indexing_once():
        people.bring(rows, companies, by)
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
            "Each row becomes a deal. Its person is found by e-mail, then phone, and made when nobody fits; its company by name. What you choose here is remembered for files with these headers."
        ),
        undo=_(
            "The deals are deleted, and the people who were made for them. Whatever was changed since is kept and listed."
        ),
        see=_("See the deals"),
    ),
    form="DealColumns",
    layouts=deal_layouts.LAYOUTS,
    many=deal_targets.MANY,
    matches=(Import.Match.NONE, Import.Match.EXTERNAL),
    needs={Import.Match.EXTERNAL: "external_id"},
)
