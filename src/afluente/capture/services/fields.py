"""The fields of a hosted form: what a visitor is asked, and where each answer goes."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.intake.services.leads import TOUCH
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LIMIT = 40  # fields of one form
OPTIONS_LIMIT = 60
CUSTOM = "custom"  # `to` of a field that is kept under its own label
# `to` of a tick by which somebody agrees to messages that advertise, and the channels that it is about.
CONSENTS: Mapping[str, tuple[str, ...]] = {
    "consent.email": ("email",),
    "consent.sms": ("sms",),
    "consent.email+sms": ("email", "sms"),
    "consent.ads": ("ads",),
}


class Kind(models.TextChoices):
    TEXT = "text", _("Short text")
    AREA = "area", _("Long text")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    NUMBER = "number", _("Number")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    CONSENT = "consent", _("Tick, consent")


ICONS: Mapping[str, str] = {
    Kind.TEXT: "minus",
    Kind.AREA: "menu",
    Kind.EMAIL: "mail",
    Kind.PHONE: "phone",
    Kind.NUMBER: "hash",
    Kind.CHOICE: "list",
    Kind.CHOICES: "list-checks",
    Kind.CONSENT: "shield-check",
}
_USUAL_TARGET: Mapping[str, str] = {Kind.EMAIL: "contact.email", Kind.PHONE: "contact.phone"}


@dataclass(frozen=True)
class Field:
    """One question. `name` never changes; `to` is an intake target or CUSTOM."""

    name: str
    label: str
    kind: str = Kind.TEXT
    required: bool = False
    to: str = CUSTOM
    options: tuple[str, ...] = ()
    placeholder: str = ""
    link: str = ""  # a consent's privacy page

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"options": list(self.options)}

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "minus")

    @property
    def has_options(self) -> bool:
        return self.kind in {Kind.CHOICE, Kind.CHOICES}

    @property
    def target(self) -> str:
        """Where intake puts the answer: the target, or the label as the name of a custom value."""
        return f"custom.{self.label[:100]}" if self.to in {CUSTOM, *CONSENTS} else self.to

    @property
    def channels(self) -> tuple[str, ...]:
        """What its tick agrees to; only a tick says yes."""
        return CONSENTS.get(self.to, ()) if self.kind == Kind.CONSENT else ()

    @property
    def wording(self) -> str:
        """What a visitor reads beside the tick."""
        return f"{self.label} ({self.link})" if self.link else self.label


def fields_of(stored: Iterable[Mapping[str, Any]]) -> list[Field]:
    """The stored fields of a form, those of a kind this version does not know as short texts."""
    return [
        Field(
            name=str(one["name"]),
            label=str(one.get("label", "")),
            kind=str(one["kind"]) if one.get("kind") in Kind.values else Kind.TEXT,
            required=bool(one.get("required")),
            to=str(one.get("to") or CUSTOM),
            options=tuple(str(option) for option in one.get("options") or ()),
            placeholder=str(one.get("placeholder", "")),
            link=str(one.get("link", "")),
        )
        for one in stored
    ]


def mapping_of(fields: Sequence[Field]) -> list[dict[str, str]]:
    """How intake reads what the form sends: answers by their targets, and where the visitor came from."""
    answers = [{"path": f"answers.{field.name}", "to": field.target} for field in fields]
    return answers + [{"path": f"visit.{name}", "to": name} for name in TOUCH]


def with_new(fields: Sequence[Field], kind: str, label: str = "") -> list[Field]:
    """`fields` and one more of `kind`, mapped where that kind usually goes while that is free."""
    kind = kind if kind in Kind.values else Kind.TEXT
    taken = {field.to for field in fields}
    usual = _USUAL_TARGET.get(kind, CUSTOM)
    to = CUSTOM if usual in taken else usual
    label = label or str(Kind(kind).label)
    options = (f"{_('Option')} 1", f"{_('Option')} 2") if kind in {Kind.CHOICE, Kind.CHOICES} else ()
    made = Field(name=new_name(to, label, fields), label=label, kind=kind, to=to, options=options)
    return [*fields, made][:LIMIT]


def new_name(to: str, label: str, fields: Sequence[Field]) -> str:
    """A short, speaking name that no other field has: `email`, `company`, `company_2`."""
    word = (
        to.rpartition(".")[2]
        if to != CUSTOM
        else re.sub(r"[^a-z0-9]+", "_", text.norm(label)).strip("_")[:30]
    )
    base, taken, number = word or "field", {field.name for field in fields}, 2
    if base in TOUCH or base.startswith("af_"):
        base = f"own_{base}"
    name = base
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def moved(fields: Sequence[Field], name: str, by: int) -> list[Field]:
    """`fields` with the one called `name` one place earlier (-1) or later (+1)."""
    ordered = list(fields)
    at = next((n for n, field in enumerate(ordered) if field.name == name), None)
    if at is not None and 0 <= at + by < len(ordered):
        ordered[at], ordered[at + by] = ordered[at + by], ordered[at]
    return ordered


def without(fields: Sequence[Field], name: str) -> list[Field]:
    """`fields` without the one called `name`."""
    return [field for field in fields if field.name != name]


def starting_fields(language_labels: Mapping[str, str]) -> list[Field]:
    """What a new form asks: name, e-mail, phone and a message, in the words given."""
    return [
        Field("name", language_labels["name"], Kind.TEXT, required=True, to="contact.name"),
        Field("email", language_labels["email"], Kind.EMAIL, required=True, to="contact.email"),
        Field("phone", language_labels["phone"], Kind.PHONE, to="contact.phone"),
        Field("message", language_labels["message"], Kind.AREA),
    ]
