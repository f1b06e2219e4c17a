"""The mapping editor of a webhook: one line per value it heard, and where that value goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.intake import services as intake
from afluente.intake.models import DealRule, Source
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

KEPT, CUSTOM = "", "custom"
LINES = 300


@dataclass(frozen=True)
class Line:
    """A value at `path`. `to` is a target, CUSTOM (then `name` says the field's name) or KEPT."""

    path: str
    sample: str = ""
    to: str = KEPT
    name: str = ""
    is_heard: bool = True  # it was in the last body

    @property
    def depth(self) -> int:
        """How deep it lies, for indenting; at most six."""
        return min(len(re.findall(r"(?<!\\)[.\[]", self.path)), 6)

    @property
    def leaf(self) -> str:
        """The last part of the path, as the body wrote it."""
        return re.sub(r"\\(.)", r"\1", re.split(r"(?<!\\)\.", self.path)[-1])

    @property
    def parent(self) -> str:
        parts = re.split(r"(?<!\\)\.", self.path)[:-1]
        return re.sub(r"\\(.)", r"\1", " \u203a ".join(parts))


def lines_of(found: Any, mapping: Sequence[Mapping[str, str]]) -> list[Line]:
    """Every value of a body with its place in the mapping, then mapped paths that the body lacks."""
    places = {line["path"]: line["to"] for line in mapping}
    heard = [_line(path, sample, places.get(path, KEPT)) for path, sample in intake.paths_of(found)]
    known = {line.path for line in heard}
    missing = [_line(path, "", to, is_heard=False) for path, to in places.items() if path not in known]
    return [*heard, *missing][:LINES]


def _line(path: str, sample: str, to: str, *, is_heard: bool = True) -> Line:
    if to.startswith("custom."):
        return Line(path, sample, CUSTOM, to.removeprefix("custom."), is_heard)
    return Line(path, sample, to, is_heard=is_heard)


def posted_mapping(data: QueryDict) -> list[dict[str, str]]:
    """The mapping that a person chose; unknown targets are left out."""
    names = {target.name for target in intake.TARGETS}
    mapping = []
    for number, path in enumerate(data.getlist("path")[:LINES]):
        to = data.get(f"to-{number}", KEPT)
        name = text.clean(data.get(f"name-{number}", ""), limit=100)
        if to == CUSTOM:
            mapping.append({"path": path[:500], "to": f"custom.{name or path[:100]}"})
        elif to in names:
            mapping.append({"path": path[:500], "to": to})
    return mapping


def target_groups() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Where a value can go, grouped."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for target in intake.TARGETS:
        groups.setdefault(str(target.group), []).append((target.name, target.label))
    return list(groups.items())


class Hook(forms.Form):
    """A webhook's name, deal rule and signature."""

    name = forms.CharField(label=_("Name"), max_length=100)
    rule: Any = forms.ModelChoiceField(
        label=_("Deal rule"), queryset=None, required=False, empty_label=_("First pipeline, first stage")
    )
    signing_header = forms.RegexField(
        label=_("Header with the signature"),
        regex=r"^[A-Za-z0-9-]+$",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "X-Signature", "autocomplete": "off"}),
        error_messages={"invalid": _("Letters, digits and hyphens only, such as X-Signature")},
    )
    signing_secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    is_signed = forms.BooleanField(label=_("Take signed bodies only"), required=False)

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        self.source = source
        initial = {
            "name": source.name,
            "rule": source.rule_id,
            "signing_header": source.signing_header,
            "is_signed": bool(source.signing_box),
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        field: Any = self.fields["rule"]
        field.queryset = DealRule.objects.order_by("name", "pk")
        if source.signing_box:
            self.fields["signing_secret"].help_text = _("Kept. Write one to replace it")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("is_signed"):
            if not said.get("signing_header") and "signing_header" not in self.errors:
                self.add_error("signing_header", _("Say which header carries the signature"))
            if not said.get("signing_secret") and not self.source.signing_box:
                self.add_error("signing_secret", _("Write the secret that the sender signs with"))
        return said
