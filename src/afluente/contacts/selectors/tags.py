"""Tags of contacts, and the list of all tags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Func, IntegerField, TextField, Value, When
from django.db.models.functions import Lower

from afluente.contacts import policies
from afluente.contacts.models import ContactTag, Tag
from afluente.kernel import slots, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership

OPTIONS = 8


@dataclass(frozen=True, kw_only=True)
class TagRow:
    """A tag and how many contacts that the member sees have it."""

    tag: Tag
    contacts: int


@dataclass(frozen=True, kw_only=True)
class TagOptions:
    """What a box in which somebody types a tag offers. `new` is the name it would make, '' for none."""

    tags: Sequence[Tag]
    new: str = ""


def tags_of(contact_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of these contacts by contact, in the order of the alphabet: one query."""
    links = (
        ContactTag.objects.filter(contact_id__in=list(contact_ids))
        .select_related("tag")
        .order_by(Lower("tag__name"), "tag_id")
    )
    found: dict[int, list[Tag]] = defaultdict(list)
    for link in links:
        found[link.contact_id].append(link.tag)
    return found


def tag_rows(*, member: Membership, typed: str = "") -> list[TagRow]:
    """Every tag that fits `typed`, with the number of contacts: two queries."""
    tags = list(_fitting(typed).order_by(Lower("name"), "pk"))
    counts = _counts(member, tags)
    return [TagRow(tag=tag, contacts=counts.get(tag.pk, 0)) for tag in tags]


def tag_uses(*, member: Membership, tag: Tag) -> list[slots.Part]:
    """Where else a tag is used, as the slices that use it say (slot `tag.uses`): parts with a sentence."""
    return slots.parts("tag.uses", member=member, tag=tag)


def contact_count(*, member: Membership, tag: Tag) -> int:
    """How many contacts that `member` sees have the tag."""
    return _counts(member, [tag]).get(tag.pk, 0)


def tag_options(*, typed: str, without: Sequence[int] = (), limit: int = OPTIONS) -> TagOptions:
    """Tags that fit what is being typed, those that begin so first; and whether it would be a new one."""
    words = text.clean(typed, limit=64)
    found = _fitting(words).exclude(pk__in=without)
    begins = When(folded__startswith=text.norm(words), then=Value(0))
    place = Case(begins, default=Value(1), output_field=IntegerField())
    tags = list(found.order_by(place, Lower("name"), "pk")[:limit])
    is_known = not words or Tag.objects.annotate(low=Lower("name")).filter(low=Lower(Value(words))).exists()
    return TagOptions(tags=tags, new="" if is_known else words)


def api_tags(
    *, member: Membership, typed: str, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of tags as plain values, by number, and the cursor of the next one."""
    found = _fitting(typed).filter(pk__gt=after or 0).order_by("pk")
    tags = list(found[: limit + 1])
    page = tags[:limit]
    counts = _counts(member, page)
    items = [api_tag(tag, contacts=counts.get(tag.pk, 0)) for tag in page]
    return items, str(page[-1].pk) if len(tags) > limit else None


def api_tag(tag: Tag, *, contacts: int) -> dict[str, Any]:
    """A tag as other programs read it."""
    return {
        "id": tag.pk,
        "name": tag.name,
        "color": tag.color,
        "contacts": contacts,
        "created_at": tag.created_at,
    }


def _fitting(typed: str) -> Any:
    """Tags in whose names `typed` stands, accents and case aside."""
    tags = Tag.objects.annotate(folded=Func(F("name"), function="af_norm", output_field=TextField()))
    words = text.norm(text.clean(typed, limit=64))
    return tags.filter(folded__contains=words) if words else tags


def _counts(member: Membership, tags: Sequence[Tag]) -> dict[int, int]:
    seen = policies.listed_to(member)
    found = seen.filter(tag_links__tag_id__in=[tag.pk for tag in tags])
    return dict(found.values_list("tag_links__tag_id").annotate(n=Count("pk")))


def tags_named(names: Sequence[str]) -> list[int]:
    """Numbers of the tags of these names, whatever the case; those there are none of are left out."""
    wanted = [text.clean(name, limit=64).lower() for name in names]
    return list(Tag.objects.annotate(low=Lower("name")).filter(low__in=wanted).values_list("pk", flat=True))
