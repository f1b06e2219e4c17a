"""The boxes in which a value of a field is typed; slices above draw them too."""

from afluente.contacts.selectors.boxes import ValueForm, asked_field, value_form

__all__ = ["ValueForm", "asked_field", "value_form"]
