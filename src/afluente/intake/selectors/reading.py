"""What a body would become, without anything becoming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.contacts import services as contacts
from afluente.intake import services
from afluente.intake.selectors.incoming import names_of_contacts
from afluente.intake.services.leads import Lead
from afluente.intake.services.rules import NoPipelineError, RuleBook
from afluente.kernel import jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from afluente.accounts.models import Membership
    from afluente.intake.models import Source


@dataclass(frozen=True)
class Reading:
    """A dry read. `known` is the contact it would be added to, when the reader may see them."""

    lead: Lead
    notes: tuple[str, ...]
    known: tuple[int, str] | None
    is_known: bool
    deal_name: str = ""
    pipeline: str = ""
    stage: str = ""
    amount: Decimal | None = None
    currency: str = ""
    opens_deal: bool = False
    fault: str = ""

    @property
    def becomes_nothing(self) -> bool:
        return bool(self.fault) or self.lead.is_empty


def read_dry(
    *,
    member: Membership,
    source: Source,
    body: bytes,
    content_type: str,
    mapping: Sequence[Mapping[str, str]],
) -> Reading:
    """Read `body` with `mapping` as if it had just arrived at `source`."""
    try:
        lead = services.read_lead(
            body, content_type, kind=source.kind, mapping=mapping, country=member.workspace.country
        )
    except services.UnreadableBodyError as error:
        return Reading(Lead(), (), None, is_known=False, fault=jsonin.worded(str(error)))
    match = contacts.find_contacts([lead.identity])[0].contact_id
    reading = Reading(
        lead=lead,
        notes=tuple(services.sentence(note.as_json()) for note in lead.notes),
        known=names_of_contacts({match}, member).get(match) if match else None,
        is_known=match is not None,
    )
    return _with_deal(reading, source)


def _with_deal(reading: Reading, source: Source) -> Reading:
    rule, lead = source.rule, reading.lead
    if rule is not None and not rule.is_on:
        return reading
    book = RuleBook.load()
    try:
        pipeline, stage, _fell_back = book.target(rule)
    except NoPipelineError:
        return reading
    named = (
        services.deal_name(rule.name_template, lead.variables() | {"deal_name": lead.deal_name})
        if rule
        else ""
    )
    amount = lead.amount if lead.amount is not None else (rule.amount if rule else None)
    return Reading(
        lead=lead,
        notes=reading.notes,
        known=reading.known,
        is_known=reading.is_known,
        deal_name=named or lead.deal_name or lead.name or (lead.emails[0].email if lead.emails else ""),
        pipeline=pipeline.name,
        stage=stage.name,
        amount=amount,
        currency=lead.currency or (rule.currency if rule else "") or pipeline.currency,
        opens_deal=True,
    )
