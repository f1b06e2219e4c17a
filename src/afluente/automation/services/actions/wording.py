"""Texts of rules with words of the deal in them: refused when a word is not known, filled in when the rule acts (S-SEC)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.automation.services.facts import register_fact
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.automation.engine.actions import Scene
    from afluente.delivery.selectors import Reader

READERS = "readers"
LINE = 255  # characters that a line of a form takes


def words_of(reader: Reader, scene: Scene) -> Mapping[str, Mapping[str, str]]:
    """What may be said, with what earlier rules of this moment changed (S-IMM)."""
    changed = scene.record.changed
    deal = dict(reader.words["deal"])
    if "name" in changed:
        deal["name"] = changed["name"]
    if "amount" in changed:
        deal["amount"] = formats.money_exact(changed["amount"].amount, changed["amount"].currency)
    return {**reader.words, "deal": deal}


def filled(source: Any, scene: Scene, *, most: int | None = None) -> str:
    """A text with the words of the deal, at most `most` characters of it. Raises outbox.BadTemplateError.

    Only a batch in which some text has a variable reads what the deals may say.
    """
    said = str(source or "")
    if "{" in said:
        reader = scene.facts[READERS].get(scene.record.id)
        said = outbox.fill(said, words_of(reader, scene) if reader else {})
    return said.strip()[:most]


def text_problems(name: str, params: Mapping[str, Any], *, most: int, is_required: bool = False) -> list[str]:
    """What is wrong with a text that a rule is told, its name in front."""
    said = str(params.get(name) or "").strip()
    room = max(most, LINE) if "{" in said else most  # names of words may be longer than what they become
    if len(said) > room or (is_required and not said):
        words = gettext("1 to {most} signs.") if is_required else gettext("At most {most} signs.")
        return [f"{name}: {words.format(most=room)}"]
    return (
        [f"{name}: {one}" for one in outbox.template_problems(subject="", body=said)] if "{" in said else []
    )


def register() -> None:
    """Let texts read what deals may say."""
    register_fact(READERS, delivery.readers_of)
