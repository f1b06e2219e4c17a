"""Rows whose records are made, never changed: what is known by its number in the other system is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.kernel.sayings import gettext
from afluente.transfer.models import ExternalRecord, Import, ImportRow
from afluente.transfer.services.deciding import Decision, system_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.transfer.services.people import Person

Outcome = ImportRow.Outcome


def decide_by_number(given: Import, rows: Sequence[Person], about: str, present: Any) -> list[Decision]:
    """What becomes of each row; `present` are the records there are."""
    known = _known(given, rows, about, present)
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        is_external = given.match == Import.Match.EXTERNAL and row.external_id
        if row.is_skipped:
            one = Decision(row, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
        elif row.failure:
            one = Decision(row, Outcome.FAILED, reason=row.failure)
        elif is_external and row.external_id in known:
            number = known[row.external_id]
            one = Decision(row, Outcome.SKIPPED, reason=gettext("Known already."), record_id=number)
        elif is_external and row.external_id in seen:
            said = gettext("The same as in row {n}").format(n=seen[row.external_id])
            one = Decision(row, Outcome.SKIPPED, reason=said)
        else:
            one = Decision(row, Outcome.CREATED)
            seen.setdefault(row.external_id, row.number)
        found.append(one)
    return found


def _known(given: Import, rows: Sequence[Person], about: str, present: Any) -> dict[str, int]:
    """The present records that rows name by their number in the other system."""
    if given.match != Import.Match.EXTERNAL:
        return {}
    wanted = {row.external_id for row in rows if row.external_id}
    numbers = ExternalRecord.objects.filter(about=about, system=system_of(given), value__in=wanted)
    known = dict(numbers.values_list("value", "record_id"))
    here = set(present.filter(pk__in=known.values()).values_list("pk", flat=True))
    return {value: pk for value, pk in known.items() if pk in here}
