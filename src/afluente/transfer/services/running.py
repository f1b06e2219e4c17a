"""Rows on their way in: part by part, each in one transaction that also moves the position.

A worker that is killed leaves the part it was at undone; whoever comes next goes on behind the last
row that is in. Two workers at once cannot be: the import is held while a part goes in.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation

from afluente.contacts import services as contacts
from afluente.contacts.services import NewContact
from afluente.contacts.statements.search import indexing_once
from afluente.kernel import clock, crash, jobs
from afluente.kernel.ahead import ahead
from afluente.kernel.sayings import gettext
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.timeline import services as timeline
from afluente.timeline.models import Event
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors import reading
from afluente.transfer.selectors.tables import Shape, UnreadableError
from afluente.transfer.services import consents, kinds
from afluente.transfer.services.deciding import Bringing, decide, identity_of, keys_of, system_of, waves
from afluente.transfer.services.kinds import actor_of
from afluente.transfer.services.starting import ImportRefusedError, held_import
from afluente.transfer.statements import rows as statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.selectors.tables import Row
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Person, Reader

RUN = "transfer.run"
BATCH = 1000  # rows in one transaction
Outcome = ImportRow.Outcome


@transaction.atomic
def start_import(*, import_id: int) -> Import:
    """Let a checked import begin. Raises ImportMovedError, ImportRefusedError when nothing would come in."""
    given = held_import(import_id, Import.State.CHECKED)
    if not given.report.get("created") and not given.report.get("updated"):
        raise ImportRefusedError(gettext("No row of this file would come in. Look at the reasons below."))
    given.started_at = clock.now()
    _set_going(given)
    return given


@transaction.atomic
def resume_import(*, import_id: int) -> Import:
    """Go on with one that was paused, or whose worker gave up."""
    given = held_import(import_id, Import.State.PAUSED, Import.State.RUNNING)
    _set_going(given)
    return given


def _set_going(given: Import) -> None:
    given.state, given.moved_at = Import.State.RUNNING, clock.now()
    given.save(update_fields=["state", "started_at", "moved_at"])
    jobs.enqueue(RUN, {"import_id": given.pk}, key=str(given.pk), workspace_id=current_workspace_id())


@transaction.atomic
def pause_import(*, import_id: int) -> Import:
    """Stop after the part that is going in; `resume_import` goes on."""
    given = held_import(import_id, Import.State.RUNNING)
    given.state = Import.State.PAUSED
    given.save(update_fields=["state"])
    return given


@transaction.atomic
def cancel_import(*, import_id: int) -> Import:
    """Stop for good. What is in stays, and can be taken back."""
    given = held_import(import_id, Import.State.RUNNING, Import.State.PAUSED)
    if given.state == Import.State.PAUSED:  # no job is at it that would keep the rows that failed
        jobs.enqueue(RUN, {"import_id": given.pk}, key=str(given.pk), workspace_id=current_workspace_id())
    given.state, given.ended_at = Import.State.CANCELLED, clock.now()
    given.save(update_fields=["state", "ended_at"])
    return given


def run_import(*, workspace_id: int, import_id: int) -> bool:
    """Bring in what is not in yet; whether that is all. Ends early when somebody paused or stopped it."""
    with scope(workspace_id):
        given = Import.objects.select_related("file", "member__user").get(pk=import_id)
        if given.state != Import.State.RUNNING:
            return False
        reader, shape = kinds.kind_of(given).reader(given), Shape.read(given.shape)
        language = given.member.user.language if given.member else "en"
    if given.file is None or given.member is None:
        return _fail(workspace_id, import_id, gettext("The file is no longer kept. Send it again."))
    position = given.position
    with translation.override(language), reading.local_copy(given.file) as path:
        try:
            rows = reading.data_rows(path, shape, after=position)
            for people in ahead(_read(reader, part) for part in batches(rows)):
                if not _bring(workspace_id, import_id, people, position):
                    return False
                position = people[-1].number
        except UnreadableError as refused:
            return _fail(workspace_id, import_id, str(refused))
    with scope(workspace_id), transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
        if held.state != Import.State.RUNNING or held.position != position:
            return False
        held.state, held.ended_at = Import.State.DONE, clock.now()
        held.save(update_fields=["state", "ended_at"])
    return True


def batches(rows: Iterator[Row], size: int = BATCH) -> Iterator[list[Row]]:
    """Parts of at most `size` rows."""
    while part := list(islice(rows, size)):
        yield part


def _fail(workspace_id: int, import_id: int, reason: str) -> bool:
    with scope(workspace_id):
        Import.objects.filter(pk=import_id).update(
            state=Import.State.FAILED, reason=reason, ended_at=clock.now()
        )
    return False


def _read(reader: Reader, part: Sequence[Row]) -> list[Person]:
    return [reader.person(row.number, row.cells, row.problem) for row in part]


def _bring(workspace_id: int, import_id: int, people: Sequence[Person], position: int) -> bool:
    """One part in one transaction; False when the import is paused, stopped or already further."""
    with scope(workspace_id), transaction.atomic():
        given = (
            Import.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=import_id)
        )
        if given.state != Import.State.RUNNING or given.position != position or given.member is None:
            return False
        lines = kinds.kind_of(given).take_in(given, given.member, people)
        event = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        statements.insert_rows(given.pk, lines, event_id=event)
        counts = {outcome: sum(1 for line in lines if line[1] == outcome) for outcome in Outcome}
        given.created_count += counts[Outcome.CREATED]
        given.updated_count += counts[Outcome.UPDATED]
        given.skipped_count += counts[Outcome.SKIPPED]
        given.failed_count += counts[Outcome.FAILED]
        given.position, given.moved_at = people[-1].number, clock.now()
        given.save()
        crash.point("transfer.before_commit")
    crash.point("transfer.after_commit")
    return True


def take_in(given: Import, member: Membership, people: Sequence[Person]) -> list[statements.Line]:
    """Bring these people in, inside the caller's transaction: what became of each row, in their order.

    The first part of a file is findable when it is in; of a long one, the rest is made findable beside
    the parts that follow.
    """
    by = actor_of(member)
    usable = [person for person in people if not person.failure and not person.is_skipped]
    contacts.lock_identities([_identity(person, given.match) for person in usable])
    bringing = Bringing(given, usable, by)
    lines: list[statements.Line] = []
    external: dict[str, int] = {}
    with contacts.indexing_by_job() if given.position else indexing_once():
        for wave in waves(people, lambda one: keys_of(one, given.match)):
            lines += _take_wave(given, member, wave, bringing, external)
    statements.keep_external(system_of(given), external)
    return sorted(lines, key=lambda line: line[0])


def _identity(person: Person, rule: str) -> contacts.Identity:
    if rule == Import.Match.EXTERNAL:
        return contacts.Identity(messengers=tuple(("external", key[2:]) for key in keys_of(person, rule)))
    return identity_of(person, rule)


def _take_wave(
    given: Import, member: Membership, wave: Sequence[Person], bringing: Bringing, external: dict[str, int]
) -> list[statements.Line]:
    by = actor_of(member)
    decisions = decide(given, member, wave, is_held=True)
    new = [one.person for one in decisions if one.outcome == Outcome.CREATED]
    ids = _create(given, new, bringing, by)
    known = [one for one in decisions if one.outcome == Outcome.UPDATED]
    changes = _change(given, known, bringing, by)
    _note(given, member, decisions, ids)
    heard = consents.hear(
        given,
        [*((one, ids[one.number]) for one in new), *((one.person, one.contact_id or 0) for one in known)],
        by,
    )
    lines = []
    for one in decisions:
        contact_id = ids.get(one.person.number) or one.contact_id
        if one.person.external_id and contact_id and one.outcome in {Outcome.CREATED, Outcome.UPDATED}:
            external[one.person.external_id] = contact_id
        outcome, reason = one.outcome, one.reason
        words = {consents.KEPT: heard[one.person.number]} if one.person.number in heard else {}
        record: dict[str, Any] = {}
        if outcome == Outcome.UPDATED:
            record = changes[one.person.number]
            if not record and not words and not one.person.notes:
                outcome, reason = Outcome.SKIPPED, gettext("The contact says all this already.")
        lines.append(
            statements.Line(one.person.number, str(outcome), contact_id, reason, {**record, **words})
        )
    return lines


def _note(given: Import, member: Membership, decisions: Sequence[Decision], ids: dict[int, int]) -> None:
    """The notes of these rows as comments of whoever imports."""
    by = actor_of(member)
    notes = [
        (ids.get(one.person.number) or one.contact_id or 0, note)
        for one in decisions
        if one.outcome in {Outcome.CREATED, Outcome.UPDATED}
        for note in one.person.notes
    ]
    if notes:
        timeline.add_notes(
            notes=notes, author=member, by=by, told={"import": {"id": given.pk, "file": given.name[:100]}}
        )


def _change(
    given: Import, known: Sequence[Decision], bringing: Bringing, by: Actor
) -> dict[int, dict[str, Any]]:
    """Write what these rows say of known contacts, one after another where several fit one by different
    addresses; what each changed, by the number of the row.
    """
    found: dict[int, dict[str, Any]] = {}
    while known:
        first, known = _first_of_each(known)
        changes = contacts.change_contacts(
            arrivals=[
                bringing.arrival(one.person, one.contact_id or 0, _told(given, one.person)) for one in first
            ],
            fill_only=given.policy == Import.Policy.FILL,
            by=by,
        )
        found |= {one.person.number: changes.get(one.contact_id or 0, {}) for one in first}
    return found


def _first_of_each(known: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """The first row of each contact, and the others."""
    first: dict[int | None, Decision] = {}
    again = [one for one in known if first.setdefault(one.contact_id, one) is not one]
    return list(first.values()), again


def _create(given: Import, people: Sequence[Person], bringing: Bringing, by: Actor) -> dict[int, int]:
    """Make contacts of these rows; their numbers by row."""
    ids = contacts.create_contacts(contacts=[_contact(given, person) for person in people], by=by)
    contacts.complete_contacts(
        arrivals=[bringing.arrival(person, number, {}) for person, number in zip(people, ids, strict=True)]
    )
    return {person.number: number for person, number in zip(people, ids, strict=True)}


def _contact(given: Import, person: Person) -> NewContact:
    return NewContact(
        first_name=person.parts.get("first_name", ""),
        last_name=person.parts.get("last_name", ""),
        emails=person.emails,
        phones=person.phones,
        messengers=person.messengers,
        source="import",
        source_ref=given.pk,
        source_name=given.name[:100],
        assignee_id=person.assignee_id or given.assignee_id,
        utm=person.utm,
        location=person.parts.get("location", ""),
        address=person.parts.get("address", ""),
        created_at=person.created_at,
        told=_told(given, person),
    )


def _told(given: Import, person: Person) -> dict[str, Any]:
    """What the history says of where it came from."""
    return {"import": {"id": given.pk, "file": given.name[:100], "row": person.number}}
