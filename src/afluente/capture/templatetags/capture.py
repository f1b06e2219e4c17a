"""Drawing the questions of a form, and what a webhook sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.forms import BoundField
    from django.utils.safestring import SafeString

    from afluente.capture.services.fields import Field

register = template.Library()


@register.filter
def asked(answers: forms.Form, fields: Sequence[Field]) -> list[tuple[BoundField, Field]]:
    """Each field of the form with what is drawn for it."""
    return [(answers[field.name], field) for field in fields]


@register.filter
def is_group(bound: BoundField) -> bool:
    """Whether the answer is picked among options that are all seen."""
    return isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """The control itself, tied to what is wrong with it."""
    attrs: dict[str, Any] = {"aria-required": "true"} if bound.field.required else {}
    if bound.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{bound.auto_id}_error"}
    return bound.as_widget(attrs=attrs)
