"""Suggestions of duplicates, kept up as contacts change, and what people decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.models import Company, Field, PossibleDuplicate
from afluente.contacts.services import duplicate_keys
from afluente.contacts.services import duplicate_scoring as scoring
from afluente.contacts.statements import duplicates as statements
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from afluente.timeline.events import Actor

BATCH = 500  # contacts looked at in one transaction
MOST = 20  # contacts that may share a key for it to tell anything


class DecidedError(Exception):
    """Somebody else has decided about this pair already."""


@transaction.atomic
def look_for_duplicates(*, limit: int = BATCH) -> int:
    """Look at contacts that have changed since; how many. 0 when nothing waits, or somebody else looks.

    Its cost grows with how many changed and not with how many there are.
    """
    if not statements.hold_queue():
        return 0
    places, ids = statements.take(limit)
    if not places:
        return 0
    suggest(ids)
    statements.done(places)
    return len(places)


def suggest(contact_ids: Sequence[int]) -> int:
    """Bring keys and suggestions of these contacts up to date; how many suggestions they have.

    A pair that was noted stands as long as anything agrees. By which messenger somebody wrote is not
    judged here: a pair noted for that is left to a person.
    """
    own = read_traits(contact_ids)
    pairs = [(one.id, key) for one in own.values() for key in sorted(duplicate_keys.keys(one))]
    statements.replace_keys(contact_ids, pairs)
    noted = statements.noted(contact_ids)
    near = {*statements.sharing(pairs, most=MOST), *noted}
    others = {pk for pair in near for pk in pair} - own.keys()
    known = own | read_traits(others)
    found, apart = [], []
    for younger, older in sorted(near):
        if younger not in known or older not in known:
            continue
        verdict = scoring.judge(known[younger], known[older])
        if verdict.score >= scoring.ENOUGH or ((younger, older) in noted and verdict.reasons):
            found.append((younger, older, verdict.score, statements.as_json(verdict.reasons)))
        elif noted.get((younger, older), "messenger") != "messenger":
            apart.append((younger, older))
    statements.forget_noted(apart)
    statements.say(contact_ids, found)
    return len(found)


def read_traits(contact_ids: Collection[int]) -> dict[int, scoring.Traits]:
    """What can tell who these contacts are; without those who are gone. One query, and the fields."""
    tax_fields = [
        field.id for field in selectors.fields_of(selectors.CONTACT) if field.format == Field.Format.CPF
    ]
    return {
        number: scoring.Traits(
            id=number,
            name=name,
            emails=frozenset(emails),
            phones=frozenset(filter(None, phones)),
            city=city,
            place=place,
            companies=frozenset(companies),
            tax_ids=frozenset(tax_ids),
        )
        for number, name, city, place, emails, phones, companies, tax_ids in statements.traits(
            contact_ids, tax_fields
        )
    }


def reasons_between(one: int, other: int) -> list[tuple[str, str]]:
    """What two contacts have in common, as (rule, value), to be kept: a company by its name. Nothing
    when one is gone.
    """
    known = read_traits([one, other])
    reasons = scoring.judge(known[one], known[other]).reasons if len(known) == 2 else []
    names = {
        str(pk): name
        for pk, name in Company.objects.filter(
            pk__in=[int(value) for rule, value in reasons if rule == "company"]
        ).values_list("pk", "name")
    }
    return [
        ("company_named", names.get(value, "")) if rule == "company" else (rule, value)
        for rule, value in reasons
    ]


@transaction.atomic
def dismiss_duplicate(*, pair_id: int, by: Actor) -> PossibleDuplicate:
    """Say that two contacts are two people; they are not suggested again.

    Raises DecidedError, and PossibleDuplicate.DoesNotExist.
    """
    pair = PossibleDuplicate.objects.select_for_update().get(pk=pair_id)
    if pair.resolved_at is not None:
        raise DecidedError
    _decide([pair], PossibleDuplicate.Decision.DISMISSED, by)
    return pair


@transaction.atomic
def reopen_duplicate(*, pair_id: int, by: Actor) -> None:  # noqa: ARG001  who asks is told to every service
    """Take back a «not a duplicate»."""
    PossibleDuplicate.objects.filter(pk=pair_id, decision=PossibleDuplicate.Decision.DISMISSED).update(
        resolved_at=None, decision=PossibleDuplicate.Decision.OPEN, decided_by=""
    )


def _decide(pairs: Iterable[PossibleDuplicate], decision: str, by: Actor) -> None:
    numbers = [pair.pk for pair in pairs]
    PossibleDuplicate.objects.filter(pk__in=numbers).update(
        resolved_at=clock.now(), decision=decision, decided_by=by.name
    )
