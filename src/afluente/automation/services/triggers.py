"""Arranging what moves deals by itself. A trigger counts from the moment it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from afluente.accounts.models import Membership
from afluente.automation.engine import conditions
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Trigger
from afluente.automation.selectors.records import catalogue
from afluente.automation.selectors.trigger_kinds import WEBHOOK, trigger_kinds
from afluente.kernel import box, clock, ids
from afluente.kernel import conditions as written
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.records import Catalogue
    from afluente.automation.selectors.trigger_kinds import TriggerKind
    from afluente.deals.models import Stage

SECRET_CHARS = 32  # 160 bits
EDITABLE = (
    "title",
    "params",
    "where",
    "match",
    "reach",
    "allows_back",
    "may_reopen",
    "hears_rules",
    "max_age_minutes",
    "quiet_seconds",
    "on_behalf_of_id",
    "is_on",
)


@transaction.atomic
def create_trigger(*, stage: Stage, kind: str, values: Mapping[str, Any]) -> Trigger:
    """Let deals enter `stage` when something of `kind` happens. `values` are of EDITABLE.

    Raises BadRuleError with the name of what cannot be kept.
    """
    if kind not in trigger_kinds():
        raise BadRuleError("kind", f"one of {', '.join(sorted(trigger_kinds()))}")
    last = Trigger.objects.filter(stage=stage).aggregate(last=Max("position"))["last"]
    now = clock.now()
    made = Trigger(
        stage=stage, kind=kind, position=0 if last is None else last + 1, created_at=now, changed_at=now
    )
    _fill(made, values)
    if kind == WEBHOOK:
        made.public_id = ids.new_public_id(current_workspace_id())
        _give_secret(made)
    made.save(force_insert=True)
    return made


@transaction.atomic
def change_trigger(*, trigger: Trigger, values: Mapping[str, Any], stage: Stage | None = None) -> Trigger:
    """Arrange a trigger otherwise, or put it on another stage. Raises BadRuleError."""
    held = Trigger.objects.select_for_update(of=("self",)).get(pk=trigger.pk)
    _fill(held, values)
    if stage is not None:
        held.stage = stage
    held.changed_at = clock.now()
    held.save()
    return held


@transaction.atomic
def delete_trigger(*, trigger: Trigger) -> None:
    """Take a trigger away. Deals stay where they are, and what it did stays told."""
    Trigger.objects.present().filter(pk=trigger.pk).update(deleted_at=clock.now())


@transaction.atomic
def restore_trigger(*, trigger: Trigger) -> None:
    """Let a deleted trigger count again, where it stood; its address is the same."""
    Trigger.objects.filter(pk=trigger.pk).update(deleted_at=None, changed_at=clock.now())


@transaction.atomic
def order_triggers(*, stage: Stage, trigger_ids: Sequence[int]) -> None:
    """Let the triggers of a stage stand in this order: of several for one stage the first one counts."""
    found = {
        one.pk: one for one in Trigger.objects.present().filter(stage=stage).select_for_update(of=("self",))
    }
    for number, pk in enumerate(dict.fromkeys(trigger_ids)):
        if pk in found:
            Trigger.objects.filter(pk=pk).update(position=number)


@transaction.atomic
def rotate_address(*, trigger: Trigger) -> Trigger:
    """Give a webhook another address; the old one stops working."""
    held = Trigger.objects.select_for_update(of=("self",)).get(pk=trigger.pk, kind=WEBHOOK)
    _give_secret(held)
    held.save(update_fields=["secret_digest", "secret_box"])
    return held


def address_of(trigger: Trigger) -> str:
    """The whole address of a webhook, secret included; '' for another kind, and when it must be made anew."""
    if not trigger.public_id:
        return ""
    try:
        secret = box.unseal(trigger.secret_box)
    except box.UnreadableSecretError:
        return ""
    return f"{settings.BASE_URL}/hooks/trigger/{trigger.public_id}/{secret}"


def _give_secret(trigger: Trigger) -> None:
    secret = ids.random_text(SECRET_CHARS)
    trigger.secret_digest, trigger.secret_box = ids.digest(secret), box.seal(secret)


def _fill(trigger: Trigger, values: Mapping[str, Any]) -> None:
    for name in EDITABLE:
        if name in values:
            setattr(trigger, name, values[name])
    kind, known = trigger_kinds()[trigger.kind], catalogue()
    _check(trigger, kind, known)


def _check(trigger: Trigger, kind: TriggerKind, known: Catalogue) -> None:
    """Raises BadRuleError for what cannot be kept."""
    if strange := set(trigger.params) - set(kind.params):
        raise BadRuleError(f"params.{min(strange)}", "unknown")
    if said := kind.problems(trigger.params, known):
        raise BadRuleError("params", said[0])
    try:
        conditions.compile_expression(written.read(trigger.where, trigger.match), known)
    except (written.UnreadableError, conditions.InvalidConditionError) as wrong:
        raise BadRuleError("where", str(wrong)) from wrong
    if trigger.reach not in Trigger.Reach.values:
        raise BadRuleError("reach", "latest or all")
    on_behalf_of = trigger.on_behalf_of_id
    if on_behalf_of is not None and not Membership.objects.active().filter(pk=on_behalf_of).exists():
        raise BadRuleError("on_behalf_of_id", "nobody here has this number")
