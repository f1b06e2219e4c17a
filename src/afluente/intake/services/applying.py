"""From raw events to contacts, deals and history: in sets, exactly once (invariants 1, 2, 3).

A set of claimed events (`taking`) takes the locks of everybody it may be about, works in rounds (a
round ends before an event about somebody whom it already has), and marks the events done. So what
comes out is what one event after another would give, down to the numbers of deals and whose turn it
is. An event that cannot be read is set aside. `tests/intake/reference.py` is the readable twin.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from afluente.accounts.models import Workspace
from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.intake import statements
from afluente.intake.models import DealRule, Source
from afluente.intake.services import telling
from afluente.intake.services.filling import fill_fields
from afluente.intake.services.leads import Lead
from afluente.intake.services.notes import Note
from afluente.intake.services.parsing import UnreadableBodyError, read_lead
from afluente.intake.services.rounds import rounds
from afluente.intake.services.rules import Planned, RuleBook, plan_deal
from afluente.kernel import crash, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.intake.statements import ClaimedEvent

WARN = "intake.warn_of_fallback"
ATTEMPTS = 5  # then an event is given up

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of one event."""

    event_id: int
    notes: list[Note] = field(default_factory=list)
    error: str | None = None
    contact_id: int | None = None
    deal_id: int | None = None


@dataclass
class Entry:
    """One event on its way through a batch."""

    event: ClaimedEvent
    lead: Lead
    source: Source
    rule: DealRule | None
    outcome: Outcome
    match: contacts.Match = field(default_factory=contacts.Match)
    plan: Planned = field(default_factory=lambda: Planned(None))
    is_new_contact: bool = False

    @property
    def actor(self) -> Actor:
        return Actor("source", self.source.pk, self.source.name)


def blame(error: Exception) -> Note:
    """What is written beside an event that failed."""
    return Note("internal", f"{type(error).__name__}: {error}"[:300])


def apply_set(
    events: Sequence[ClaimedEvent],
    *,
    wanted: Mapping[int, Planned] | None = None,
    on_hold: Callable[[], None] | None = None,
) -> list[Outcome]:
    """Apply claimed events and mark them done; their outcomes in order.

    `wanted` overrides the rule for single events: a caller that names pipeline and stage itself.
    `on_hold` is called once everybody the events name is locked.
    """
    book = RuleBook.load()
    outcomes, entries, failed = _read_all(events, book)
    identities = [entry.lead.identity for entry in entries]
    contacts.lock_identities(identities)
    if on_hold:
        on_hold()
    for entry, match in zip(entries, contacts.find_and_hold(identities), strict=True):
        entry.match = match
    book.hold_turns(entry.rule for entry in entries if entry.rule is not None)
    for number, places in enumerate(rounds([_names(entry) for entry in entries])):
        together = [entries[place] for place in places]
        if number:
            _match_again(together)
        _apply_round(together, book, wanted or {})
    book.save_turns()
    statements.finish(outcomes)
    statements.postpone(failed, most=ATTEMPTS)
    _warn({entry.plan.fell_back.pk for entry in entries if entry.plan.fell_back is not None})
    return outcomes


def _read_all(
    events: Sequence[ClaimedEvent], book: RuleBook
) -> tuple[list[Outcome], list[Entry], list[tuple[int, Note]]]:
    """What was read, what of it can become something, and which events could not be read at all."""
    sources = {source.pk: source for source in Source.objects.all()}
    country = Workspace.objects.values_list("country", flat=True).get(pk=current_workspace_id())
    outcomes, entries, failed = [], [], []
    for event in events:
        try:
            entry = _read(event, sources[event.source_id], book, country)
        except Exception as error:  # reading touches no row, so the others can go on
            log.exception("Event %d cannot be read.", event.id)
            failed.append((event.id, blame(error)))
            continue
        outcomes.append(entry.outcome)
        if entry.outcome.error is None:
            entries.append(entry)
    return outcomes, entries, failed


def _warn(rule_ids: set[int]) -> None:
    """Queue one letter per rule that lost its target; the job knows whether it was written today."""
    workspace_id = current_workspace_id()
    for rule_id in rule_ids:
        jobs.enqueue(WARN, {"rule_id": rule_id}, workspace_id=workspace_id, key=f"{workspace_id}:{rule_id}")


def _read(event: ClaimedEvent, source: Source, book: RuleBook, country: str) -> Entry:
    """Read one event's body; an entry with an error when it cannot become anything."""
    outcome = Outcome(event.id)
    lead = Lead()
    try:
        lead = read_lead(
            event.body, event.content_type, kind=source.kind, mapping=source.mapping, country=country
        )
    except UnreadableBodyError as error:
        outcome.error, outcome.notes = "unreadable", [Note("unreadable", str(error))]
    else:
        outcome.notes = list(lead.notes)
        touch = {name: value for name, value in event.context.get("touch", {}).items() if value}
        lead = replace(lead, utm={**touch, **lead.utm})
        if lead.is_empty:
            outcome.error = "nobody"
            outcome.notes.append(Note("nobody"))
    rule, notes = book.rule_for(source, event.rule_id)
    outcome.notes += notes
    return Entry(event, lead, source, rule, outcome)


def _names(entry: Entry) -> list[str]:
    """What tells who an entry is about: its addresses and the contacts that have any of them."""
    return [*entry.lead.identity.keys, *(f"c:{contact_id}" for contact_id in entry.match.touched)]


def _match_again(entries: Sequence[Entry]) -> None:
    """Earlier rounds may have made or taught the people that these are about."""
    matches = contacts.find_contacts([entry.lead.identity for entry in entries])
    for entry, match in zip(entries, matches, strict=True):
        entry.match = match


def _apply_round(entries: Sequence[Entry], book: RuleBook, wanted: Mapping[int, Planned]) -> None:
    """Apply entries about different people, whose matches are known."""
    _plan(entries, book, wanted)
    _enrich([entry for entry in entries if entry.match.contact_id is not None])
    _create([entry for entry in entries if entry.match.contact_id is None], book)
    fill_fields(entries)
    crash.point("intake.after_contacts")
    _open([entry for entry in entries if entry.plan.deal is not None])
    crash.point("intake.after_deals")
    timeline.record([event for entry in entries for event in telling.events_of(entry)])
    telling.tell_consents(entries)


def _plan(entries: Sequence[Entry], book: RuleBook, wanted: Mapping[int, Planned]) -> None:
    """Decide about each entry's deal, before its contact exists: the deal's assignee gets both."""
    known = [entry.match.contact_id for entry in entries if entry.match.contact_id is not None]
    owners = statements.assignees_of(known) if known else {}
    reusing = [
        (entry.match.contact_id, entry.rule.pk)
        for entry in entries
        if entry.rule and entry.rule.adds_to_open_deal and entry.match.contact_id is not None
    ]
    held = statements.open_deals_of_rules(reusing)
    for entry in entries:
        contact_id = entry.match.contact_id
        if entry.event.id in wanted:
            entry.plan = wanted[entry.event.id]
            continue
        if contact_id and entry.rule and (deal_id := held.get((contact_id, entry.rule.pk))):
            entry.outcome.deal_id = deal_id
            continue
        entry.plan = plan_deal(
            book,
            rule=entry.rule,
            lead=entry.lead,
            source=entry.source,
            contact_id=contact_id or 0,
            contact_owner=owners.get(contact_id or 0),
            raw_event_id=entry.event.id,
        )
        entry.outcome.notes += entry.plan.notes


def _enrich(entries: Sequence[Entry]) -> None:
    contacts.enrich_contacts(
        [
            contacts.Enrichment(
                contact_id=entry.match.contact_ids[0],
                first_name=entry.lead.first_name,
                last_name=entry.lead.last_name,
                emails=entry.lead.emails,
                phones=entry.lead.phones,
                messengers=entry.lead.messengers,
                utm=dict(entry.lead.utm),
            )
            for entry in entries
        ]
    )
    for entry in entries:
        entry.outcome.contact_id = entry.match.contact_ids[0]


def _create(entries: Sequence[Entry], book: RuleBook) -> None:
    """Create the people whom nobody fits, or more than one."""
    ids = contacts.create_contacts(
        contacts=[_new_contact(entry, book) for entry in entries], by=[entry.actor for entry in entries]
    )
    for entry, contact_id in zip(entries, ids, strict=True):
        entry.outcome.contact_id = contact_id
        entry.is_new_contact = True
    pairs = [
        (entry.outcome.contact_id or 0, other, entry.match.level or "")
        for entry in entries
        for other in entry.match.contact_ids
    ]
    contacts.note_possible_duplicates(pairs)
    for entry in entries:
        if entry.match.contact_ids:
            entry.outcome.notes.append(Note("several_fit", str(len(entry.match.contact_ids))))


def _new_contact(entry: Entry, book: RuleBook) -> contacts.NewContact:
    lead = entry.lead
    return contacts.NewContact(
        first_name=lead.first_name,
        last_name=lead.last_name,
        emails=lead.emails,
        phones=lead.phones,
        messengers=lead.messengers,
        source=entry.source.kind,
        source_ref=entry.source.pk,
        source_name=lead.source_name or entry.source.name,
        assignee_id=entry.plan.deal.assignee_id if entry.plan.deal else book.default_assignee_id,
        utm=lead.utm,
    )


def _open(entries: Sequence[Entry]) -> None:
    """Open the planned deals, now that their contacts have numbers."""
    planned = [
        replace(entry.plan.deal, contact_ids=[entry.outcome.contact_id or 0])
        for entry in entries
        if entry.plan.deal is not None
    ]
    ids = deals.open_deals(deals=planned, by=[entry.actor for entry in entries])
    for entry, deal_id in zip(entries, ids, strict=True):
        entry.outcome.deal_id = deal_id
