"""What a file says that people agreed to: with a statement of where they did, and never over a no (P-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.delivery import services as delivery
from afluente.delivery.services.consents import Source
from afluente.kernel.sayings import gettext
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors.targets import CONSENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor
    from afluente.transfer.services.deciding import Decision
    from afluente.transfer.services.people import Person

BASIS = "consent_basis"  # the option that says where they agreed
KEPT = "consents"  # in the changes of a row: the words that it added


def unproven(codes: Sequence[str], options: Mapping[str, object]) -> str:
    """Why columns of these meanings prove nothing; "" when they do, or say nothing of consent."""
    if not any(code in CONSENTS for code in codes) or str(options.get(BASIS, "")).strip():
        return ""
    return gettext("A column says what people agreed to. Write where and when they did, as proof.")


def hear(given: Import, people: Sequence[tuple[Person, int]], by: Actor) -> dict[int, list[int]]:
    """Add what these rows say of these contacts; the numbers of the words that are new, by row."""
    said = [(one.number, word) for one, contact_id in people for word in _words(given, one, contact_id, by)]
    found: dict[int, list[int]] = {}
    if said:
        for (row, _), word_id in zip(said, delivery.hear_consents([word for _, word in said]), strict=True):
            if word_id is not None:
                found.setdefault(row, []).append(word_id)
    return found


def adding(given: Import, decisions: Sequence[Decision], by: Actor) -> set[int]:
    """The rows that would add a word to a known contact."""
    said = [
        (one.person.number, word)
        for one in decisions
        if one.contact_id
        for word in _words(given, one.person, one.contact_id, by)
    ]
    if not said:
        return set()
    added = delivery.would_add([word for _, word in said])
    return {row for (row, _), is_new in zip(said, added, strict=True) if is_new}


def take_back(given: Import, rows: Sequence[ImportRow], by: Actor) -> None:
    """Give people back what they had said before this import; what they said since stays."""
    here = {row.contact_id for row in rows if KEPT in row.changes}
    if not here:
        return
    # All that the import brought of them: rows of one contact are undone in several parts, and what an earlier
    # row said is no more what they had said before.
    every = ImportRow.objects.filter(batch_id=given.pk, contact_id__in=here, changes__has_key=KEPT)
    words = [word for changes in every.values_list("changes", flat=True) for word in changes[KEPT]]
    reason = gettext("Import taken back: {file}").format(file=given.name[:100])
    delivery.take_back_consents(word_ids=words, reason=str(reason), by=by)


def _words(given: Import, person: Person, contact_id: int, by: Actor) -> list[delivery.Said]:
    return [
        delivery.Said(
            contact_id=contact_id,
            channel=channel,
            is_given=is_given,
            source=Source.IMPORT,
            by=by,
            proof=delivery.Proof(reason=str(given.options.get(BASIS, ""))),
            gives_way=True,
            only_first=given.policy == Import.Policy.FILL,
        )
        for channel, is_given in person.consents.items()
    ]
