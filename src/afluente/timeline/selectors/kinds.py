"""How each kind of event is shown. Slices above register theirs in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from afluente.timeline.events import Subject as Subject

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of event: its name in the log, what people call it, the template of its entry.

    The template gets `entry` (history.Entry) and draws a `.what` line and, when there is content, a
    `.box`. `icon` is its sign; without one the entry wears the sign of the source it came from.
    A hidden kind is in the log for machines and live screens, never in a history. `group` is the line
    of the menu Kinds it belongs to; without one it is told from the name.
    """

    name: str
    label: StrOrPromise
    template: str = "timeline/kinds/_other.html"
    icon: str = ""
    is_hidden: bool = False
    group: str = ""


# (member, contact_id=, deal_ids=) -> the deals among them that `member` may see, by id.
DealSource = Callable[..., Mapping[int, Subject]]

# (member, ids) -> the records among them that `member` may see, by id.
NamedSource = Callable[[Any, Sequence[int]], Mapping[int, Subject]]

_kinds: dict[str, Kind] = {}
_fields: dict[str, StrOrPromise] = {}
_deal_source: list[DealSource] = []
_named: dict[str, NamedSource] = {}
_showers: dict[str, Callable[[Any], str]] = {}


def register_kind(kind: Kind) -> None:
    """Say how events called `kind.name` are shown; the last word wins."""
    _kinds[kind.name] = kind


def register_deals(source: DealSource) -> None:
    """Say who knows deals. `source(member, contact_id=…)` or `source(member, deal_ids=[…])`."""
    _deal_source[:] = [source]


def register_named(word: str, source: NamedSource) -> None:
    """Say who knows the records that events name in `data[word]`, such as tasks, and who sees them.

    What an event says of a record is told only to those who see it.
    """
    _named[word] = source


def subjects_in(member: Any, said: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Subject]:
    """The records that these events' data name, by word and number, as far as `member` sees them."""
    found: dict[tuple[str, int], Subject] = {}
    for word, source in _named.items():
        if ids := sorted({data[word] for data in said if isinstance(data.get(word), int)}):
            found |= {(word, pk): subject for pk, subject in source(member, ids).items()}
    return found


def named_in(data: Mapping[str, Any]) -> tuple[str, int] | None:
    """The record that an event's data name, if it is one of those that are looked up."""
    return next(((word, data[word]) for word in _named if isinstance(data.get(word), int)), None)


def register_shower(name: str, shower: Callable[[Any], str]) -> None:
    """Say how values of the changed field `name` are written for people."""
    _showers[name] = shower


def shower(name: str) -> Callable[[Any], str] | None:
    return _showers.get(name)


def register_fields(labels: Mapping[str, StrOrPromise]) -> None:
    """Say what people call the fields that `….changed` events name. One that ends with a colon stands for
    all that begin so, and says `{name}` for the rest.
    """
    _fields.update(labels)


def field_label(name: str) -> StrOrPromise:
    """What people call a changed field. Fields of their own making come as `field:` and their name."""
    if name.startswith("field:"):
        return name.removeprefix("field:")
    first, colon, rest = name.partition(":")
    if rest and (many := _fields.get(first + colon)):
        return format_lazy(many, name=rest)
    return _fields.get(name) or name.replace("_", " ").capitalize()


TOUCH = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "referrer", "page")


def touch(values: object) -> list[tuple[StrOrPromise, str]]:
    """Where a visit came from, in the order people read it: (label, value) of what is there."""
    if not isinstance(values, dict):
        return []
    names = [*TOUCH, *sorted(name for name in values if name not in TOUCH)]
    return [(field_label(name), str(values[name])) for name in names if values.get(name)]


def kind_of(name: str) -> Kind:
    """How to show events called `name`; a plain sentence for a kind nobody registered."""
    return _kinds.get(name) or Kind(name=name, label=name, icon="activity")


def known_kinds() -> list[Kind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def hidden_kinds(groups: Collection[str] = ()) -> list[str]:
    """Names of the kinds that no history shows, and of those in the `groups` left out."""
    return [kind.name for kind in _kinds.values() if kind.is_hidden or group_of(kind) in groups]


OTHER = "other"
_groups: dict[str, StrOrPromise] = {
    "comment": _("Comments"),
    "changes": _("Changes of fields"),
    "deal": _("Deals and stages"),
    "lead": _("Leads and forms"),
    "contact": _("The contact itself"),
    "file": _("Files"),
}


def register_group(slug: str, label: StrOrPromise) -> None:
    """Offer a line in the menu Kinds. Kinds called `slug.…` belong to it unless they say otherwise."""
    _groups[slug] = label


def group_of(kind: Kind) -> str:
    """The group of a kind: its own word, «changes» for changed fields, else the first part of its name."""
    first, _dot, last = kind.name.partition(".")
    group = kind.group or ("changes" if last == "changed" else first)
    return group if group in _groups else OTHER


def groups() -> dict[str, StrOrPromise]:
    """The lines of the menu Kinds: those under which anything can appear."""
    used = {group_of(kind) for kind in _kinds.values() if not kind.is_hidden}
    return {slug: label for slug, label in [*_groups.items(), (OTHER, _("Everything else"))] if slug in used}


def deals_of_contact(member: Any, contact_id: int) -> Mapping[int, Subject]:
    """The deals with this contact that `member` may see."""
    return _deal_source[0](member, contact_id=contact_id) if _deal_source else {}


def deals_named(member: Any, deal_ids: Sequence[int]) -> Mapping[int, Subject]:
    """These deals, as far as `member` may see them."""
    return _deal_source[0](member, deal_ids=deal_ids) if _deal_source and deal_ids else {}


for _kind in (
    Kind(name="contact.created", label=_("Contact added"), template="timeline/kinds/contact_created.html"),
    Kind(
        name="contact.changed",
        label=_("Contact changed"),
        template="timeline/kinds/changed.html",
        icon="pencil",
    ),
    Kind(name="deal.opened", label=_("Deal opened"), template="timeline/kinds/deal_opened.html"),
    Kind(
        name="deal.moved",
        label=_("Deal moved"),
        template="timeline/kinds/deal_moved.html",
        icon="arrow-right",
    ),
    Kind(name="deal.changed", label=_("Deal changed"), template="timeline/kinds/changed.html", icon="pencil"),
    Kind(
        name="deal.assigned",
        label=_("Deal assigned"),
        template="timeline/kinds/deal_assigned.html",
        icon="user",
    ),
    Kind(name="lead.received", label=_("Lead received"), template="timeline/kinds/lead_received.html"),
    Kind(name="comment.added", label=_("Comment"), template="timeline/kinds/comment.html"),
    Kind(name="comment.changed", label=_("Comment changed"), is_hidden=True),
    Kind(name="comment.replied", label=_("Reply"), is_hidden=True),
    Kind(name="notification.added", label=_("Notification"), is_hidden=True),
    Kind(
        name="rule.fell_back",
        label=_("Rule fell back"),
        template="timeline/kinds/rule_fell_back.html",
        icon="corner-down-right",
        group="lead",
    ),
):
    register_kind(_kind)

register_fields(
    {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "location": _("Location"),
        "address": _("Address"),
        "assignee": _("Responsible"),
        "emails": _("E-mail"),
        "phones": _("Phone"),
        "messengers": _("Messengers"),
        "primary_email": _("Main e-mail"),
        "primary_phone": _("Main phone"),
        "primary_messenger": _("Main messenger"),
        "name": _("Name"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "primary_contact": _("Main person"),
        "lost_reason": _("Reason"),
        # Where a visit came from
        "utm_source": "utm_source",
        "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
        "utm_term": "utm_term",
        "utm_content": "utm_content",
        "referrer": _("Came from"),
        "page": _("Page"),
    }
)
