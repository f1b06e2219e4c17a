"""Arranging the rules of a stage, pausing and stopping them (S-PAUSE)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation import statements
from afluente.automation.engine.written import BadRuleError, read_rules
from afluente.automation.models import Definition
from afluente.automation.services.actions import outside
from afluente.delivery import services as delivery
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.deals.models import Stage


@transaction.atomic
def arrange_rules(*, stage: Stage, rules: Sequence[Mapping[str, Any]]) -> Definition:
    """Keep the rules of a stage as they are being arranged; nothing runs differently yet. Raises BadRuleError."""
    read_rules(rules, outside=outside())
    definition, _ = Definition.objects.update_or_create(
        stage=stage, defaults={"draft": list(rules), "changed_at": clock.now(), "place": stage.pk}
    )
    return definition


@transaction.atomic
def pause_rules(*, definition: Definition, because: str = "") -> None:
    """Start nothing new and hold what is due, until it is resumed."""
    _turn(definition, Definition.State.PAUSED, because)


@transaction.atomic
def resume_rules(*, definition: Definition) -> None:
    """Go on after a pause; what became due meanwhile is looked at, and may be too late."""
    _turn(definition, Definition.State.ACTIVE, "", resumed_at=clock.now())
    statements.release(definition.pk)


@transaction.atomic
def stop_rules(*, definition: Definition) -> None:
    """End everything that waits, and start nothing."""
    _turn(definition, Definition.State.STOPPED, "")
    statements.cancel_definition(definition.pk, reason="definition_stopped")
    delivery.cancel_messages(rule_id=definition.pk, reason="definition_stopped")


def _turn(definition: Definition, state: str, because: str, **more: Any) -> None:
    held = Definition.objects.select_for_update(of=("self",)).get(pk=definition.pk)
    if not held.version:
        raise BadRuleError("rules", "publish them first")
    Definition.objects.filter(pk=held.pk).update(state=state, paused_because=because, **more)
