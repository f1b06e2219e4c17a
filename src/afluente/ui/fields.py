"""How a Django form field is drawn: which control, which classes, what describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.forms import BoundField


def describe(
    bound: BoundField, *, label: str = "", hint: str = "", warning: str = "", is_compact: bool = False
) -> dict[str, Any]:
    """The context of `ui/components/field.html` for one bound field."""
    hint = hint or str(bound.field.help_text)
    parts = {"error": bool(bound.errors), "warning": bool(warning), "hint": bool(hint)}
    described_by = [f"{bound.auto_id}_{name}" for name, is_there in parts.items() if is_there]
    return {
        "bound": bound,
        "kind": _kind(bound.field.widget),
        "label": label or bound.label,
        "hint": hint,
        "warning": warning,
        "is_compact": is_compact,
        "is_optional": not bound.field.required and not isinstance(bound.field.widget, forms.CheckboxInput),
        "control": _control(bound, described_by),
    }


def _kind(widget: forms.Widget) -> str:
    """Which of the four shapes: group of choices, single check, hidden, or plain control."""
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "hidden" if widget.is_hidden else "plain"


def _control(bound: BoundField, described_by: list[str]) -> SafeString:
    own = str(bound.field.widget.attrs.get("class", ""))
    attrs: dict[str, Any] = {}
    if _kind(bound.field.widget) == "plain":
        attrs["class"] = f"input {own}".strip()
    if described_by:
        attrs["aria-describedby"] = " ".join(described_by)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return SafeString(bound.as_widget(attrs=attrs))
