"""What the steps of an import ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.accounts import policies as accounts
from afluente.contacts.selectors.saved import kept_filters
from afluente.deals.selectors import move_targets
from afluente.tasks.selectors import boards
from afluente.transfer.models import Export, Import, Schedule
from afluente.transfer.selectors import csvs
from afluente.transfer.selectors.tables import CSV, VCARD, XLSX

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.transfer.selectors.tables import Shape
    from afluente.transfer.services import ExportKind

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": _("Windows, Western (1252)"),
    "cp1250": _("Windows, Central European (1250)"),
    "cp1251": _("Windows, Cyrillic (1251)"),
    "iso8859-2": _("Latin 2"),
    "latin-1": _("Latin 1"),
}
DELIMITERS = [
    (",", _("Comma ,")),
    (";", _("Semicolon ;")),
    ("\t", _("Tab")),
    ("|", _("Bar |")),
]


PEOPLE = [(rule.value, rule.label) for rule in Import.Match if rule != Import.Match.NUMBER]
KNOWN_DEALS = [
    (Import.Match.NONE, _("Never: every row is a new deal")),
    (Import.Match.NUMBER, Import.Match.NUMBER.label),
    (Import.Match.EXTERNAL, Import.Match.EXTERNAL.label),
]


KNOWN_TASKS = [
    (Import.Match.NONE, _("Never: every row is a new task")),
    (Import.Match.NUMBER, _("By the number of the task")),
    (Import.Match.EXTERNAL, Import.Match.EXTERNAL.label),
]


KNOWN_PRODUCTS = [
    (Import.Match.ANY, _("By code, then name")),
    (Import.Match.NONE, _("Never: every row is a new product")),
]


class Reading(forms.Form):
    """How a file is read."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Cells are parted by"), choices=DELIMITERS)
    quote = forms.ChoiceField(label=_("Texts stand in"), choices=[('"', '"…"'), ("'", "'…'")])
    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=[(",", "1.234,56"), (".", "1,234.56")])
    order = forms.ChoiceField(
        label=_("Order of dates"),
        choices=[("dmy", _("day month year")), ("mdy", _("month day year")), ("ymd", _("year month day"))],
    )
    has_header = forms.BooleanField(label=_("The first row names the columns"), required=False)

    def __init__(self, data: Any = None, *, shape: Shape) -> None:
        super().__init__(data, initial=shape.as_json())
        self.fields["sheet"].choices = [(name, name) for name in shape.sheets]  # type: ignore[attr-defined]
        hidden = {
            CSV: ("sheet",),
            XLSX: ("encoding", "delimiter", "quote", "decimal"),
            VCARD: ("sheet", "delimiter", "quote", "has_header"),
        }
        for name in hidden.get(shape.kind, ()):
            del self.fields[name]
        if shape.kind == XLSX and len(shape.sheets) < 2:
            del self.fields["sheet"]
        assert set(csvs.ENCODINGS) <= set(ENCODINGS)


class Columns(forms.Form):
    """What happens to people who are known, and what everybody gets besides."""

    match = forms.ChoiceField(label=_("Find known contacts"), choices=PEOPLE)
    policy = forms.ChoiceField(label=_("When somebody is known"), choices=Import.Policy)
    tags = forms.CharField(
        label=_("Tags for everybody"),
        max_length=500,
        required=False,
        help_text=_("Parted by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    assignee: Any = forms.ModelChoiceField(
        label=_("Responsible for new contacts"), queryset=None, required=False, empty_label=_("Nobody")
    )
    consent_basis = forms.CharField(
        label=_("Where they agreed to messages"),
        max_length=300,
        required=False,
        help_text=_(
            "Needed when a column says so. It stands beside each word, such as: list at the fair, May 2026."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = accounts.assignable_by(member).order_by("user__name", "pk")
        field.label_from_instance = lambda one: one.user.name

    @property
    def options(self) -> dict[str, Any]:
        """What is asked besides what every import has."""
        return {"consent_basis": self.cleaned_data["consent_basis"]}

    def clean_tags(self) -> list[str]:
        return [word for word in (part.strip() for part in self.cleaned_data["tags"].split(",")) if word]


class DealColumns(forms.Form):
    """Where deals go whose row says nothing of it."""

    match = forms.ChoiceField(label=_("Find known deals"), choices=KNOWN_DEALS)
    policy = forms.ChoiceField(label=_("When a deal is known"), choices=Import.Policy, required=False)
    stage = forms.TypedChoiceField(
        label=_("Stage of rows that name none"),
        coerce=int,
        help_text=_(
            "A stage in a column is looked for in the pipeline of its row, else in that of a known deal, else in this one."
        ),
    )
    assignee: Any = forms.ModelChoiceField(
        label=_("Assignee of rows that name none"),
        queryset=None,
        required=False,
        empty_label=_("As the pipeline says"),
    )
    begins_rules = forms.BooleanField(
        label=_("Let automation act on them"),
        required=False,
        help_text=_("Otherwise the rules of their stages leave them alone."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = accounts.assignable_by(member).order_by("user__name", "pk")
        field.label_from_instance = lambda one: one.user.name
        found = move_targets(member=member)
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (one.name, [(stage.pk, stage.name) for stage in one.stages.all()]) for one in found
        ]

    @property
    def options(self) -> dict[str, Any]:
        """What is asked besides what every import has."""
        return {name: self.cleaned_data[name] for name in ("stage", "begins_rules")}


class TaskColumns(forms.Form):
    """Where tasks go whose row says nothing of it."""

    match = forms.ChoiceField(label=_("Find known tasks"), choices=KNOWN_TASKS)
    policy = forms.ChoiceField(label=_("When a task is known"), choices=Import.Policy, required=False)
    step = forms.TypedChoiceField(
        label=_("Status of rows that name none"),
        coerce=int,
        help_text=_(
            "A status in a column is looked for on the board of its row, else on that of a known task, else on this one."
        ),
    )
    assignee: Any = forms.ModelChoiceField(
        label=_("Assignee of rows that name none"), queryset=None, required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = accounts.assignable_by(member).order_by("user__name", "pk")
        field.label_from_instance = lambda one: one.user.name
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            (board.name, [(step.pk, step.name) for step in board.steps.all()]) for board in boards()
        ]

    @property
    def options(self) -> dict[str, Any]:
        """What is asked besides what every import has."""
        return {"step": self.cleaned_data["step"]}


class ProductColumns(forms.Form):
    """What happens to products that are known."""

    match = forms.ChoiceField(label=_("Find known products"), choices=KNOWN_PRODUCTS)
    policy = forms.ChoiceField(label=_("When a product is known"), choices=Import.Policy, required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:  # noqa: ARG002  as the other kinds
        super().__init__(*args, **kwargs)

    @property
    def options(self) -> dict[str, Any]:
        """What is asked besides what every import has."""
        return {}


class Planned(forms.Form):
    """An export that makes itself."""

    name = forms.CharField(label=_("Name"), max_length=100)
    filter_id = forms.TypedChoiceField(
        label=_("What to export"), required=False, coerce=int, empty_value=None
    )
    format = forms.ChoiceField(label=_("Format"), choices=Export.Format)
    every = forms.ChoiceField(label=_("How often"), choices=Schedule.Every)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=Schedule.Weekday, coerce=int, help_text=_("Counts when it is every week.")
    )
    hour = forms.TypedChoiceField(
        label=_("Hour"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    def __init__(self, *args: Any, member: Membership, kind: ExportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = [(one.pk, one.name) for one in kept_filters(member, kind.entity)]
        choices = {
            "filter_id": [("", kind.everybody), *kept],
            "format": [(value, label) for value, label in Export.Format.choices if value in kind.formats],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]


class Announced(forms.Form):
    """A file that will come in parts."""

    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0)
    about = forms.CharField(max_length=20, required=False)
