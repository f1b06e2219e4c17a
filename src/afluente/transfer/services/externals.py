"""The numbers that contacts have in other systems, said one by one; imports write them by the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from afluente.kernel import text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent
from afluente.transfer.models import ExternalId

if TYPE_CHECKING:
    from afluente.timeline.events import Actor

SYSTEM, VALUE = 60, 200  # characters


class ExternalTakenError(ValueError):
    """Another contact has this number in this system."""


def cleaned(system: str, value: str) -> tuple[str, str]:
    """The name of a system and a number in it as they are kept."""
    return text.clean(system, limit=SYSTEM), text.clean(value, limit=VALUE)


@transaction.atomic
def name_external(*, contact_id: int, system: str, value: str, by: Actor) -> ExternalId:
    """Say which number a contact has in a system, in place of the one said before; told in its history.

    Raises ValueError without a name or a number, and ExternalTakenError.
    """
    named, number = cleaned(system, value)
    if not (named and number):
        raise ValueError(system)
    held = ExternalId.objects.filter(system=named, value=number).first()
    if held is not None and held.contact_id != contact_id:
        raise ExternalTakenError(number)
    former = ExternalId.objects.filter(system=named, contact_id=contact_id).exclude(value=number)
    before = ", ".join(former.order_by("pk").values_list("value", flat=True))
    former.delete()
    if held is None or before:
        _tell(contact_id, named, before, number, by)
    if held is not None:
        return held
    try:
        with transaction.atomic():
            made: ExternalId = ExternalId.objects.create(system=named, value=number, contact_id=contact_id)
    except IntegrityError as taken:
        raise ExternalTakenError(number) from taken
    return made


@transaction.atomic
def forget_external(*, contact_id: int, system: str, by: Actor) -> int:
    """Forget the number of a contact in a system, which its history tells; how many there were."""
    found = ExternalId.objects.filter(contact_id=contact_id, system=system)
    values = list(found.order_by("pk").values_list("value", flat=True))
    if values:
        found.delete()
        _tell(contact_id, system, ", ".join(values), "", by)
    return len(values)


def _tell(contact_id: int, system: str, before: str, after: str, by: Actor) -> None:
    data = {f"external:{system}": [before, after]}
    timeline.record([NewEvent("contact.changed", by, contact_id=contact_id, data=data)])
