"""What an action or a trigger may be told, as an editor asks for it: the shape of `params`, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.delivery.models import Channel, Template
from afluente.intake.models import Source
from afluente.ui.channels import CHANNELS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Choices = Sequence[tuple[str, "StrOrPromise"]]

LINE, TEXT, WHOLE, TIME, FLAG, CHOICE = "line", "text", "whole", "time", "flag", "choice"
STAGE, MEMBER, MEMBERS, PEOPLE, TAGS, FIELD, CHANGES = (
    "stage",
    "member",
    "members",
    "people",
    "tags",
    "field",
    "changes",
)
SMS = "sms"  # a text whose short messages are counted while it is written
KINDS = {LINE, TEXT, SMS, WHOLE, TIME, FLAG, CHOICE, STAGE, MEMBER, MEMBERS, PEOPLE, TAGS, FIELD, CHANGES}


@dataclass(frozen=True, kw_only=True)
class Param:
    """One thing to be said. `kind` is of KINDS.

    `choices` are those of the kind `choice`, or give them out when they are data. `empty` is what an empty
    choice is called. `is_number`: a choice is kept as a number. `is_private`: it may hold a secret and stays out of
    files. `has_words`: a text in which words of the deal stand.
    """

    name: str
    label: StrOrPromise
    kind: str = LINE
    is_required: bool = False
    hint: StrOrPromise = ""
    choices: Choices | Callable[[], Choices] = ()
    empty: StrOrPromise = ""
    is_number: bool = False
    is_private: bool = False
    has_words: bool = False

    @property
    def offered(self) -> Choices:
        """The choices as they are now."""
        return self.choices() if callable(self.choices) else self.choices


_FALLBACK = Param(name="fallback", label=_("If there is nobody"), kind=MEMBER, empty=_("Skip the rule"))
_TO = Param(name="to", label=_("Who"), kind=PEOPLE, is_required=True)
_SAYS = Param(name="text", label=_("Text"), kind=TEXT, is_required=True, has_words=True)
_STAGE = Param(name="stage", label=_("Stage"), kind=STAGE, is_required=True)


def _plan(*more: Param) -> tuple[Param, ...]:
    return (
        Param(name="title", label=_("What is to be done"), is_required=True, has_words=True),
        Param(name="description", label=_("Description"), kind=TEXT, has_words=True),
        Param(
            name="to", label=_("Who"), kind=PEOPLE, hint=_("Whoever is responsible when nobody is chosen.")
        ),
        Param(name="due_days", label=_("In how many days"), kind=WHOLE),
        Param(name="at", label=_("At what time"), kind=TIME),
        *more,
    )


_NEW_NAME = Param(name="name", label=_("Name"), hint=_("That of this deal when it is empty."), has_words=True)
_LASTS = Param(name="minutes", label=_("Minutes it lasts"), kind=WHOLE)
_TAGS = (
    Param(name="tags", label=_("Tags"), kind=TAGS, is_required=True),
    Param(
        name="on",
        label=_("On whom"),
        kind=CHOICE,
        choices=(("main", _("The main person of the deal")), ("all", _("Everybody of the deal"))),
    ),
)
_shapes: dict[str, tuple[Param, ...]] = {
    "move": (_STAGE,),
    "delete": (),
    "modify": (Param(name="changes", label=_("Fields"), kind=CHANGES, is_required=True),),
    "set": (
        Param(name="name", label=_("Name")),
        Param(name="amount", label=_("Amount")),
        Param(name="lost_reason", label=_("Reason")),
    ),
    "assign": (
        Param(
            name="how",
            label=_("To whom"),
            kind=CHOICE,
            choices=(
                ("fixed", _("Always the same person")),
                ("turn", _("In turn")),
                ("least", _("Whoever has the fewest open deals")),
                ("back", _("Back to whoever had it before")),
            ),
        ),
        Param(name="member", label=_("Person"), kind=MEMBER, empty=_("Nobody")),
        Param(name="members", label=_("Among these"), kind=MEMBERS, hint=_("Who is away is passed over.")),
        _FALLBACK,
    ),
    "notify": (_TO, _SAYS, _FALLBACK),
    "control": (
        Param(
            name="to",
            label=_("Who"),
            kind=PEOPLE,
            hint=_("The supervisor of whoever is responsible when nobody is chosen."),
        ),
        _SAYS,
    ),
    "comment": (_SAYS, Param(name="to", label=_("Also tell"), kind=PEOPLE)),
    "post": (_TO, _SAYS),
    "task": _plan(),
    "call": _plan(_LASTS),
    "meeting": _plan(_LASTS, Param(name="place", label=_("Place"), has_words=True)),
    "end_tasks": (
        Param(
            name="whose",
            label=_("Which tasks"),
            kind=CHOICE,
            choices=(("rules", _("Those that rules made")), ("all", pgettext_lazy("tasks", "All"))),
        ),
    ),
    "add_tags": _TAGS,
    "remove_tags": _TAGS,
    "open_deal": (_STAGE, _NEW_NAME),
    "copy": (_STAGE, _NEW_NAME),
    "convert": (
        Param(name="stage", label=_("Open a deal in"), kind=STAGE, empty=_("No deal")),
        Param(name="company", label=_("Make a company called"), has_words=True),
        Param(name="contact", label=_("Keep the person"), kind=FLAG),
    ),
    "document": (
        Param(
            name="kind",
            label=_("What"),
            kind=CHOICE,
            is_required=True,
            choices=(("quote", _("Quote")), ("invoice", _("Invoice"))),
        ),
    ),
}


def _doors() -> list[tuple[str, StrOrPromise]]:
    """The forms and addresses of the workspace, each with its kind."""
    found = Source.objects.present().order_by("kind", "name", "pk")
    return [(str(one.pk), f"{CHANNELS[one.kind].label}: {one.name}") for one in found]


def _letters() -> list[tuple[str, StrOrPromise]]:
    """The templates of letters."""
    found = Template.objects.filter(channel=Channel.EMAIL, archived_at=None).order_by("name", "pk")
    return [(str(one.pk), one.name) for one in found]


TRIGGER_PARAMS = {
    "field": Param(name="field", label=_("Field"), kind=FIELD, is_required=True),
    "from": Param(name="from", label=_("Out of the stage"), kind=STAGE, empty=_("Any stage")),
    "member": Param(name="member", label=_("To whom"), kind=MEMBER, empty=_("Anybody")),
    "source": Param(
        name="source",
        label=_("From"),
        kind=CHOICE,
        empty=_("Any source"),
        choices=tuple((kind, CHANNELS[kind].label) for kind in ("form", "webhook", "api")),
    ),
    "door": Param(
        name="door",
        label=_("Which form or address"),
        kind=CHOICE,
        empty=_("Any of them"),
        choices=_doors,
        is_number=True,
    ),
    "template": Param(
        name="template",
        label=_("Which e-mail"),
        kind=CHOICE,
        empty=_("Any e-mail"),
        choices=_letters,
        is_number=True,
    ),
    "link": Param(
        name="link",
        label=_("Its address contains"),
        hint=_("A part of the link, such as /prices. Empty: any link."),
    ),
    "status": Param(
        name="status",
        label=_("Status"),
        kind=CHOICE,
        choices=(("done", _("Done")), ("open", _("Open again"))),
    ),
}


def register_params(slug: str, params: Sequence[Param]) -> None:
    """Say what an action may be told. The last word wins."""
    _shapes[slug] = tuple(params)


def params_of(slug: str) -> tuple[Param, ...]:
    """What an action may be told, in the order in which it is asked; nothing for one nobody described."""
    return _shapes.get(slug, ())


def trigger_params(names: Sequence[str]) -> tuple[Param, ...]:
    """What a kind of trigger may be told; a name that nobody described is a line."""
    return tuple(TRIGGER_PARAMS.get(name, Param(name=name, label=name)) for name in names)
