"""The ways to reach a new contact: any number of each kind, one of each the main one (SP-152, SP-153)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import ContactMessenger
from afluente.contacts.services import EmailValue, Identity, MessengerValue, PhoneValue
from afluente.kernel import email, phone, text

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = {"email": _("E-mail"), "phone": _("Phone"), "messenger": _("Messenger")}
LIMITS = {"email": email.LIMIT, "phone": 50, "messenger": 100}
INPUTS = {"email": "email", "phone": "tel", "messenger": "text"}
USUAL = ContactMessenger.Kind.WHATSAPP
MOST = 20  # of one kind on the form; more are added on the page


@dataclass
class Way:
    """One row of the form. `messenger` says which one, '' for e-mails and phones."""

    typed: str = ""
    messenger: str = ""
    is_main: bool = False
    error: str = ""


@dataclass
class Ways:
    """The rows as sent, each with what is wrong with it. `country` (ISO) reads phones without a prefix."""

    country: str
    rows: dict[str, list[Way]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Any, *, country: str, more: str = "") -> Ways:
        """The rows in `data` (QueryDict, or None for an empty form); one empty row further of `more`."""
        found = cls(country=country)
        for kind in LABELS:
            found.rows[kind] = _rows(kind, data) if data is not None else []
            if not found.rows[kind] or (kind == more and len(found.rows[kind]) < MOST):
                found.rows[kind].append(Way(messenger=USUAL if kind == "messenger" else ""))
        return found

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the form draws, kind by kind."""
        return [self.part(kind) for kind in LABELS]

    def part(self, kind: str) -> dict[str, Any]:
        """One kind for `contacts/_ways.html`."""
        rows = self.rows[kind]
        if not any(row.is_main for row in rows):
            rows[0].is_main = True
        return {
            "kind": kind,
            "label": LABELS[kind],
            "rows": rows,
            "input": INPUTS[kind],
            "limit": LIMITS[kind],
            "has_room": len(rows) < MOST,
            "messengers": ContactMessenger.Kind.choices if kind == "messenger" else (),
        }

    def is_valid(self) -> bool:
        """Whether all of them can be kept; what is wrong stands at its row."""
        for row in self.rows["email"]:
            if row.typed and email.match_key(row.typed) is None:
                row.error = gettext("Check this address, something is missing.")
        for kind, rows in self.rows.items():
            for row in rows:
                if len(row.typed) > LIMITS[kind]:
                    row.error = gettext("This is longer than {n} characters.").format(n=LIMITS[kind])
        return not any(row.error for rows in self.rows.values() for row in rows)

    @property
    def are_empty(self) -> bool:
        return not any(row.typed for rows in self.rows.values() for row in rows)

    @property
    def emails(self) -> list[EmailValue]:
        return [EmailValue(typed, email.match_key(typed) or "") for typed, _which in self._given("email")]

    @property
    def phones(self) -> list[PhoneValue]:
        """A number that cannot be right is kept as typed."""
        given = self._given("phone")
        return [PhoneValue(typed, phone.parse(typed, self.country) or "") for typed, _which in given]

    @property
    def messengers(self) -> list[MessengerValue]:
        return [MessengerValue(which, typed) for typed, which in self._given("messenger")]

    @property
    def identity(self) -> Identity:
        """By what others may be the same person (Q2)."""
        return Identity(
            emails=tuple(one.key for one in self.emails if one.key),
            phones=tuple(one.e164 for one in self.phones if one.e164),
        )

    def _given(self, kind: str) -> Sequence[tuple[str, str]]:
        """What was typed and in which messenger, the main one first, each once."""
        rows = sorted((row for row in self.rows[kind] if row.typed), key=lambda row: not row.is_main)
        once = {_sameness(kind, row, self.country): (row.typed, row.messenger) for row in reversed(rows)}
        return list(reversed(once.values()))


def _rows(kind: str, data: Any) -> list[Way]:
    main = data.get(f"main_{kind}", "")
    which = data.getlist("messenger_kind") if kind == "messenger" else []
    known = set(ContactMessenger.Kind.values)
    rows = []
    for number, typed in enumerate(data.getlist(kind)[:MOST]):
        named = which[number] if number < len(which) else ""
        row = Way(typed=text.clean(typed, limit=1000), is_main=main == str(number))
        if kind == "messenger":
            row.messenger = named if named in known else USUAL
        rows.append(row)
    return rows


def _sameness(kind: str, row: Way, country: str) -> tuple[str, str]:
    if kind == "email":
        return kind, email.match_key(row.typed) or row.typed
    if kind == "phone":
        return kind, phone.parse(row.typed, country) or row.typed
    return row.messenger, row.typed
