"""Who the people of some rows are: new, known, or nobody this import may touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from afluente.contacts import policies as contact_policies
from afluente.contacts import services as contacts
from afluente.contacts.models import Contact
from afluente.contacts.services import Arrival, Identity
from afluente.contacts.services.duplicate_names import contradict
from afluente.kernel import text
from afluente.kernel.sayings import gettext
from afluente.transfer.models import ExternalId, Import, ImportRow
from afluente.transfer.selectors import layouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.services.people import Person

Outcome = ImportRow.Outcome
P = TypeVar("P", bound="Person")


@dataclass(frozen=True)
class Decision:
    """What is to become of a row; `contact_id` of a known person, `record_id` of another known record."""

    person: Person
    outcome: str
    contact_id: int | None = None
    reason: str = ""
    record_id: int | None = None


def identity_of(person: Person, rule: str) -> Identity:
    """By what somebody is looked for, as the rule of the import says."""
    known = person.identities.get(rule)
    if known is None:
        emails = tuple(one.key for one in person.emails if one.key) if rule in {"any", "email"} else ()
        phones = tuple(one.e164 for one in person.phones if one.e164) if rule in {"any", "phone"} else ()
        # A phone may be an office's: by the usual rule, who has it under another name is somebody else.
        name = person.name if rule == Import.Match.ANY else ""
        known = person.identities[rule] = Identity(emails=emails, phones=phones, name=name)
    return known


def are_apart(given: Import, key: str, one: str, other: str) -> bool:
    """Whether two rows that share `key` are two people by their names all the same."""
    return given.match == Import.Match.ANY and key.startswith("p:") and contradict(one, other)


def keys_of(person: Person, rule: str) -> tuple[str, ...]:
    """What two rows of one person have in common."""
    if rule == Import.Match.EXTERNAL:
        return (f"x:{person.external_id}",) if person.external_id else ()
    return identity_of(person, rule).keys


def waves(people: Sequence[P], keys_in: Callable[[P], Sequence[str]]) -> list[list[P]]:
    """Parts in which nobody stands twice: the second row of somebody meets what the first one made. `keys_in` says
    what rows of one record have in common.
    """
    found: list[list[P]] = []
    last: dict[str, int] = {}
    for person in people:
        keys = keys_in(person)
        place = max((last[key] + 1 for key in keys if key in last), default=0)
        if place == len(found):
            found.append([])
        found[place].append(person)
        last.update(dict.fromkeys(keys, place))
    return found


def system_of(given: Import) -> str:
    """The name under which numbers of the other system are kept."""
    return layouts.NAMES.get(given.layout, "") or "import"


def decide(given: Import, member: Membership, people: Sequence[Person], *, is_held: bool) -> list[Decision]:
    """What is to become of each row. With `is_held` known contacts are kept from being changed."""
    found = _known(given, people, is_held=is_held)
    asked = {number for numbers in found.values() for number in numbers}
    mine = set(contact_policies.editable_by(member).filter(pk__in=asked).values_list("pk", flat=True))
    return [_decided(given, person, found.get(person.number, ()), mine) for person in people]


def _decided(given: Import, person: Person, found: Sequence[int], mine: set[int]) -> Decision:
    if person.is_skipped:
        return Decision(person, Outcome.SKIPPED, reason=gettext("Left out by you in the step Values."))
    if person.failure:
        return Decision(person, Outcome.FAILED, reason=person.failure)
    if len(found) > 1:
        numbers = ", ".join(f"#{number}" for number in found[:5])
        reason = gettext("It fits several contacts: {contacts}. Merge them first, or choose another rule.")
        return Decision(person, Outcome.FAILED, reason=reason.format(contacts=numbers))
    if not found:
        return Decision(person, Outcome.CREATED)
    if found[0] not in mine:
        return Decision(
            person, Outcome.FAILED, reason=gettext("This person is known, and not yours to change.")
        )
    if given.policy == Import.Policy.SKIP:
        return Decision(person, Outcome.SKIPPED, found[0], gettext("Known already."))
    return Decision(person, Outcome.UPDATED, found[0])


def _known(given: Import, people: Sequence[Person], *, is_held: bool) -> dict[int, Sequence[int]]:
    """By row, the present contacts whom it fits."""
    if given.match == Import.Match.NONE:
        return {}
    if given.match == Import.Match.EXTERNAL:
        return _by_external(given, people, is_held=is_held)
    asked = [(person.number, identity_of(person, given.match)) for person in people]
    asked = [(number, one) for number, one in asked if one.keys]
    look = contacts.find_and_hold if is_held else contacts.find_contacts
    matches = look([one for _, one in asked])
    return {
        number: match.contact_ids
        for (number, _), match in zip(asked, matches, strict=True)
        if match.contact_ids
    }


def _by_external(given: Import, people: Sequence[Person], *, is_held: bool) -> dict[int, Sequence[int]]:
    wanted = {person.external_id for person in people if person.external_id}
    rows = ExternalId.objects.filter(system=system_of(given), value__in=wanted)
    known = dict(rows.values_list("value", "contact_id"))
    numbers = list(known.values())
    present = (
        set(contacts.hold_contacts(numbers))
        if is_held
        else set(Contact.objects.present().filter(pk__in=numbers).values_list("pk", flat=True))
    )
    return {
        person.number: (known[person.external_id],)
        for person in people
        if known.get(person.external_id) in present
    }


class Bringing:
    """What the rows of one part name that is kept once: tags and companies."""

    def __init__(self, given: Import, people: Iterable[Person], by: Actor) -> None:
        everybody = list(people)
        self._given = given
        self._tags = {
            tag.name.casefold(): tag.pk for tag in contacts.ensure_tags(names=_all(everybody, "tags"), by=by)
        }
        self._companies = contacts.ensure_companies(names=_all(everybody, "companies"), by=by)

    def arrival(self, person: Person, contact_id: int, told: Mapping[str, Any]) -> Arrival:
        """What is said of a contact."""
        tags = [*self._given.tags, *(self._tags[name.casefold()] for name in person.tags)]
        return Arrival(
            contact_id=contact_id,
            parts=person.parts,
            emails=person.emails,
            phones=person.phones,
            messengers=person.messengers,
            company_ids=[self._companies[text.norm(name)] for name in person.companies],
            position=person.parts.get("position", ""),
            tag_ids=list(dict.fromkeys(tags)),
            values=person.values,
            utm=person.utm,
            assignee_id=person.assignee_id,
            created_at=person.created_at,
            told=told,
        )


def _all(people: Sequence[Person], name: str) -> list[str]:
    return list(dict.fromkeys(word for person in people for word in getattr(person, name)))
