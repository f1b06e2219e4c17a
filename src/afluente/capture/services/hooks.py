"""Changing a webhook in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.intake import services as intake
from afluente.kernel import box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.intake.models import DealRule, Source


@transaction.atomic
def change_hook(
    *,
    source: Source,
    name: str,
    rule: DealRule | None,
    mapping: Sequence[Mapping[str, str]],
    is_signed: bool,
    signing_header: str = "",
    signing_secret: str = "",
) -> None:
    """Change name, rule, mapping and signature. An empty secret keeps the one that is there."""
    intake.change_source(source=source, name=name, rule=rule, is_on=source.is_on)
    intake.set_mapping(source=source, mapping=mapping)
    if not is_signed:
        if source.signing_box:
            intake.set_signing(source=source, header="", secret="")
    elif signing_secret or signing_header != source.signing_header:
        secret = signing_secret or box.unseal(source.signing_box)
        intake.set_signing(source=source, header=signing_header, secret=secret)


def switch_hook(*, source: Source, is_on: bool) -> None:
    """Open a webhook or shut it; its address stays."""
    intake.change_source(source=source, name=source.name, rule=source.rule, is_on=is_on)
