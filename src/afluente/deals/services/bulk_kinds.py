"""What can be changed of many deals at once: as `contacts.services.bulk_kinds`, by the services of deals.

Values are plain (JSON), so that they can be written down and compared.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property
from itertools import cycle
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY
from afluente.contacts.services.bulk_shapes import SPREAD, Change, Changes, Kind
from afluente.deals import policies
from afluente.deals.models import Deal, DealType, Stage
from afluente.deals.selectors import requirements
from afluente.deals.services.bulk_details import Joining, Valuing, Writing
from afluente.deals.services.bulk_plain import Plain
from afluente.deals.services.due import Due, set_due
from afluente.deals.services.editing import assign_deals, delete_deals, restore_deals
from afluente.deals.services.moving import move_deals
from afluente.deals.services.types import give_type
from afluente.deals.services.values import fill_values
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.deals.models import DealQuerySet
    from afluente.timeline.events import Actor


class Staging(Plain):
    """Entering a stage of any pipeline: the value is its number, and why, where a deal is lost by it."""

    @cached_property
    def stages(self) -> dict[int, Stage]:
        return {stage.pk: stage for stage in Stage.objects.select_related("pipeline")}

    @property
    def to(self) -> Stage:
        return self.stages[self.change.value[0]]

    def require(self) -> None:
        if self.to.ends_into is not None:
            raise LookupError(self.to.pk)

    def allowed(self, member: Membership) -> DealQuerySet:
        """Those that lack what the stage wants stay where they are."""
        movable = policies.movable_by(member)
        if self.to.kind == Stage.Kind.LOST and self.to.pipeline.asks_lost_reason and not self.change.value[1]:
            return movable.none()
        return movable.filter(requirements.filled(requirements.required_of(self.to)))

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Deal.objects.present().filter(pk__in=ids).order_by("position", "pk")
        return {
            pk: [stage, reason] for pk, stage, reason in rows.values_list("pk", "stage_id", "lost_reason")
        }

    def after(self, before: Any) -> Any:
        """Who is there already stays as it is."""
        return before if before[0] == self.change.value[0] else self.change.value

    def write(self, changes: Changes, by: Actor) -> None:
        groups: dict[tuple[int, str], list[int]] = defaultdict(list)
        for pk, (_, (stage, reason)) in changes.items():
            groups[stage, reason].append(pk)
        for (number, reason), ids in groups.items():
            stage = self.stages.get(number)
            is_back = [number, reason] != self.change.value
            if stage is not None:
                cause = {"undo": True} if is_back else None
                move_deals(deal_ids=ids, to=stage, by=by, cause=cause, lost_reason=reason)

    def words(self, value: Any) -> str:
        stage = self.stages.get(value[0])
        said = f"{stage.pipeline.name}: {stage.name}" if stage else ""
        return f"{said} ({value[1]})" if value[1] else said


class Assigning(Plain):
    """Giving deals to somebody of the team, or to nobody."""

    @cached_property
    def people(self) -> dict[int, Membership]:
        return Membership.objects.select_related("user").in_bulk()

    @cached_property
    def turn(self) -> Iterator[int]:
        """Those among whom deals are spread, one after another."""
        return cycle(self.change.value)

    def after(self, before: Any) -> Any:
        return next(self.turn) if self.change.op == SPREAD else super().after(before)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Deal.objects.present().filter(pk__in=ids).values_list("pk", "assignee_id"))

    def write(self, changes: Changes, by: Actor) -> None:
        for number, ids in _by_value(changes).items():
            assign_deals(deal_ids=ids, assignee=self.people.get(number or 0), by=by)

    def words(self, value: Any) -> str:
        found = [self.people.get(one or 0) for one in (value if isinstance(value, list) else [value])]
        return ", ".join(one.user.name for one in found if one)


class Typing(Plain):
    """What kind of business they are."""

    @cached_property
    def types(self) -> dict[int, DealType]:
        return DealType.objects.in_bulk()

    def require(self) -> None:
        if self.change.value is not None:
            _ = self.types[self.change.value]

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Deal.objects.present().filter(pk__in=ids).values_list("pk", "type_id"))

    def write(self, changes: Changes, by: Actor) -> None:
        for number, ids in _by_value(changes).items():
            give_type(deal_ids=ids, to=self.types.get(number or 0), by=by)

    def words(self, value: Any) -> str:
        return self.types[value].name if value in self.types else ""


class Dating(Plain):
    """When they are due: a moment as text, whether it is a day, and the minutes of a reminder; None for never."""

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Deal.objects.present().filter(pk__in=ids)
        return {
            pk: at and [at.isoformat(), is_day, remind]
            for pk, at, is_day, remind in rows.values_list("pk", "due_at", "is_due_day", "remind_before")
        }

    def write(self, changes: Changes, by: Actor) -> None:
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for pk, (_, after) in changes.items():
            groups[tuple(after or ())].append(pk)
        for after, ids in groups.items():
            due = Due(dt.datetime.fromisoformat(after[0]), after[1], after[2]) if after else Due()
            set_due(deal_ids=ids, due=due, by=by)

    def words(self, value: Any) -> str:
        if not value:
            return ""
        at = dt.datetime.fromisoformat(value[0])
        return formats.day(timezone.localdate(at)) if value[1] else formats.when(at)


class Filling(Plain):
    """A field of deals: of those in its pipeline, or of all."""

    @cached_property
    def known(self) -> contacts.KnownField:
        found = contacts.find_field(contacts.fields_of("deal", EVERY), self.change.field or 0)
        if found is None or found.is_archived:
            raise LookupError(self.change.field)
        return found

    def require(self) -> None:
        _ = self.known

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        there = Deal.objects.present().filter(pk__in=ids)
        if self.known.scope_id is not None:
            there = there.filter(pipeline_id=self.known.scope_id)
        held = contacts.held_values("deal", ids, [self.known.id])
        return {
            one: contacts.plain(held.get(one, {}).get(self.known.id))
            for one in there.values_list("pk", flat=True)
        }

    def after(self, before: Any) -> Any:
        if self.change.op == "add":
            return sorted({*(before or ()), *self.change.value})
        if self.change.op == "remove":
            return sorted(set(before or ()) - set(self.change.value)) or None
        return self.change.value

    def write(self, changes: Changes, by: Actor) -> None:
        field = self.known
        given = {one: {field.id: contacts.from_plain(field, after)} for one, (_, after) in changes.items()}
        fill_values(given=given, by=by)

    def words(self, value: Any) -> str:
        return contacts.show(self.known, contacts.from_plain(self.known, value))


class Presence(Plain):
    """Putting deals away, and bringing them back."""

    def allowed(self, member: Membership) -> DealQuerySet:
        return policies.deletable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Deal.objects.filter(pk__in=ids).values_list("pk", "deleted_at")
        return {pk: moment is None for pk, moment in rows}

    def after(self, _before: Any) -> Any:
        return False

    def write(self, changes: Changes, by: Actor) -> None:
        for is_there, ids in _by_value(changes).items():
            (restore_deals if is_there else delete_deals)(deal_ids=ids, by=by)

    def words(self, value: Any) -> str:
        return "" if value else gettext("Deleted")


def _by_value(changes: Changes) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for pk, (_, after) in changes.items():
        groups[after].append(pk)
    return groups


KINDS: dict[str, type[Plain]] = {
    "stage": Staging,
    "assignee": Assigning,
    "type": Typing,
    "due": Dating,
    "field": Filling,
    "company": Joining,
    "name": Writing,
    "currency": Writing,
    "lost_reason": Writing,
    "amount": Valuing,
    "delete": Presence,
}


def kind_of(change: Change) -> Kind:
    """What does this change. Raises LookupError for one that cannot be asked (any more)."""
    made = KINDS[change.kind](change)
    made.require()
    return made  # type: ignore[return-value]  # each of KINDS is one
