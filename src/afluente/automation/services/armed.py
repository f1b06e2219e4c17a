"""The triggers of a workspace as they stand, ready to be asked of what was heard."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from afluente.accounts.models import Workspace
from afluente.automation import selectors
from afluente.automation.engine import conditions
from afluente.automation.engine.conditions import InvalidConditionError, Moment
from afluente.automation.engine.records import UnknownFieldError
from afluente.automation.engine.triggers import Armed, Place
from afluente.automation.models import Trigger
from afluente.automation.selectors.trigger_kinds import trigger_kinds
from afluente.deals.models import Stage
from afluente.kernel import conditions as written
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.conditions import Compiled
    from afluente.automation.engine.records import Record


@dataclass
class Known:
    """What a batch needs: read once."""

    now: dt.datetime
    zone: ZoneInfo
    triggers: Mapping[int, Trigger]
    armed: Sequence[Armed]
    places: Mapping[int, Place]
    tests: Mapping[int, Compiled | None]
    records: Mapping[int, Record] = field(default_factory=dict)
    standing: dict[int, tuple[int, bool]] = field(
        default_factory=dict
    )  # by deal: its stage, whether it is open
    frozen: set[int] = field(default_factory=set)

    def holds(self, one: Armed, deal_id: int) -> bool:
        """Whether a trigger's condition holds of a deal; one that cannot be asked any more does not."""
        test = self.tests[one.id]
        if test is None:
            return False
        try:
            return test(self.records[deal_id], Moment(self.now, self.zone)).holds
        except UnknownFieldError:
            return False


def triggers_now(now: dt.datetime) -> Known:
    """The triggers of a workspace as they stand, ready to be asked."""
    catalogue, kinds = selectors.catalogue(), trigger_kinds()
    triggers = {one.pk: one for one in Trigger.objects.present().filter(is_on=True, kind__in=kinds)}
    stages = Stage.objects.lasting().filter(pipeline__archived_at=None)
    places = {
        one.pk: Place(
            stage_id=one.pk,
            pipeline_id=one.pipeline_id,
            position=one.position,
            is_terminal=one.kind != Stage.Kind.OPEN,
        )
        for one in stages
    }
    armed = [_armed(one, places[one.stage_id]) for one in triggers.values() if one.stage_id in places]
    tests: dict[int, Compiled | None] = {}
    for one in triggers.values():
        try:
            tests[one.pk] = conditions.compile_expression(written.read(one.where, one.match), catalogue)
        except (InvalidConditionError, written.UnreadableError):
            tests[one.pk] = None
    zone = ZoneInfo(Workspace.objects.get(pk=current_workspace_id()).timezone)
    return Known(now=now, zone=zone, triggers=triggers, armed=armed, places=places, tests=tests)


def _armed(one: Trigger, to: Place) -> Armed:
    return Armed(
        id=one.pk,
        to=to,
        kind=trigger_kinds()[one.kind],
        params=one.params,
        position=one.position,
        allows_back=one.allows_back,
        may_reopen=one.may_reopen,
        hears_rules=one.hears_rules,
        max_age=dt.timedelta(minutes=one.max_age_minutes),
        quiet=dt.timedelta(seconds=one.quiet_seconds),
    )
