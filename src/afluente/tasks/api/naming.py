"""The people and records that a program names, as far as the token's maker may name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.policies import assignable_by, members_visible_to
from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.deals import policies as deal_policies
from afluente.tasks import services
from afluente.tasks.models import Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.api.shapes import TaskQuery
    from afluente.timeline.events import Actor


class MistakeError(Exception):
    """Something in a body or a query that cannot be; `field` says where it stood."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def check(member: Membership, asked: TaskQuery) -> None:
    """A member or record that there is none of would fit nothing, for no reason said. Raises MistakeError."""
    number = asked.assignee_id
    if number and not members_visible_to(member).filter(pk=number).exists():
        raise MistakeError("There is no such member.", "assignee_id")
    for kind in ("contact", "deal", "company"):
        if (record := getattr(asked, f"{kind}_id")) is not None:
            seen(member, kind, [record], f"{kind}_id")


def people(member: Membership, ids: Sequence[int | None], field: str) -> list[Any]:
    """These members, each once; None stays. They must be able to open the product."""
    wanted = list(dict.fromkeys(ids))
    numbers = [number for number in wanted if number is not None]
    if assignable_by(member).filter(pk__in=numbers).count() < len(numbers):
        raise MistakeError("There is no such member.", field)
    return wanted


def seen(member: Membership, kind: str, ids: Sequence[int], field: str) -> list[int]:
    """These records, each once, all of which the token's maker must see."""
    allowed: dict[str, Any] = {
        "contact": contact_policies.visible_to,
        "deal": deal_policies.visible_to,
        "company": contact_policies.companies_visible_to,
    }
    wanted = list(dict.fromkeys(ids))
    if wanted and allowed[kind](member).filter(pk__in=wanted).count() < len(wanted):
        raise MistakeError(f"There is no such {kind}.", field)
    return wanted


def fill(task_id: int, attributes: Mapping[str, Any], *, by: Actor, is_told: bool = True) -> None:
    """Let a task have these values, by the number or name of a field of its board, or of all."""
    if not attributes:
        return
    board_id = Task.objects.values_list("board_id", flat=True).get(pk=task_id)
    known = [one for one in fields.fields_for("task", board_id) if not one.is_archived]
    found: dict[int, fields.Held | None] = {}
    for name, typed in attributes.items():
        place = f"attributes.{name[:100]}"
        field = fields.find_field(known, name)
        if field is None:
            raise MistakeError(f"There is no field {name[:100]}.", place)
        try:
            found[field.id] = contacts.read_value(field, typed, fields.home())
        except contacts.ValueRefusedError as refused:
            raise MistakeError(str(refused), place) from refused
    services.fill_values(given={task_id: found}, by=by, is_told=is_told)
