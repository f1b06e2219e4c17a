"""The form editor: what its inputs hold, read as fields of a hosted form and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import User
from afluente.capture.services.fields import CONSENTS, CUSTOM, LIMIT, OPTIONS_LIMIT, Field, Kind, fields_of
from afluente.intake import services as intake
from afluente.intake.models import DealRule
from afluente.intake.services.leads import TOUCH
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.capture.models import Form

WEB = URLValidator(
    schemes=["http", "https"], message=_("Write a whole address, such as https://example.com/thanks")
)
_NAME = re.compile(r"[a-z0-9_]{1,60}")
_IDENTITY = ("contact.",)
_PLACES = {CUSTOM, *CONSENTS, *(one.name for one in intake.TARGETS)}


def target_choices() -> list[Any]:
    """Where an answer can go, grouped; what tells the origin is filled in by the page itself."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for target in intake.TARGETS:
        if target.name not in TOUCH and target.name != "source":
            groups.setdefault(str(target.group), []).append((target.name, target.label))
    agreed = (
        _("Agrees to e-mail"),
        _("Agrees to SMS"),
        _("Agrees to e-mail and SMS"),
        _("Agrees to ad audiences"),
    )
    groups[str(_("Consent"))] = list(zip(CONSENTS, agreed, strict=True))
    return [(CUSTOM, _("Kept with the lead, under its label")), *groups.items()]


class Question(forms.Form):
    """One row of the editor. Its prefix is the field's name, which never changes."""

    label = forms.CharField(label=_("Label"), max_length=500)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    to = forms.ChoiceField(label=_("Goes to"), choices=())
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    placeholder = forms.CharField(label=_("Example in the empty field"), max_length=100, required=False)
    options = forms.CharField(
        label=_("Options, one per line"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    link = forms.CharField(
        label=_("Address of your privacy page"), required=False, max_length=500, validators=[WEB]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = target_choices()  # type: ignore[attr-defined]
        self.fields["link"].widget.attrs["inputmode"] = "url"

    def clean_options(self) -> list[str]:
        lines = [text.clean(line, limit=200) for line in self.cleaned_data["options"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))[:OPTIONS_LIMIT]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in {Kind.CHOICE, Kind.CHOICES} and not cleaned.get("options"):
            self.add_error("options", _("Add at least one option"))
        if cleaned.get("to") in CONSENTS and cleaned.get("kind") != Kind.CONSENT:
            self.add_error("to", _("Only a tick can agree to messages: choose the kind Tick, consent"))
        return cleaned

    @property
    def field(self) -> Field:
        """What the row says now, valid or not, for drawing it and for the preview."""
        said = self.data
        value = {name: str(said.get(f"{self.prefix}-{name}", "")) for name in self.fields}
        return Field(
            name=str(self.prefix),
            label=text.clean(value["label"], limit=500),
            kind=value["kind"] if value["kind"] in Kind.values else Kind.TEXT,
            required=bool(value["required"]),
            to=value["to"] if value["to"] in _PLACES else CUSTOM,
            options=tuple(self._lines(value["options"])),
            placeholder=text.clean(value["placeholder"], limit=100),
            link=value["link"].strip() if value["link"].strip().startswith(("http://", "https://")) else "",
        )

    @property
    def target_label(self) -> str:
        """Where the answer goes, in words, for the closed row."""
        labels = {target.name: f"{target.group}: {target.label}" for target in intake.TARGETS}
        return labels.get(self.field.to, str(_("Consent")) if self.field.channels else "")

    @staticmethod
    def _lines(options: str) -> Iterator[str]:
        for line in dict.fromkeys(options.splitlines()[:OPTIONS_LIMIT]):
            if cleaned := text.clean(line, limit=200):
                yield cleaned


class Settings(forms.Form):
    """Everything about a form but its questions."""

    name = forms.CharField(label=_("Name, for your team"), max_length=100)
    title = forms.CharField(label=_("Title"), max_length=150)
    intro = forms.CharField(
        label=_("Introduction"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    button = forms.CharField(label=_("Button"), max_length=60)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=User.Language.choices,
        help_text=_("Of the page's own words and messages"),
    )
    thanks = forms.CharField(
        label=_("Thank-you text"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Empty: we say that the answer arrived"),
    )
    redirect_url = forms.CharField(
        label=_("Or go to this page"),
        max_length=500,
        required=False,
        validators=[WEB],
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    rule: Any = forms.ModelChoiceField(
        label=_("Deal rule"),
        queryset=None,
        required=False,
        empty_label=_("First pipeline, first stage"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = DealRule.objects.order_by("name", "pk")  # type: ignore[attr-defined]


class Editor:
    """The whole editor: settings and questions, unsaved or saved."""

    def __init__(self, form: Form, data: QueryDict | None = None) -> None:
        self.form = form
        stored = fields_of(form.fields)
        self.settings = (
            Settings(data, initial=_initial(form)) if data is not None else Settings(initial=_initial(form))
        )
        self.questions = _posted(data) if data is not None else questions_of(stored)
        self.problem = ""

    def is_valid(self) -> bool:
        """Whether everything can be saved; otherwise each input and `problem` say what to mend."""
        checks = [self.settings.is_valid(), *[question.is_valid() for question in self.questions]]
        if not any(field.to.startswith(_IDENTITY) for field in self.fields):
            self.problem = str(
                _(
                    "Without a name, an e-mail, a phone or a messenger an answer cannot become a contact. Let one question go there."
                )
            )
        return all(checks) and not self.problem

    @property
    def fields(self) -> list[Field]:
        return [question.field for question in self.questions]

    @property
    def error_count(self) -> int:
        faulty = [self.settings, *self.questions]
        return sum(len(one.errors) for one in faulty if one.is_bound) + bool(self.problem)

    def show(self, fields: Sequence[Field]) -> None:
        """Draw `fields` instead: something was added, moved or removed, and nothing is saved yet."""
        self.questions = questions_of(fields)


def questions_of(fields: Sequence[Field]) -> list[Question]:
    """Rows that hold `fields`."""
    rows = []
    for field in fields:
        data = QueryDict(mutable=True)
        for name, value in field.as_json().items():
            data[f"{field.name}-{name}"] = "\n".join(value) if name == "options" else str(value)
        if not field.required:
            del data[f"{field.name}-required"]
        rows.append(Question(data, prefix=field.name))
    return rows


def _posted(data: QueryDict) -> list[Question]:
    names = dict.fromkeys(
        name for name in data.getlist("field") if _NAME.fullmatch(name) and name not in TOUCH
    )
    return [Question(data, prefix=name) for name in list(names)[:LIMIT]]


def _initial(form: Form) -> dict[str, Any]:
    return {
        "name": form.source.name,
        "rule": form.source.rule_id,
        **{
            name: getattr(form, name)
            for name in ("title", "intro", "button", "language", "thanks", "redirect_url")
        },
    }
