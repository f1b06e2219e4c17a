"""Addresses that nothing is sent to, as people enter them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Workspace
from afluente.delivery.models import Channel
from afluente.kernel import email, phone
from afluente.kernel.workspace import current_workspace_id

MOST = 5_000  # addresses at once
LIST = 1_000_000  # bytes
SHOWN = 5  # lines that hold no address
OFF = {"autocomplete": "off"}


class Addresses(forms.Form):
    """Addresses to pass over, typed or out of a file: one on each line, other columns beside it are not read."""

    addresses = forms.CharField(
        label=_("Addresses"),
        required=False,
        max_length=LIST,
        help_text=_("One on each line. A whole list can be pasted."),
        widget=forms.Textarea(attrs={"rows": 4, **OFF}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or text, one address on each line; a first line with headings is passed over."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
    )
    detail = forms.CharField(
        label=_("Why"), required=False, max_length=300, widget=forms.TextInput(attrs=OFF)
    )

    def __init__(self, *args: Any, channel: str = Channel.EMAIL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        if channel == Channel.SMS:
            self.fields["addresses"].label = _("Phone numbers")
            self.fields["file"].help_text = _("CSV or text, one number on each line.")

    def clean_addresses(self) -> list[str]:
        """The addresses that were typed."""
        return _addresses(str(self.cleaned_data["addresses"]).splitlines(), first=1, channel=self.channel)

    def clean_file(self) -> list[str]:
        """The addresses of the file."""
        file = self.cleaned_data["file"]
        if file is None:
            return []
        if file.size > LIST:
            raise ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            lines = file.read().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise ValidationError(_("The file is no text in UTF-8. Save it as CSV in UTF-8.")) from None
        has_headings = bool(lines) and _address(lines[0], self.channel) is None
        return _addresses(
            lines[1:] if has_headings else lines, first=2 if has_headings else 1, channel=self.channel
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.found = [*data.get("addresses", []), *data.get("file", [])]
        if not self.errors and not self.found:
            self.add_error("addresses", _("Write at least one address, or choose a file."))
        if len(self.found) > MOST:
            self.add_error("addresses", _("At most {n} addresses at once.").format(n=MOST))
        return data


def spelled(said: str, channel: str) -> str:
    """An address as it is kept: a number with its country."""
    if channel != Channel.SMS:
        return said
    return phone.parse(said, Workspace.objects.get(pk=current_workspace_id()).country) or said


def _address(line: str, channel: str) -> str | None:
    """The address of a line, None for a line without one."""
    if channel == Channel.SMS:
        number = spelled(re.split(r"[,;\t\"]", line.strip(" \t\"'"))[0], channel)
        return number if number.startswith("+") else None
    words = [word for word in re.split(r"[\s,;<>\"']+", line) if word]
    return next((word for word in words if "@" in word and email.match_key(word)), None)


def _addresses(lines: list[str], *, first: int, channel: str) -> list[str]:
    """The first address of each line that is not empty. Raises ValidationError naming the lines without one."""
    found: list[str] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, first):
        address = _address(line, channel)
        if address:
            found.append(address)
        elif line.strip(" \t,;<>\"'"):
            said = _("Line {n} holds no phone number: {line}")
            if channel == Channel.EMAIL:
                said = _("Line {n} holds no e-mail address: {line}")
            wrong.append(said.format(n=number, line=line[:80]))
    if wrong:
        raise ValidationError(wrong[:SHOWN])
    return found
