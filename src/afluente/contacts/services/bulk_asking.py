"""What somebody asks of many contacts: read from a form, and looked at before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.accounts.policies import assignable_by
from afluente.contacts import selectors
from afluente.contacts.models import Contact, Tag
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.services.belonging import POSITION
from afluente.contacts.services.bulk_kinds import Change, Kind, kind_of
from afluente.contacts.services.bulk_shapes import SPREAD
from afluente.contacts.services.editing import NAME
from afluente.contacts.services.places import PARTS
from afluente.contacts.services.reading import ValueRefusedError, read_value
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField, Selection
    from afluente.contacts.selectors.selection import Picked

LOOKED_AT = 10_000  # so many are looked at before; the job counts the others as it goes
SAMPLE = 5
OPS = ("set", "add", "remove")
NAMES = ("first_name", "last_name")


class BulkRefusedError(ValueError):
    """What was asked cannot be done; the text says what to do, to a person."""


class UnknownCompanyError(BulkRefusedError):
    """Nobody has made a company of this name yet."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One contact of the sample."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a change would do. `is_more`: there are more than were looked at."""

    changed: int
    same: int
    refused: int
    is_more: bool
    sample: Sequence[Line]

    @property
    def total(self) -> int:
        return self.changed + self.same + self.refused


def field_asked(what: str) -> KnownField | None:
    """The field that `field-12` names, while people may fill it."""
    if not what.startswith(FIELD):
        return None
    number = what.removeprefix(FIELD)
    known = selectors.fields_of(selectors.CONTACT)
    found = selectors.find_field(known, int(number)) if number.isascii() and number.isdigit() else None
    return found if found is not None and found.is_active else None


def read_change(data: QueryDict, *, member: Membership) -> Change:
    """The change that a form asks for: `what`, `op`, and the value in `typed` (`time`, `position`, `tag`).

    Raises BulkRefusedError.
    """
    what, op = data.get("what", ""), data.get("op", "set")
    if what == "delete":
        return Change("delete")
    if what == "assignee":
        return read_assignee(data.get("typed", ""), member)
    if what == "tags":
        return Change("tags", "remove" if op == "remove" else "add", _tags(data.getlist("tag")))
    if what in NAMES:
        return Change(what, value=_name(data.get("typed", "")))
    if what == "company":
        return _company(op, data, member)
    if what in PARTS:
        return Change(what, value=text.clean(data.get("typed", ""), limit=PARTS[what]) or None)
    field = field_asked(what)
    if field is None:
        raise BulkRefusedError(gettext("Choose what to change."))
    return read_field(field, op if op in OPS and field.kind == "multiselect" else "set", data)


def read_field(field: KnownField, op: str, data: QueryDict) -> Change:
    """A change of a field of any kind of record, as its form says it. Raises BulkRefusedError."""
    typed: Any = data.getlist("typed") if field.kind == "multiselect" else data.get("typed", "")
    if field.kind == "moment":
        typed = f"{typed} {data.get('time', '')}".strip()
    try:
        value = selectors.plain(read_value(field, typed, selectors.home()))
    except ValueRefusedError as refused:
        raise BulkRefusedError(refused.advice) from refused
    if value is None and op != "set":
        raise BulkRefusedError(gettext("Tick at least one choice."))
    if value is None and field.is_required:
        raise BulkRefusedError(gettext("This field is required: it cannot be emptied."))
    return Change("field", op, value, field.id)


def read_assignee(typed: str, member: Membership) -> Change:
    """Somebody of the team, nobody, or `spread:7`: the team of member 7 without them, one after another; when
    they have none, everybody. Raises BulkRefusedError.
    """
    act, _, number = typed.partition(":")
    if act != SPREAD:
        return Change("assignee", value=read_person(typed, member))
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    others = assignable_by(member).exclude(pk=pk).order_by("pk")
    mates = others.filter(team__members=pk) if pk else others.none()
    people = list(mates.values_list("pk", flat=True)) or list(others.values_list("pk", flat=True))
    if not people:
        raise BulkRefusedError(gettext("There is nobody else to give them to."))
    return Change("assignee", SPREAD, people)


def read_person(typed: str, member: Membership) -> int | None:
    """Somebody of the team by number, or nobody. Raises BulkRefusedError."""
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    if not assignable_by(member).filter(pk=number).exists():
        raise BulkRefusedError(gettext("Choose somebody of the team."))
    return number


def _name(typed: str) -> str:
    """A part of a name is changed, never emptied: nobody is to be left without one."""
    value = text.clean(typed, limit=NAME)
    if not value:
        raise BulkRefusedError(gettext("Write what it becomes."))
    return value


def _company(op: str, data: QueryDict, member: Membership) -> Change:
    typed = text.clean(data.get("typed", ""), limit=255)
    if not typed:
        raise BulkRefusedError(gettext("Write the name of a company."))
    found = selectors.company_named(member=member, name=typed)
    if found is None:
        raise UnknownCompanyError(gettext("There is no company called {name}.").format(name=typed))
    if op == "remove":
        return Change("company", "remove", field=found.pk)
    return Change("company", "add", text.clean(data.get("position", ""), limit=POSITION) or None, found.pk)


def _tags(typed: Sequence[str]) -> list[int]:
    numbers = {int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 19}
    found = sorted(Tag.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    if not found:
        raise BulkRefusedError(gettext("Tick at least one tag."))
    return found


def preview(*, selection: Selection, change: Change, member: Membership) -> Preview:
    """What a change would do to the first 10,000 of those selected, with a few of them before and after."""

    def titles(ids: Sequence[int]) -> dict[int, str]:
        rows = list(Contact.objects.filter(pk__in=ids).select_related("assignee__user"))
        batch = selectors.batch_of(rows, columns=[], member=member)
        return {one.pk: batch.title(one) for one in batch.contacts}

    return look_at(selection=selection, kind=kind_of(change), member=member, titles=titles)


def look_at(
    *, selection: Picked, kind: Kind, member: Membership, titles: Callable[[Sequence[int]], Mapping[int, str]]
) -> Preview:
    """The same for any kind of record, `titles` of which says what some of them are called."""
    ids = selection.batch(member=member, limit=LOOKED_AT + 1)
    looked_at = ids[:LOOKED_AT]
    allowed = list(kind.allowed(member).filter(pk__in=looked_at).values_list("pk", flat=True))
    present = kind.present(allowed)
    changes = {one: (now, after) for one, now in present.items() if (after := kind.after(now)) != now}
    shown = sorted(changes, reverse=True)[:SAMPLE]
    called = titles(shown)
    return Preview(
        changed=len(changes),
        same=len(present) - len(changes),
        refused=len(looked_at) - len(present),
        is_more=len(ids) > LOOKED_AT,
        sample=[
            Line(title=called[one], before=kind.words(changes[one][0]), after=kind.words(changes[one][1]))
            for one in shown
            if one in called
        ],
    )


def words_of(change: Change) -> str:
    """A change in one phrase, such as «Responsible: Bruno Lima»."""
    try:
        kind = kind_of(change)
    except LookupError:
        is_company = change.kind == "company"
        return gettext("A company that was deleted") if is_company else gettext("A field that was deleted")
    if change.kind == "delete":
        return gettext("Deleted contacts")
    value = kind.words(change.value or "" if change.kind == "company" else change.value)
    value = value or gettext("emptied")
    label = {
        "assignee": gettext("Responsible"),
        "tags": gettext("Tags"),
        "company": gettext("Company"),
        "first_name": gettext("First name"),
        "last_name": gettext("Last name"),
        "location": gettext("Location"),
        "address": gettext("Address"),
    }.get(change.kind)
    if label is None:
        found = selectors.find_field(selectors.fields_of(selectors.CONTACT), change.field or 0)
        label = found.name if found else ""
    sign = {"add": "+ ", "remove": "\u2212 "}.get(change.op, "")
    return f"{label}: {sign}{value}"
