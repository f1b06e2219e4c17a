"""Fields of a board that a new task must have something in (SP-183)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors import home, typed_value, value_form
from afluente.contacts.services import ValueRefusedError, read_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.selectors import Held, KnownField, ValueForm


class Asking(forms.Form):
    """A form that asks for these fields besides its own; `held` is what a valid one says of them."""

    def __init__(self, *args: Any, known: Sequence[KnownField] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.faults: dict[int, str] = {}
        self.held: dict[int, Held | None] = {}

    @property
    def asked(self) -> list[tuple[KnownField, ValueForm, str]]:
        """The fields, each with its box, and what was wrong with it."""
        return [
            (one, value_form(one, None, self._typed(one), prefix=_prefix(one)), self.faults.get(one.id, ""))
            for one in self.known
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.known:
            try:
                self.held[one.id] = read_value(one, self._typed(one), home())
            except ValueRefusedError as refused:
                self.faults[one.id] = refused.advice
                continue
            if self.held[one.id] is None:
                self.faults[one.id] = gettext("Fill this in first.")
        if self.faults:
            self.add_error(None, _("Look at the fields below."))
        return data

    def _typed(self, one: KnownField) -> Any:
        data: Any = self.data
        return typed_value(data, one, prefix=_prefix(one)) if self.is_bound else None


def _prefix(one: KnownField) -> str:
    return f"field-{one.id}"
