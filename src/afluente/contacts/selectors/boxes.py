"""The boxes in which a value of a field is typed, for this slice and those above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from afluente.contacts.models import Field
from afluente.contacts.models.fields import TEXT_LIMIT
from afluente.contacts.selectors.values import local_parts, number_typed, show

if TYPE_CHECKING:
    from django.http import QueryDict

    from afluente.contacts.selectors.fields import KnownField
    from afluente.contacts.selectors.values import Held


class ValueForm(forms.Form):
    """The box, or boxes, in which a value is typed; drawn only: `services.read_value` reads it."""


def typed_value(data: QueryDict, field: KnownField, prefix: str = "") -> Any:
    """What was typed into the boxes of a field, for `services.read_value`; `prefix` as of its form."""
    start = f"{prefix}-" if prefix else ""
    if field.kind == "multiselect":
        return data.getlist(f"{start}typed")
    typed = data.get(f"{start}typed", "")
    if field.kind == "moment":
        return f"{typed} {data.get(f'{start}time', '')}".strip()
    return typed or ("0" if field.kind == "checkbox" else "")


def value_form(field: KnownField, held: Held | None, typed: Any = None, prefix: str = "") -> ValueForm:
    """The form for a value of `field`, with what it has or, after a refusal, what was typed.

    `prefix` tells the boxes of several fields in one form apart.
    """
    form = ValueForm(auto_id=f"typed-{field.id}-%s", prefix=prefix or None)
    form.fields["typed"] = asked_field(field, held, typed)
    widget = form.fields["typed"].widget
    if field.kind != Field.Kind.MULTISELECT:
        widget.attrs |= {"class": "input", "autofocus": True, "autocomplete": "off"}
    if field.kind == Field.Kind.MOMENT:
        day, time = local_parts(held) if typed is None else (str(typed).partition(" ")[::2])
        form.fields["typed"].initial = day
        form.fields["time"] = forms.CharField(
            required=False,
            initial=time,
            widget=forms.TextInput(attrs={"type": "time", "class": "input"}),
        )
    return form


def asked_field(field: KnownField, held: Held | None, typed: Any) -> forms.Field:
    """The box for `field`, with what is held or, after a refusal, what was typed."""
    if field.has_options:
        chosen = held if isinstance(held, tuple) else ()
        shown = [one for one in field.options if not one.is_archived or one.id in chosen]
        choices = [(f"#{one.id}", one.label) for one in shown]
        initial = [f"#{number}" for number in chosen] if typed is None else typed
        if field.kind == Field.Kind.MULTISELECT:
            return forms.MultipleChoiceField(
                choices=choices, initial=initial, widget=forms.CheckboxSelectMultiple
            )
        first = initial if isinstance(initial, str) else next(iter(initial), "")
        return forms.ChoiceField(choices=[("", "—"), *choices], initial=first)
    initial = (held if isinstance(held, str) else number_typed(held)) if typed is None else typed
    if isinstance(held, str) and field.format and typed is None:
        initial = show(field, held)
    return forms.CharField(initial=initial, required=False, widget=_widget(field))


def _widget(field: KnownField) -> forms.Widget:
    if field.kind == Field.Kind.MOMENT:
        return forms.TextInput(attrs={"type": "date"})
    if field.kind == Field.Kind.NUMBER:
        return forms.TextInput(attrs={"inputmode": "decimal"})
    if field.kind == Field.Kind.LINK:
        return forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"})
    if field.kind == Field.Kind.TEXT and not field.format:
        return forms.Textarea(attrs={"rows": 1, "maxlength": TEXT_LIMIT})
    return forms.TextInput()
