"""A lead becomes a contact, a company and a deal in one step, and that can be taken back (ADR 0162)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import services as contacts
from afluente.contacts.models import CompanyContact
from afluente.contacts.selectors import fields_of, held_values
from afluente.contacts.services.removing import delete_contacts
from afluente.deals.models import Conversion, Deal, DealContact, Stage
from afluente.deals.services.adding import Visitor, find_or_make_contact
from afluente.deals.services.companies import set_company
from afluente.deals.services.editing import delete_deals, locked, told
from afluente.deals.services.moving import move_deals
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.deals.services.people import link_contact, unlink_contact
from afluente.deals.services.values import DEAL, fill_values
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from decimal import Decimal

    from afluente.contacts.models import Company
    from afluente.timeline.events import Actor


class NotALeadError(Exception):
    """Only open leads, in a pipeline of leads, are converted."""


class BadTargetError(Exception):
    """A deal is opened in an open stage of a pipeline of deals."""


class NotConvertedError(Exception):
    """There is no conversion to take back."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a lead should become.

    The person is `contact_id`, else whoever fits `visitor` or is made from it, else the lead's own. The
    company is `company_id`, else the one called `company_name`, made if need be. Without `stage` no deal
    is opened.
    """

    contact_id: int | None = None
    visitor: Visitor | None = None
    company_id: int | None = None
    company_name: str = ""
    stage: Stage | None = None
    name: str = ""
    amount: Decimal | None = None
    country: str = ""


@transaction.atomic
def convert_lead(*, lead_id: int, wish: Wish, by: Actor) -> Conversion:
    """Make what `wish` says of an open lead, and close it as converted.

    Raises DealIsGoneError, NotALeadError (also when somebody else was quicker), BadTargetError and
    StageGoneError.
    """
    lead = locked(lead_id)
    stages = {one.pk: one for one in Stage.objects.filter(pipeline_id=lead.pipeline_id)}
    if not lead.pipeline.is_for_leads or lead.closed_at is not None:
        raise NotALeadError(lead_id)
    if wish.stage is not None and (wish.stage.kind != Stage.Kind.OPEN or wish.stage.pipeline.is_for_leads):
        raise BadTargetError(wish.stage.pk)
    contact_id, is_new_contact, is_new_link = _person(lead, wish, by)
    company, is_new_company = _company(lead, wish, contact_id, by)
    deal_id = _open(lead, wish, contact_id, company, by) if wish.stage is not None else None
    made = Conversion.objects.create(
        lead=lead,
        deal_id=deal_id,
        contact_id=contact_id,
        company=company,
        is_new_contact=is_new_contact,
        is_new_company=is_new_company,
        is_new_link=is_new_link,
        from_stage_id=lead.stage_id,
        created_at=clock.now(),
    )
    won = next(one for one in stages.values() if one.kind == Stage.Kind.WON)
    move_deals(deal_ids=[lead_id], to=won, by=by, cause={"kind": "converted"})
    _tell(made, lead, by)
    return made


@transaction.atomic
def undo_conversion(*, lead_id: int, by: Actor) -> Conversion:
    """Take the last conversion of a lead back: the lead is open again where it was, the deal is put away,
    and so are the contact and the company if they were made for it and have nothing else.

    Raises DealIsGoneError and NotConvertedError.
    """
    lead = locked(lead_id)
    done = Conversion.objects.filter(lead=lead, undone_at=None).order_by("-pk").first()
    if done is None:
        raise NotConvertedError(lead_id)
    done.undone_at = clock.now()
    done.save(update_fields=["undone_at"])
    if done.deal_id is not None:
        delete_deals(deal_ids=[done.deal_id], by=by)
    if done.is_new_link and done.contact_id is not None:
        unlink_contact(deal_id=lead_id, contact_id=done.contact_id, by=by)
    _put_away(done, by)
    opened = Stage.objects.filter(pipeline_id=lead.pipeline_id, kind=Stage.Kind.OPEN)
    back = opened.filter(pk=done.from_stage_id or 0).first() or opened.order_by("position", "pk")[0]
    move_deals(deal_ids=[lead_id], to=back, by=by, cause={"undo": True})
    timeline.record([told("deal.unconverted", lead, by, {"deal": done.deal_id})])
    return done


def _person(lead: Deal, wish: Wish, by: Actor) -> tuple[int | None, bool, bool]:
    """The contact, whether it was made now, and whether the lead got it now."""
    own = DealContact.objects.filter(deal=lead, contact__deleted_at=None)
    primary = own.order_by("-is_primary", "pk").values_list("contact_id", flat=True).first()
    contact_id, is_new = wish.contact_id, False
    if contact_id is None and wish.visitor:
        contact_id, is_new = find_or_make_contact(
            visitor=wish.visitor, country=wish.country, assignee=lead.assignee, by=by
        )
    contact_id = contact_id or primary
    if contact_id is None or own.filter(contact_id=contact_id).exists():
        return contact_id, is_new, False
    link_contact(deal_id=lead.pk, contact_id=contact_id, by=by)
    return contact_id, is_new, True


def _company(lead: Deal, wish: Wish, contact_id: int | None, by: Actor) -> tuple[Company | None, bool]:
    company, is_new = contacts.find_or_make_company(company_id=wish.company_id, name=wish.company_name, by=by)
    if company is None:
        return None, False
    if contact_id is not None:
        contacts.link_contacts(company_id=company.pk, contact_ids=[contact_id], by=by)
    if lead.company_id is None:
        set_company(deal_ids=[lead.pk], company=company, by=by)
    return company, is_new


def _open(lead: Deal, wish: Wish, contact_id: int | None, company: Company | None, by: Actor) -> int:
    assert wish.stage is not None
    others = DealContact.objects.filter(deal=lead, contact__deleted_at=None).order_by("-is_primary", "pk")
    people = [contact_id, *others.values_list("contact_id", flat=True)]
    new = NewDeal(
        name=wish.name or lead.name,
        pipeline_id=wish.stage.pipeline_id,
        stage_id=wish.stage.pk,
        currency=wish.stage.pipeline.currency,
        amount=lead.amount if wish.amount is None else wish.amount,
        assignee_id=lead.assignee_id,
        contact_ids=[one for one in dict.fromkeys(people) if one is not None],
        company_id=company.pk if company else lead.company_id,
        type_id=lead.type_id,
        source=lead.source,
        source_ref=lead.source_ref,
        source_name=lead.source_name,
        made_of=lead.pk,
    )
    (deal_id,) = open_deals(deals=[new], by=by)
    common = [field.id for field in fields_of(DEAL) if not field.is_archived]
    held = held_values(DEAL, [lead.pk], common).get(lead.pk, {})
    if held:
        fill_values(given={deal_id: held}, by=by, is_told=False)
    return deal_id


def _put_away(done: Conversion, by: Actor) -> None:
    """What was made for the conversion and nobody has used since."""
    if done.is_new_company and done.company_id is not None:
        others = CompanyContact.objects.filter(company_id=done.company_id, contact__deleted_at=None)
        deals = Deal.objects.present().filter(company_id=done.company_id).exclude(pk=done.lead_id)
        if not (others.exclude(contact_id=done.contact_id or 0).exists() or deals.exists()):
            set_company(deal_ids=[done.lead_id], company=None, by=by)
            contacts.delete_company(company_id=done.company_id, by=by)
    if done.is_new_contact and done.contact_id is not None:
        links = DealContact.objects.filter(contact_id=done.contact_id, deal__deleted_at=None)
        if not links.exclude(deal_id=done.lead_id).exists():
            delete_contacts(contact_ids=[done.contact_id], by=by)


def _tell(made: Conversion, lead: Deal, by: Actor) -> None:
    """One event for the lead, and one for the deal, that each name the other."""
    deal = Deal.objects.filter(pk=made.deal_id or 0).first()
    data = {
        "deal": made.deal_id,
        "deal_name": deal.name if deal else "",
        "contact": made.contact_id,
        "company_name": made.company.name if made.company else "",
    }
    events = [NewEvent("deal.converted", by, deal_id=lead.pk, contact_id=made.contact_id, data=data)]
    if deal is not None:
        origin = {"lead": lead.pk, "lead_name": lead.name}
        events.append(
            NewEvent("deal.from_lead", by, deal_id=deal.pk, contact_id=made.contact_id, data=origin)
        )
    timeline.record(events)
