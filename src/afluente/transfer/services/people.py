"""A row of a file as a person: every cell read once, what cannot be used said by column and value."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Membership
from afluente.contacts.services.reading import ValueRefusedError, parse_moment, parse_number, read_value
from afluente.kernel import text
from afluente.kernel.sayings import gettext, joined
from afluente.transfer.selectors.cells import unguarded
from afluente.transfer.selectors.targets import CONSENTS, FIELD, MESSENGER
from afluente.transfer.services import parsing
from afluente.transfer.services.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import Held, Place
    from afluente.contacts.services import EmailValue, Identity, MessengerValue, PhoneValue
    from afluente.transfer.models import Import
    from afluente.transfer.selectors.tables import Shape


@dataclass(frozen=True)
class Bad:
    """A value of a column that nobody can use as it stands."""

    column: int
    raw: str
    why: str
    is_fatal: bool


@dataclass
class Person:
    """What a row says of somebody."""

    number: int
    parts: dict[str, str] = field(default_factory=dict)
    emails: list[EmailValue] = field(default_factory=list)
    phones: list[PhoneValue] = field(default_factory=list)
    messengers: list[MessengerValue] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    consents: dict[str, bool] = field(default_factory=dict)  # by channel
    values: dict[int, Held] = field(default_factory=dict)
    utm: dict[str, str] = field(default_factory=dict)
    assignee_id: int | None = None
    created_at: dt.datetime | None = None
    external_id: str = ""
    bad: list[Bad] = field(default_factory=list)
    problem: str = ""
    is_skipped: bool = False
    identities: dict[str, Identity] = field(default_factory=dict)  # by rule, as far as they were asked for

    @property
    def name(self) -> str:
        return f"{self.parts.get('first_name', '')} {self.parts.get('last_name', '')}".strip()

    @property
    def is_anybody(self) -> bool:
        return bool(self.name or self.emails or self.phones or self.messengers or self.external_id)

    @property
    def failure(self) -> str:
        """Why the row cannot come in; "" when it can."""
        fatal = [joined(": ", [one.raw[:60], one.why]) for one in self.bad if one.is_fatal]
        return self.problem or (joined("; ", fatal) if fatal else "")


LEFT = -1  # for colleagues who are no longer here
# Cells of a column that are kept once read. What comes again and again (cities, tags, companies) comes
# early; addresses never do, and a hundred thousand of them kept would be searched by every collection
# of garbage.
MOST_KEPT = 2_000


class Reader:
    """Reads the rows of one import. Keeps what it has read: a cell that repeats is read once.

    One for another kind of record says with `blank` what its rows are, with `cell` and `put` what else its
    columns can hold, and with `finish` what makes a row whole.
    """

    def __init__(self, given: Import, shape: Shape, country: str, place: Place) -> None:
        self._mapping: list[str] = list(given.mapping)
        self._fixes: Mapping[str, Mapping[str, Any]] = given.fixes
        self._shape, self._country, self._place = shape, country, place
        self._fields = {one.id: one for one in kind_of(given).fields()}
        self._members = _members()
        self._columns = [(place, target) for place, target in enumerate(self._mapping) if target]
        self._places = {target: place for place, target in self._columns}
        self._seen: dict[int, dict[str, tuple[Any, Bad | None]]] = {place: {} for place, _ in self._columns}

    def person(self, number: int, cells: Sequence[str], problem: str = "") -> Person:
        """What the row says; its `failure` says why it cannot be used, if so."""
        found = self.blank(number, problem)
        if problem:
            return found
        for column, target in self._columns:
            raw = unguarded(cells[column]).strip() if column < len(cells) else ""
            if not raw:
                continue
            raw = self._fixed(found, column, raw)
            if not raw:
                continue
            read, bad = self._read(column, target, raw)
            if bad is not None:
                found.bad.append(bad)
            if read is not None:
                self.put(found, target, read)
        _settle(found)
        self.finish(found)
        return found

    def blank(self, number: int, problem: str) -> Person:
        """A row that says nothing yet."""
        return Person(number, problem=problem)

    def finish(self, found: Person) -> None:
        """Look at the row as a whole."""
        if not found.is_anybody and not found.bad:
            found.problem = gettext("Nothing in this row says who it is: no name and no address.")

    def put(self, found: Person, target: str, read: Any) -> None:
        """Write down what a cell says."""
        _put(found, target, read)

    def _fixed(self, found: Person, column: int, raw: str) -> str:
        """What stands for a value that somebody fixed; "" when it is left out."""
        fixes = dict(self._fixes.get(str(column), {}))
        # What a fix put there may be fixed in its turn; each counts once, so that no two go in a circle.
        while fixes and (fix := fixes.pop(raw[:300], None)) is not None:
            if fix.get("act") == "skip":
                found.is_skipped = True
            if fix.get("act") != "to":
                return ""
            raw = str(fix.get("to", ""))
        return raw

    def _read(self, column: int, target: str, raw: str) -> tuple[Any, Bad | None]:
        seen = self._seen[column]
        if raw in seen:
            return seen[raw]
        try:
            read: tuple[Any, Bad | None] = (self.cell(target, raw), None)
        except parsing.BadCellError as refused:
            bad = Bad(column, raw[:300], str(refused), is_fatal=refused.kept is None)
            read = (refused.kept, bad)
        if len(seen) < MOST_KEPT:
            seen[raw] = read
        return read

    def cell(self, target: str, raw: str) -> Any:
        """What a cell says. Raises BadCellError."""
        if target.startswith(FIELD):
            return self._value(int(target.removeprefix(FIELD)), raw)
        if target.startswith(MESSENGER):
            return parsing.messengers(target.removeprefix(MESSENGER), raw)
        if target == "created_at":
            return self.moment(raw)
        if target == "assignee":
            return self.member(raw)
        if target in CONSENTS:
            return parsing.yes_or_no(raw)
        if target == "phone":
            return parsing.phones(raw, self._country)
        return parsing.READERS.get(target, parsing.text_reader(target))(raw)

    def _value(self, field_id: int, raw: str) -> Held | None:
        known = self._fields.get(field_id)
        if known is None or known.is_archived:
            return None
        typed: Any = raw
        try:
            if known.kind == "number":
                typed = self.number(raw)
            elif known.kind == "moment":
                return self.moment(raw)
            return read_value(known, typed, self._place)
        except ValueRefusedError as refused:
            raise parsing.BadCellError(refused.advice) from refused
        except ArithmeticError as refused:
            raise parsing.BadCellError(gettext("Write a number.")) from refused
        except ValueError as refused:
            raise parsing.BadCellError(gettext("Write a number.")) from refused

    def number(self, raw: str) -> Any:
        """A number as the file writes them. Raises ValueError, ArithmeticError."""
        bare = re.sub(r"^(R\$|US\$|\$|€|zł)\s*|\s*(zł|%|€)$", "", raw)
        return parse_number(bare, "DE" if self._shape.decimal == "," else "US")

    def moment(self, raw: str) -> dt.datetime:
        """A moment, or the beginning of a day. Raises BadCellError."""
        try:
            return parse_moment(parsing.ordered(raw, self._shape.order), self._place)
        except (ValueError, OverflowError) as refused:
            raise parsing.BadCellError(gettext("This is no date.")) from refused

    def deadline(self, raw: str) -> tuple[dt.datetime, bool]:
        """A moment, and whether it is a day: its last second then. Raises BadCellError."""
        found = self.moment(raw)
        if ":" in raw and (found.astimezone(self._place.zone).time() != dt.time()):
            return found, False
        day = found.astimezone(self._place.zone).date()
        return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=self._place.zone).astimezone(dt.UTC), True

    def refuse(self, found: Person, target: str, raw: str, said: str, *, is_fatal: bool = True) -> None:
        """Say by column what of a row cannot be used, so that it can be mended there."""
        found.bad.append(Bad(self._places[target], raw[:300], said, is_fatal=is_fatal))

    def drop_others(self, found: Person, scope_id: int | None, said: str) -> None:
        """Leave out what stands in fields that records of this scope do not have."""
        for number in list(found.values):
            known = self._fields.get(number)
            if known is None or known.scope_id not in {None, scope_id}:
                del found.values[number]
                self.refuse(found, f"field:{number}", "", said, is_fatal=False)

    def member(self, raw: str) -> int:
        """A colleague. Raises BadCellError; somebody who left is named as such."""
        found = self._members.get(text.norm(raw)) or self._members.get(raw.strip().casefold())
        if found == LEFT:
            raise parsing.BadCellError(gettext("This colleague has left. Choose somebody who is here."))
        if found is None:
            raise parsing.BadCellError(
                gettext("Nobody here is called that. Write a colleague's name or e-mail.")
            )
        return found


def _members() -> dict[str, int]:
    """Colleagues by name and by e-mail; those who left are LEFT."""
    found: dict[str, int] = {}
    people = Membership.objects.select_related("user").order_by("is_active", "-pk")
    for one in people:
        found[text.norm(one.user.name)] = one.pk if one.is_active else LEFT
        found[one.user.email.casefold()] = one.pk if one.is_active else LEFT
    return found


def _put(found: Person, target: str, read: Any) -> None:
    if target.startswith(FIELD):
        found.values[int(target.removeprefix(FIELD))] = read
    elif target.startswith(MESSENGER):
        found.messengers.extend(read)
    elif target.startswith("utm_"):
        found.utm[target] = read
    elif target in _LISTS:
        getattr(found, _LISTS[target]).extend(read)
    elif target in CONSENTS:
        found.consents[CONSENTS[target]] = read
    elif target in {"assignee", "created_at", "external_id"}:
        setattr(found, {"assignee": "assignee_id"}.get(target, target), read)
    elif target == "address" and found.parts.get("address"):
        found.parts["address"] = f"{found.parts['address']}, {read}"[:500]
    else:
        found.parts[target] = read


_LISTS = {"email": "emails", "phone": "phones", "company": "companies", "tags": "tags", "note": "notes"}


def _settle(found: Person) -> None:
    """Put the parts of the name together."""
    middle = found.parts.pop("middle_name", "")
    whole = found.parts.pop("full_name", "")
    if whole and not (found.parts.get("first_name") or found.parts.get("last_name")):
        found.parts["first_name"], found.parts["last_name"] = text.split_name(whole)
    if middle:
        found.parts["first_name"] = f"{found.parts.get('first_name', '')} {middle}".strip()[:150]
    if found.emails:
        found.emails = list({one.key or one.email: one for one in found.emails}.values())
    if len(found.phones) > 1:
        found.phones = list({one.e164 or one.raw: one for one in found.phones}.values())
