"""Tags: one coloured list of words for everything that can be tagged (crm.md 2.2, SP-094, SP-225)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from afluente.contacts.events import TagDeleted, TagMerged
from afluente.contacts.models import Tag
from afluente.contacts.services.indexing import index_many
from afluente.contacts.statements import tags as statements
from afluente.kernel import bus, text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

HUES = 24
LENGTH = 64


class TagRefusedError(Exception):
    """A tag that cannot be like this; its text is a sentence for people."""


class TagNameTakenError(TagRefusedError):
    """Another tag is called so; `tag` is that one."""

    def __init__(self, tag: Tag) -> None:
        super().__init__(gettext("There is a tag called {name} already.").format(name=tag.name))
        self.tag = tag


class TagGoneError(Exception):
    """Somebody has deleted the tag."""


def color_of(name: str) -> int:
    """The hue that a new tag gets from its name: always the same one, 0 to 23."""
    return zlib.crc32(text.norm(name).encode()) % HUES


@transaction.atomic
def create_tag(*, name: str, color: int | None = None, by: Actor) -> Tag:
    """A new tag. Raises TagNameTakenError, and TagRefusedError for an empty or too long name."""
    wanted = _name(name)
    made = statements.make_tags([wanted], [color_of(wanted) if color is None else _color(color)])
    if not made:
        raise TagNameTakenError(_called(wanted))
    tag: Tag = Tag.objects.get(pk=made[0])
    timeline.record([NewEvent("tag.created", by, data={"tag": tag.pk, "name": tag.name})])
    return tag


@transaction.atomic
def ensure_tags(*, names: Sequence[str], by: Actor) -> list[Tag]:
    """The tags of these names; those that are missing are made. In the order given, each once.

    Raises TagRefusedError for a name that cannot be one.
    """
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(_name(name).casefold(), _name(name))
    listed = list(wanted.values())
    made = set(statements.make_tags(listed, [color_of(name) for name in listed])) if listed else set()
    found = Tag.objects.filter(pk__in=statements.named(listed)) if listed else []
    tags = {tag.name.casefold(): tag for tag in found}
    timeline.record(
        [
            NewEvent("tag.created", by, data={"tag": tag.pk, "name": tag.name})
            for tag in tags.values()
            if tag.pk in made
        ]
    )
    return [tags[name.casefold()] for name in listed if name.casefold() in tags]


@transaction.atomic
def change_tag(*, tag_id: int, name: str | None = None, color: int | None = None, by: Actor) -> Tag:
    """Call a tag something else, or give it another hue (0 to 23): at once wherever it is shown.

    Raises TagGoneError, TagNameTakenError (offer to merge), TagRefusedError.
    """
    tag = _locked([tag_id])[0]
    before = {"name": tag.name, "color": tag.color}
    tag.name = tag.name if name is None else _name(name)
    tag.color = tag.color if color is None else _color(color)
    changed = {key: [was, getattr(tag, key)] for key, was in before.items() if was != getattr(tag, key)}
    if not changed:
        return tag
    try:
        with transaction.atomic():
            tag.save(update_fields=list(changed))
    except IntegrityError:
        raise TagNameTakenError(_called(tag.name)) from None
    timeline.record(
        [NewEvent("tag.changed", by, data={"tag": tag.pk, "tag_name": before["name"], **changed})]
    )
    return tag


@transaction.atomic
def merge_tags(*, tag_id: int, into_id: int, by: Actor) -> int:
    """Let everything that has one tag have the other, and end the first. How many contacts had it.

    Raises TagGoneError, and TagRefusedError for a tag and itself.
    """
    if tag_id == into_id:
        raise TagRefusedError(gettext("Choose another tag to merge into."))
    both = {tag.pk: tag for tag in _locked([tag_id, into_id])}
    contact_ids = statements.move_links(tag_id, into_id=into_id)
    bus.publish(TagMerged(tag_id=tag_id, into_id=into_id))
    data = {
        "tag": tag_id,
        "name": both[tag_id].name,
        "into": into_id,
        "into_name": both[into_id].name,
        "contacts": len(contact_ids),
    }
    Tag.objects.filter(pk=tag_id).delete()
    timeline.record([NewEvent("tag.merged", by, data=data)])
    index_many(contact_ids)
    return len(contact_ids)


@transaction.atomic
def delete_tag(*, tag_id: int, by: Actor) -> int:
    """End a tag and take it off everything. How many contacts had it. Raises TagGoneError."""
    tag = _locked([tag_id])[0]
    contact_ids = statements.move_links(tag_id, into_id=None)
    bus.publish(TagDeleted(tag_id=tag_id))
    Tag.objects.filter(pk=tag_id).delete()
    data = {"tag": tag_id, "name": tag.name, "contacts": len(contact_ids)}
    timeline.record([NewEvent("tag.deleted", by, data=data)])
    index_many(contact_ids)
    return len(contact_ids)


def _name(typed: str) -> str:
    name = text.clean(typed, limit=1000)
    if not name:
        raise TagRefusedError(gettext("Write a name for the tag."))
    if len(name) > LENGTH:
        raise TagRefusedError(gettext("This is longer than {n} characters.").format(n=LENGTH))
    return name


def _color(color: int) -> int:
    if not 0 <= color < HUES:
        raise TagRefusedError(gettext("Choose one of the colours."))
    return color


def _called(name: str) -> Tag:
    found: Tag = Tag.objects.get(pk=statements.named([name])[0])
    return found


def _locked(tag_ids: Sequence[int]) -> list[Tag]:
    """These tags, held in the order of their ids until the transaction ends."""
    found = list(Tag.objects.select_for_update().filter(pk__in=tag_ids).order_by("pk"))
    if len(found) != len(set(tag_ids)):
        raise TagGoneError
    return found
