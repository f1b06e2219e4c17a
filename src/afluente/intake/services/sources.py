"""Doors: made, switched, given new secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from afluente.intake.models import DealRule, DealRuleMember, Source
from afluente.intake.services import doors, naming
from afluente.intake.services.parsing import TARGET_NAMES
from afluente.kernel import box, clock, ids
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from afluente.accounts.models import Membership
    from afluente.deals.models import Pipeline, Stage

SECRET_CHARS = 32  # 160 bits


class BadMappingError(ValueError):
    """A line of the mapping has no path, or a target that does not exist; the message names it."""


@transaction.atomic
def create_source(*, kind: str, name: str, rule: DealRule | None = None) -> Source:
    """Make a door. A webhook gets a secret in its address; a form's address is open on purpose."""
    source = Source.objects.create(
        kind=kind, name=name.strip()[:100], public_id=ids.new_public_id(current_workspace_id()), rule=rule
    )
    if kind == Source.Kind.WEBHOOK:
        rotate_secret(source=source)
    return source


@transaction.atomic
def rotate_secret(*, source: Source) -> str:
    """Give a webhook a new secret; the old address stops working within a second."""
    secret = ids.random_text(SECRET_CHARS)
    source.secret_digest, source.secret_box = ids.digest(secret), box.seal(secret)
    source.save(update_fields=["secret_digest", "secret_box"])
    doors.forget()
    return secret


def hook_url(source: Source) -> str:
    """The whole address of a webhook, secret included: only for people who may change sources."""
    return f"{settings.BASE_URL}/hooks/in/{source.public_id}/{box.unseal(source.secret_box)}"


@transaction.atomic
def set_signing(*, source: Source, header: str, secret: str) -> None:
    """Ask for an HMAC-SHA256 of the body in `header`; an empty secret asks for none."""
    source.signing_header = header.strip()[:60] if secret else ""
    source.signing_box = box.seal(secret) if secret else ""
    source.save(update_fields=["signing_header", "signing_box"])
    doors.forget()


@transaction.atomic
def set_mapping(*, source: Source, mapping: Sequence[Mapping[str, str]]) -> None:
    """Say where the values of a body go. Raises BadMappingError and changes nothing."""
    lines = []
    for line in mapping:
        path, to = str(line.get("path", "")).strip(), str(line.get("to", "")).strip()
        if not path:
            raise BadMappingError("A line of the mapping has no path.")
        if to not in TARGET_NAMES and not (to.startswith("custom.") and len(to) > len("custom.")):
            raise BadMappingError(f"“{to}” is no field a value can go to.")
        lines.append({"path": path[:500], "to": to[:120]})
    source.mapping = lines
    source.save(update_fields=["mapping"])


@transaction.atomic
def change_source(*, source: Source, name: str, rule: DealRule | None, is_on: bool) -> None:
    """Rename a door, give it another rule, switch it."""
    source.name, source.rule, source.is_on = name.strip()[:100], rule, is_on
    source.save(update_fields=["name", "rule", "is_on"])
    doors.forget()


@transaction.atomic
def delete_source(*, source: Source) -> None:
    """Shut a door for good. What came through it stays."""
    source.deleted_at, source.is_on = clock.now(), False
    source.save(update_fields=["deleted_at", "is_on"])
    doors.forget()


@transaction.atomic
def save_rule(
    *,
    rule: DealRule | None,
    name: str,
    pipeline: Pipeline | None = None,
    stage: Stage | None = None,
    name_template: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    assign: str = DealRule.Assign.CONTACT,
    assignee: Membership | None = None,
    members: Sequence[Membership] = (),
    repeat: str = DealRule.Repeat.NEW,
    is_on: bool = True,
) -> DealRule:
    """Make a deal rule or change one. A pipeline without a stage means its first one. Raises naming.BadTemplateError for a template that cannot be read."""
    naming.compiled(name_template)
    rule = rule or DealRule()
    if pipeline is not None and stage is None:
        stage = pipeline.stages.filter(kind="open").order_by("position", "pk").first()
    rule.name, rule.pipeline, rule.stage = name.strip()[:100], pipeline, stage
    rule.had_target = pipeline is not None
    rule.name_template, rule.amount, rule.currency = name_template, amount, currency
    rule.assign, rule.assignee, rule.repeat, rule.is_on = assign, assignee, repeat, is_on
    rule.save()
    DealRuleMember.objects.filter(rule=rule).delete()
    DealRuleMember.objects.bulk_create(
        [DealRuleMember(rule=rule, member=member, position=n) for n, member in enumerate(members)]
    )
    return rule
