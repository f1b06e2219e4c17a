"""«Keep both»: a value that would give way gets a field of its own (crm.md section 3, rule 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.contacts.models import Field
from afluente.contacts.services import merge_deciding as deciding
from afluente.contacts.services.fields import FieldRefusedError, create_field

if TYPE_CHECKING:
    from afluente.contacts.selectors import KnownField
    from afluente.timeline.events import Actor

MOST = 9  # «Phone (9)» is the last
COPIED = (Field.Kind.TEXT, Field.Kind.NUMBER, Field.Kind.MOMENT, Field.Kind.LINK)


class NewFields:
    """Finds «Budget (2)» for a second budget, and makes it where there is none yet."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.made: list[int] = []
        self._read()

    def place(self, survivor: deciding.Person, key: str, value: Any) -> tuple[str, Any] | None:
        """The number, as text, of a field that is empty at the survivor or holds `value` of the field
        `key` already, and what to write there: choices and ticks by their words. None where a value has
        no field to go to: it stays in the history.
        """
        name, kind, format_, wanted = self._like(key, value)
        if not name:
            return None
        for number in range(2, MOST + 1):
            field = self._called(f"{name} ({number})", kind, format_)
            if field is None:
                return None
            if field.kind != kind or field.is_archived:
                continue
            present = survivor.values.get(str(field.id))
            if deciding.is_empty("", present) or present == wanted:
                return str(field.id), wanted
        return None

    def _like(self, key: str, value: Any) -> tuple[str, str, str, Any]:
        """Name, kind, format and content of the new field."""
        own = {
            "name": gettext("Name"),
            "location": gettext("Location"),
            "address": gettext("Address"),
        }
        if key in own:
            words = " ".join(value).strip() if isinstance(value, list) else value
            return own[key], Field.Kind.TEXT, "", words
        field = self.known.get(int(key)) if key.isdigit() else None
        if field is None:
            return "", "", "", None
        if field.kind in COPIED:
            return field.name, field.kind, field.format, value
        held = selectors.from_plain(field, value)
        return field.name, Field.Kind.TEXT, "", selectors.show(field, held)

    def _called(self, name: str, kind: str, format_: str) -> KnownField | None:
        found = selectors.find_field(self.known.values(), name)
        if found is None:
            try:
                made = create_field(name=name[:255], kind=kind, format=format_, is_on_card=True, by=self.by)
            except FieldRefusedError:
                return None
            self.made.append(made.pk)
            self._read()
            found = self.known[made.pk]
        return found

    def _read(self) -> None:
        self.known = {field.id: field for field in selectors.fields_of(selectors.CONTACT)}
        self.several = {
            str(field.id) for field in self.known.values() if field.kind == Field.Kind.MULTISELECT
        }
