"""A deal as its own page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors import card_groups, local_parts
from afluente.deals import policies
from afluente.deals.models import Conversion, Deal, DealContact, Stage
from afluente.deals.selectors.boards import depth_of
from afluente.deals.selectors.requirements import labels_of, missing, required_of
from afluente.files.selectors import AttachedFiles, attached_files
from afluente.kernel import clock, text
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact
    from afluente.contacts.selectors import CardGroup

STEPS = 20  # of five per cent each: the share of a segment that is filled


@dataclass(frozen=True, kw_only=True)
class RailStep:
    """One segment of the stage rail. `state` is "past", "present" or "future"; `share` 0 to 100."""

    stage: Stage
    depth: str
    state: str
    share: int = 100


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A contact in one line: what to call them, and their main addresses ('' when there is none)."""

    contact_id: int
    name: str
    email: str
    phone: str
    is_primary: bool = False

    @property
    def called(self) -> str:
        return self.name or self.email or self.phone or f"#{self.contact_id}"


def _line(contact: Contact, *, is_primary: bool = False) -> PersonLine:
    """Reads prefetched addresses only."""
    return PersonLine(
        contact_id=contact.pk,
        name=contact.name,
        email=next((one.email for one in contact.emails.all() if one.is_primary), ""),
        phone=next((one.raw for one in contact.phones.all() if one.is_primary), ""),
        is_primary=is_primary,
    )


@dataclass(frozen=True, kw_only=True)
class DealPage:
    """Everything the page and the side panel of a deal show, but its history."""

    deal: Deal
    rail: list[RailStep]
    won: Stage
    lost: Stage
    people: list[PersonLine]
    hidden_people: int
    files: AttachedFiles | None = None
    groups: Sequence[CardGroup] = ()
    lacking: Sequence[StrOrPromise] = ()
    origin: Deal | None = None  # the lead it came from, if the member sees it
    became: Conversion | None = None  # what a lead was converted into


def deal_page(*, member: Membership, deal_id: int) -> DealPage | None:
    """The deal with its stages and people; None when `member` does not see it."""
    deal = (
        policies.visible_to(member)
        .select_related("pipeline", "stage", "type", "company", "assignee__user")
        .filter(pk=deal_id)
        .first()
    )
    if deal is None:
        return None
    stages = list(Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position", "pk"))
    people, hidden = _people(deal, member)
    return DealPage(
        deal=deal,
        rail=rail(deal, [stage for stage in stages if stage.kind == Stage.Kind.OPEN]),
        won=next(stage for stage in stages if stage.kind == Stage.Kind.WON),
        lost=next(stage for stage in stages if stage.kind == Stage.Kind.LOST),
        people=people,
        hidden_people=hidden,
        files=attached_files(member=member, kind="deal", entity_id=deal.pk),
        groups=card_groups("deal", deal.pk, deal.pipeline_id, is_whole=True),
        lacking=_lacking(deal),
        **_conversions(deal, member),
    )


def _lacking(deal: Deal) -> list[StrOrPromise]:
    """What its stage wants and it does not have: whoever put it there was no person."""
    if not deal.is_open or not deal.stage.required:
        return []
    wanted = required_of(deal.stage)
    return labels_of(missing([deal.pk], wanted).get(deal.pk, []))


def _conversions(deal: Deal, member: Membership) -> dict[str, Any]:
    """The lead it came from, or what it was converted into."""
    seen = policies.visible_to(member)
    found = Conversion.objects.filter(Q(lead=deal) | Q(deal=deal), undone_at=None).select_related("deal")
    done = found.order_by("-pk").first()
    if done is None:
        return {}
    if done.lead_id == deal.pk:
        return {"became": done}
    return {"origin": seen.filter(pk=done.lead_id).first()}


def due_parts(deal: Deal) -> dict[str, Any]:
    """A due date as the boxes of its form want it: day, time ("" for none), reminder in minutes."""
    day, time = local_parts(deal.due_at)
    return {"day": day, "time": "" if deal.is_due_day else time, "remind_before": deal.remind_before}


def rail(deal: Deal, opened: list[Stage]) -> list[RailStep]:
    """Past full, present filled by age against its limit, future empty; closed deals have no present."""
    here = next((number for number, stage in enumerate(opened) if stage.pk == deal.stage_id), None)
    if here is None:
        state = "past" if deal.stage.kind == Stage.Kind.WON else "future"
        return [RailStep(stage=stage, depth=depth_of(stage, opened), state=state) for stage in opened]
    return [
        RailStep(
            stage=stage,
            depth=depth_of(stage, opened),
            state="past" if number < here else "present" if number == here else "future",
            share=_share(deal, stage) if number == here else 100,
        )
        for number, stage in enumerate(opened)
    ]


def _share(deal: Deal, stage: Stage) -> int:
    if stage.stale_after_days is None:
        return 60
    hours = (clock.now() - deal.stage_entered_at).total_seconds() / 3600
    return min(STEPS, max(1, round(STEPS * hours / (24 * stage.stale_after_days)))) * 100 // STEPS


def _people(deal: Deal, member: Membership) -> tuple[list[PersonLine], int]:
    """The contacts of the deal that `member` sees, primary first, and how many more there are."""
    links = DealContact.objects.filter(deal_id=deal.pk, contact__deleted_at=None)
    seen = links.filter(contact__in=contact_policies.visible_to(member))
    ordered = seen.select_related("contact").prefetch_related("contact__emails", "contact__phones")
    people = [
        _line(link.contact, is_primary=link.is_primary) for link in ordered.order_by("-is_primary", "pk")
    ]
    return people, links.count() - len(people)


def return_stage(*, deal: Deal) -> Stage:
    """Where a closed deal goes when it is reopened: where it came from, else the first open stage."""
    opened = Stage.objects.lasting().filter(pipeline_id=deal.pipeline_id, kind=Stage.Kind.OPEN)
    moves = Event.objects.filter(deal_id=deal.pk, kind="deal.moved").order_by("-pk")
    origin = moves.annotate(origin=F("data__from")).values_list("origin", flat=True).first()
    stage = opened.filter(pk=origin).first() if origin is not None else None
    return stage or opened.order_by("position", "pk")[0]


def people_to_add(*, member: Membership, deal: Deal, words: str) -> list[PersonLine]:
    """Up to eight contacts that `member` sees, are not in the deal yet and are called `words`."""
    if not words:
        return []
    folded = text.norm(words)
    named = Q(sort_name__contains=folded) | Q(emails__key__startswith=words.lower())
    digits = "".join(character for character in words if character.isdigit())
    if len(digits) >= 4:
        named |= Q(phones__e164__contains=digits)
    seen = contact_policies.listed_to(member).filter(named).exclude(deal_links__deal_id=deal.pk)
    ordered = seen.distinct().order_by("sort_name", "pk").prefetch_related("emails", "phones")
    return [_line(contact) for contact in ordered[:8]]
