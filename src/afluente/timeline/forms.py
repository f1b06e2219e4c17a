"""How a member wants to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from afluente.timeline.selectors import notices
from afluente.timeline.services import DELAYS

if TYPE_CHECKING:
    from afluente.timeline.models import Preference


class Channels(forms.Form):
    """Two boxes for each kind of notification, and the patience of the letter."""

    mail_after = forms.TypedChoiceField(label=_("Send the letter after"), coerce=int, choices=())

    def __init__(self, *args: Any, preference: Preference | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = preference or notices.DEFAULT
        delay = self.fields["mail_after"]
        delay.choices = [(minutes, _minutes(minutes)) for minutes in DELAYS]  # type: ignore[attr-defined]
        delay.initial = chosen.mail_after
        self.kinds = notices.notification_kinds()
        for kind in self.kinds:
            for way in (notices.APP, notices.MAIL):
                self.fields[f"{kind.name}.{way}"] = forms.BooleanField(
                    required=False, initial=way in notices.channels_of(chosen, kind.name)
                )

    def rows(self) -> list[tuple[notices.NotificationKind, list[tuple[str, bool]]]]:
        """Each kind with its boxes: the name of the field, and whether it is ticked."""
        return [
            (
                kind,
                [
                    (name, bool(self[name].value()))
                    for name in (f"{kind.name}.{way}" for way in (notices.APP, notices.MAIL))
                ],
            )
            for kind in self.kinds
        ]

    def channels(self) -> dict[str, list[str]]:
        """By kind, the ways that were ticked."""
        return {
            kind.name: [way for way in (notices.APP, notices.MAIL) if self.cleaned_data[f"{kind.name}.{way}"]]
            for kind in self.kinds
        }


def _minutes(minutes: int) -> str:
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    return ngettext("{n} hour", "{n} hours", minutes // 60).format(n=minutes // 60)
