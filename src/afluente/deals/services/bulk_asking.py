"""What somebody asks of many deals: read from a form, and looked at before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY
from afluente.contacts.selectors.columns import FIELD
from afluente.contacts.services.bulk_asking import (
    BulkRefusedError,
    Preview,
    look_at,
    read_assignee,
    read_field,
)
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals import policies
from afluente.deals.models import Deal, DealType, Stage
from afluente.deals.services.bulk_kinds import kind_of
from afluente.kernel import money, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.deals.selectors.picking import DealSelection
    from afluente.deals.services.due import Due

__all__ = ["BulkRefusedError", "Preview", "field_asked", "preview", "read_change", "words_of"]


def field_asked(what: str) -> contacts.KnownField | None:
    """The field of deals that `field-12` names, while people may fill it."""
    number = what.removeprefix(FIELD)
    if not what.startswith(FIELD) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = contacts.find_field(contacts.fields_of("deal", EVERY), int(number))
    return found if found is not None and found.is_active else None


def read_change(data: QueryDict, *, member: Membership, due: Due | None = None, locale: str = "en") -> Change:
    """The change that a form asks for: `what`, `op` and the value in `typed` (`reason` with a stage); `due` is
    what its date says, `locale` how amounts are written. Raises BulkRefusedError.
    """
    what, typed = data.get("what", ""), data.get("typed", "")
    reason = text.clean(data.get("reason", ""), limit=255)
    known: dict[str, Callable[[], Change]] = {
        "delete": lambda: Change("delete", value=False),
        "stage": lambda: Change("stage", value=_stage(typed, reason, member)),
        "assignee": lambda: read_assignee(typed, member),
        "type": lambda: Change("type", value=_type(typed)),
        "due": lambda: Change("due", value=_due(due)),
        "company": lambda: Change("company", value=_company(typed, member)),
        "amount": lambda: Change("amount", value=_amount(typed, locale)),
    }
    if what in known:
        return known[what]()
    field = field_asked(what)
    if field is None:
        raise BulkRefusedError(gettext("Choose what to change."))
    op = data.get("op", "set")
    return read_field(field, op if op in {"add", "remove"} and field.kind == "multiselect" else "set", data)


def _due(due: Due | None) -> list[Any] | None:
    if due is None:
        raise BulkRefusedError(gettext("Choose a day, or say that they are not due."))
    return [due.at.isoformat(), due.is_day, due.remind_before] if due.at else None


def preview(*, selection: DealSelection, change: Change, member: Membership) -> Preview:
    """What a change would do to the first 10,000 of those selected, with a few of them before and after."""

    def titles(ids: Sequence[int]) -> dict[int, str]:
        return dict(Deal.objects.filter(pk__in=ids).values_list("pk", "name"))

    return look_at(selection=selection, kind=kind_of(change), member=member, titles=titles)


def words_of(change: Change) -> str:
    """A change in one phrase, such as «Assignee: Bruno Lima»."""
    try:
        kind = kind_of(change)
    except LookupError:
        return gettext("Something that was deleted")
    if change.kind == "delete":
        return gettext("Deleted deals")
    label = {
        "stage": gettext("Stage"),
        "assignee": gettext("Assignee"),
        "type": gettext("Type"),
        "due": gettext("Due date"),
        "company": gettext("Company"),
        "amount": gettext("Value"),
    }.get(change.kind)
    if label is None:
        found = contacts.find_field(contacts.fields_of("deal", EVERY), change.field or 0)
        label = found.name if found else ""
    sign = {"add": "+ ", "remove": "\u2212 "}.get(change.op, "")
    return f"{label}: {sign}{kind.words(change.value) or gettext('emptied')}"


def _stage(typed: str, reason: str, member: Membership) -> list[int | str]:
    seen = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(member))
    stage = seen.filter(pk=_number(typed)).select_related("pipeline").first()
    if stage is None:
        raise BulkRefusedError(gettext("Choose a stage."))
    if stage.kind != Stage.Kind.LOST:
        return [stage.pk, ""]
    if stage.pipeline.asks_lost_reason and not reason:
        raise BulkRefusedError(gettext("Say why they were lost."))
    return [stage.pk, reason]


def _type(typed: str) -> int | None:
    if not typed:
        return None
    found = DealType.objects.filter(pk=_number(typed), archived_at=None).first()
    if found is None:
        raise BulkRefusedError(gettext("Choose a type."))
    return found.pk


def _company(typed: str, member: Membership) -> int | None:
    """A company by its name, as far as `member` sees it, or none."""
    name = text.clean(typed, limit=255)
    if not name:
        return None
    found = contacts.company_named(member=member, name=name)
    if found is None:
        raise BulkRefusedError(gettext("There is no company called {name}.").format(name=name))
    return found.pk


def _amount(typed: str, locale: str) -> str:
    """What each is worth, as text. Nothing is not zero: it has to be said."""
    try:
        found = money.amount(typed.strip() or None, locale=locale)
    except money.BadAmountError as refused:
        raise BulkRefusedError(gettext("Write a number.")) from refused
    if found < 0:
        raise BulkRefusedError(gettext("The value of a deal cannot be below zero."))
    return f"{found.normalize():f}"


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
