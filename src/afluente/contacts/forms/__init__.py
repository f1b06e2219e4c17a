"""What people fill in about contacts."""

from afluente.contacts.forms.adding import NewDetails, NewPerson
from afluente.contacts.forms.fields import FieldProperties, NewField, TabName
from afluente.contacts.forms.records import Address, Names, NewCompany, TagForm
from afluente.contacts.forms.values import ValueForm, value_form
from afluente.contacts.forms.ways import Ways

__all__ = [
    "Address",
    "FieldProperties",
    "Names",
    "NewCompany",
    "NewDetails",
    "NewField",
    "NewPerson",
    "TabName",
    "TagForm",
    "ValueForm",
    "Ways",
    "value_form",
]
