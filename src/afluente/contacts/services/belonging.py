"""Which contacts belong to which companies; each contact that changes gets one event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.models import Company, CompanyContact
from afluente.contacts.services.companies import CompanyGoneError
from afluente.contacts.services.editing import ChangedMeanwhileError
from afluente.contacts.services.indexing import index_many
from afluente.contacts.statements import companies as statements
from afluente.contacts.statements import identity
from afluente.kernel import text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

POSITION = 100


@transaction.atomic
def link_contacts(
    *, company_id: int, contact_ids: Sequence[int], by: Actor, position: str = "", is_told: bool = True
) -> list[int]:
    """Put contacts into a company; those that were not in it. Raises CompanyGoneError.

    Whoever asks has checked that the contacts may be changed. `is_told=False` writes nothing into the history
    of the contacts, which were made in the same transaction; the company's says it.
    """
    company = _present(company_id)
    held = identity.lock_contacts(sorted(set(contact_ids)))
    changed = statements.link(company_id, held, text.clean(position, limit=POSITION))
    if is_told:
        _tell(company_id, [(contact_id, had, [*had, company.name]) for contact_id, had, _ in changed], by)
    else:
        timeline.record(
            [
                NewEvent("company.joined", by, company_id=company_id, data={"contact": contact_id})
                for contact_id, _, _ in changed
            ]
        )
    index_many([row[0] for row in changed])
    return [row[0] for row in changed]


@transaction.atomic
def unlink_contacts(*, company_id: int, contact_ids: Sequence[int], by: Actor) -> dict[int, str]:
    """Take contacts out of a company; of those that were in it, the position each had."""
    company = _present(company_id)
    held = identity.lock_contacts(sorted(set(contact_ids)))
    changed = statements.unlink(company_id, held)
    _tell(
        company_id,
        [(contact_id, had, _without(had, company.name)) for contact_id, had, _position in changed],
        by,
    )
    index_many([row[0] for row in changed])
    return {contact_id: position for contact_id, _had, position in changed}


@transaction.atomic
def change_position(
    *, company_id: int, contact_id: int, position: str, by: Actor, seen: str | None = None
) -> None:
    """Say what somebody is in a company. Raises CompanyGoneError when they are not in it, and
    ChangedMeanwhileError when it says something else than `seen`.
    """
    rows = CompanyContact.objects.select_for_update().filter(company_id=company_id, contact_id=contact_id)
    link = rows.first()
    if link is None:
        raise CompanyGoneError
    wanted = text.clean(position, limit=POSITION)
    if seen is not None and link.position not in (seen, wanted):
        raise ChangedMeanwhileError(link.position)
    if link.position == wanted:
        return
    pair = [link.position, wanted]
    CompanyContact.objects.filter(pk=link.pk).update(position=wanted)
    told = NewEvent(
        "contact.changed", by, contact_id=contact_id, company_id=company_id, data={"position": pair}
    )
    timeline.record([told])


@transaction.atomic
def change_positions(*, company_id: int, positions: Mapping[int, tuple[str, str]], by: Actor) -> None:
    """Say what many are in a company: before and after, by contact; the caller holds them."""
    statements.reposition(company_id, {one: after for one, (_, after) in positions.items()})
    timeline.record(
        [
            NewEvent(
                "contact.changed",
                by,
                contact_id=one,
                company_id=company_id,
                data={"position": list(pair)},
            )
            for one, pair in positions.items()
        ]
    )


def _present(company_id: int) -> Company:
    found: Company | None = Company.objects.present().filter(pk=company_id).first()
    if found is None:
        raise CompanyGoneError
    return found


def _without(names: Sequence[str], name: str) -> list[str]:
    """One of several equal names stays as often as other companies are called so."""
    rest = list(names)
    if name in rest:
        rest.remove(name)
    return rest


def _tell(company_id: int, rows: Sequence[tuple[int, list[str], list[str]]], by: Actor) -> None:
    if rows:
        timeline.record(
            [
                NewEvent(
                    "contact.changed",
                    by,
                    contact_id=contact_id,
                    company_id=company_id,
                    data={"companies": [had, has]},
                )
                for contact_id, had, has in rows
            ]
        )
