"""The readable twin of `intake.services.applying`: one event after another, through the ORM, slowly.

It says what an arrival becomes; the set version must say the same (invariant 3, test_properties.py).
It shares the reading of bodies (`read_lead`) and the naming of deals, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from afluente.accounts.models import Membership, Workspace
from afluente.contacts.models import Contact, ContactSettings, PossibleDuplicate
from afluente.deals.models import Deal, DealContact, DealCounter, Pipeline, Stage
from afluente.intake.models import DealRule, RawEvent
from afluente.intake.services.naming import deal_name
from afluente.intake.services.parsing import UnreadableBodyError, read_lead
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests.intake import reference_people as people

if TYPE_CHECKING:
    from afluente.intake.services.leads import Lead

FIXED, IN_TURN = DealRule.Assign.FIXED, DealRule.Assign.ROUND_ROBIN


def apply_waiting() -> None:
    """Apply every waiting event of the present workspace, in order of arrival."""
    for raw in RawEvent.objects.filter(state="waiting").order_by("due_at", "pk"):
        _Arrival(raw).apply()


class _Arrival:
    """One raw event on its way."""

    def __init__(self, raw: RawEvent) -> None:
        self.raw = raw
        self.notes: list[dict[str, str]] = []
        self.deal: Deal | None = None

    def apply(self) -> None:
        """Read it, find its person, open its deal, write its history."""
        raw = self.raw
        try:
            self.lead = self._read()
        except UnreadableBodyError as error:
            self.note("unreadable", str(error))
            self.rule = self._rule()
            self._end("unreadable")
            return
        self.notes = [note.as_json() for note in self.lead.notes]
        if self.lead.is_empty:
            self.note("nobody")
            self.rule = self._rule()
            self._end("nobody")
            return
        self.rule = self._rule()
        level, fits = people.who(self.lead)
        self.level = level if len(fits) == 1 else ""
        known = fits[0] if len(fits) == 1 else None
        self.is_new = known is None
        self.told = people.told(self.lead, level, known, people.touched_by(self.lead))
        reused = self._open_deal_of_rule(known)
        planned = None if reused else self._plan(known)
        if known is None:
            self.contact = self._make_contact(planned["assignee"] if planned else self._default())
            for other in fits:
                PossibleDuplicate.objects.get_or_create(
                    contact=self.contact, other=other, defaults={"reason": level, "created_at": clock.now()}
                )
            if fits:
                self.note("several_fit", str(len(fits)))
        else:
            self.contact = known
            self._enrich()
        self.notes += people.fill_fields(self.contact, self.lead, by=self._actor(), is_told=not self.is_new)
        self.deal = reused or (self._make_deal(planned) if planned else None)
        self._tell(is_fallback=bool(planned and planned["fell_back"]))
        raw.contact_id, raw.deal_id = self.contact.pk, self.deal.pk if self.deal else None
        self._end("")

    def note(self, code: str, value: str = "") -> None:
        self.notes.append({"code": code, "value": value})

    def _read(self) -> Lead:
        source = self.raw.source
        country = Workspace.objects.get(pk=current_workspace_id()).country
        lead = read_lead(
            bytes(self.raw.body),
            self.raw.content_type,
            kind=source.kind,
            mapping=source.mapping,
            country=country,
        )
        touch = {name: value for name, value in self.raw.context.get("touch", {}).items() if value}
        return replace(lead, utm=touch | dict(lead.utm))

    def _rule(self) -> DealRule | None:
        """The rule the sender named, else the source's own, else none."""
        named = self.raw.rule_id
        if named is not None:
            found = DealRule.objects.filter(pk=named).first()
            if found:
                return found
            self.note("rule_unknown", str(named))
        return self.raw.source.rule

    # Deal

    def _open_deal_of_rule(self, known: Contact | None) -> Deal | None:
        """The newest open deal of this rule with this person, when the rule adds to it."""
        rule = self.rule
        if rule is None or not rule.is_on or rule.repeat != DealRule.Repeat.OPEN or known is None:
            return None
        return Deal.objects.open().filter(rule_ref=rule.pk, people__contact=known).order_by("-pk").first()

    def _plan(self, known: Contact | None) -> dict[str, Any] | None:
        """Where the deal goes and who gets it; None when the rule is off."""
        rule = self.rule
        if rule is not None and not rule.is_on:
            self.note("rule_off", rule.name)
            return None
        pipeline, stage, fell_back = self._target()
        assignee = self._assignee(pipeline, known)
        if rule and fell_back:
            self.note("target_gone", rule.name)
        if rule and assignee is None and rule.assign in {FIXED, IN_TURN}:
            self.note("assignee_gone", rule.name)
        if assignee is None and (rule is None or rule.assign != DealRule.Assign.NOBODY):
            assignee = self._default()
        return {"pipeline": pipeline, "stage": stage, "assignee": assignee, "fell_back": fell_back}

    def _default(self) -> Membership | None:
        """Whoever gets what nobody else is named for (Q20)."""
        decided = ContactSettings.objects.first()
        return _active(decided.default_assignee_id) if decided else None

    def _target(self) -> tuple[Pipeline, Stage, bool]:
        """The rule's pipeline and stage; what is gone is replaced by the first one (SP-017, SP-023)."""
        present = list(Pipeline.objects.present().order_by("position", "pk"))
        chosen = next((one for one in present if self.rule and one.pk == self.rule.pipeline_id), None)
        if chosen is not None:
            stage = chosen.stages.filter(pk=self.rule.stage_id).first() if self.rule else None
            return chosen, stage or _first_open(chosen), False
        return present[0], _first_open(present[0]), bool(self.rule and self.rule.had_target)

    def _assignee(self, pipeline: Pipeline, known: Contact | None) -> Membership | None:
        rule = self.rule
        assign = rule.assign if rule else DealRule.Assign.CONTACT
        default = _active(pipeline.default_assignee_id)
        if assign == FIXED:
            return _active(rule.assignee_id)
        if assign == IN_TURN:
            return self._next_in_turn()
        if assign == DealRule.Assign.CONTACT:
            return _active(known.assignee_id if known else None) or default
        return default if assign == DealRule.Assign.PIPELINE else None

    def _next_in_turn(self) -> Membership | None:
        rule = self.rule
        present = [one.member for one in rule.members.order_by("position", "pk")]
        present = [one for one in present if _active(one.pk)]
        if not present:
            return None
        taken = present[rule.turn % len(present)]
        rule.turn += 1
        rule.save(update_fields=["turn"])
        return taken

    def _make_deal(self, planned: dict[str, Any]) -> Deal:
        rule, lead, source = self.rule, self.lead, self.raw.source
        counter, _ = DealCounter.objects.get_or_create(workspace_id=current_workspace_id())
        counter.last_number += 1
        counter.save(update_fields=["last_number"])
        amount = lead.amount if lead.amount is not None else (rule.amount if rule else None)
        name = self._deal_name()
        made = Deal.objects.create(
            number=counter.last_number,
            name=name or f"#{counter.last_number}",
            amount=amount if amount is not None else Decimal(0),
            currency=lead.currency or (rule.currency if rule else "") or planned["pipeline"].currency,
            pipeline=planned["pipeline"],
            stage=planned["stage"],
            stage_entered_at=clock.now(),
            position=_top_position(),
            assignee=planned["assignee"],
            source=source.kind,
            source_ref=source.pk,
            source_name=lead.source_name or source.name,
            raw_event_id=self.raw.pk,
            rule_ref=rule.pk if rule else None,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        DealContact.objects.create(deal=made, contact=self.contact, is_primary=True)
        return made

    def _deal_name(self) -> str:
        rule, lead = self.rule, self.lead
        if rule and rule.name_template:
            named = deal_name(rule.name_template, lead.variables() | {"deal_name": lead.deal_name})
            if named:
                return named
        return lead.deal_name or lead.name or (lead.emails[0].email if lead.emails else "")

    # Contact

    def _make_contact(self, assignee: Membership | None) -> Contact:
        lead, source, moment = self.lead, self.raw.source, clock.now()
        made = Contact.objects.create(
            first_name=lead.first_name,
            last_name=lead.last_name,
            source=source.kind,
            source_ref=source.pk,
            source_name=lead.source_name or source.name,
            assignee=assignee,
            utm_first=dict(lead.utm),
            utm_last=dict(lead.utm),
            created_at=moment,
            updated_at=moment,
        )
        people.add_addresses(made, lead)
        return made

    def _enrich(self) -> None:
        """Add what is new, fill what is empty; nothing known is overwritten."""
        lead, contact = self.lead, self.contact
        if not contact.name:
            contact.first_name, contact.last_name = lead.first_name, lead.last_name
        if lead.utm:
            contact.utm_first = contact.utm_first or dict(lead.utm)
            contact.utm_last = dict(lead.utm)
        contact.save()
        people.add_addresses(contact, lead)

    # History

    def _tell(self, *, is_fallback: bool) -> None:
        lead, source = self.lead, self.raw.source
        name = lead.source_name or source.name
        told = {"source": source.kind, "source_name": name}
        if self.is_new:
            self._record("contact.created", {"name": lead.name, **told})
        if self.deal is not None and self.deal.raw_event_id == self.raw.pk:
            deal = self.deal
            data = {
                "name": self._deal_name(),
                "amount": str(deal.amount),
                "currency": deal.currency,
                "stage": deal.stage_id,
                "pipeline": deal.pipeline_id,
                "assignee": deal.assignee_id,
            }
            self._record("deal.opened", {**data, **told}, deal=deal)
        data = {
            "source_id": self.raw.source.pk,
            "raw_event": self.raw.pk,
            "fields": dict(lead.fields),
            "utm": dict(lead.utm),
        }
        self._record("lead.received", {**told, **data, **self.told}, deal=self.deal)
        if is_fallback and self.rule:
            data = {"rule": self.rule.pk, "rule_name": self.rule.name}
            self._record("rule.fell_back", data, deal=self.deal)

    def _actor(self) -> Actor:
        return Actor("source", self.raw.source.pk, self.raw.source.name)

    def _record(self, kind: str, data: dict[str, Any], deal: Deal | None = None) -> None:
        source = self.raw.source
        Event.objects.create(
            at=clock.now(),
            kind=kind,
            contact_id=self.contact.pk,
            deal_id=deal.pk if deal else None,
            actor_kind="source",
            actor_id=source.pk,
            actor_name=source.name,
            data=data,
        )

    def _end(self, error: str) -> None:
        raw = self.raw
        raw.state, raw.error, raw.notes = "dead" if error else "done", error, self.notes
        raw.attempts, raw.ended_at = raw.attempts + 1, clock.now()
        raw.save()


def _first_open(pipeline: Pipeline) -> Stage:
    return pipeline.stages.filter(kind=Stage.Kind.OPEN).order_by("position", "pk")[0]


def _active(member_id: int | None) -> Membership | None:
    return Membership.objects.active().filter(pk=member_id).first()


def _top_position() -> Decimal:
    """Later deals stand above earlier ones."""
    return -(DealCounter.objects.aggregate(Max("last_number"))["last_number__max"] or 0) * Decimal(1)
