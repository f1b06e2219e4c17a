"""How a member wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from afluente.timeline.models import Preference
from afluente.timeline.selectors import notices
from afluente.timeline.services import DELAYS, Ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

RHYTHMS = (
    (Preference.Rhythm.SOON, _("Soon after, what is not read by then")),
    (Preference.Rhythm.HOURLY, _("Once an hour, in one letter")),
    (Preference.Rhythm.DAILY, _("Once a day, in one letter")),
)


@dataclass(frozen=True)
class Row:
    """A kind with its boxes, (name of the field, way, ticked), and what it may be narrowed to, (number,
    name, ticked).
    """

    kind: notices.NotificationKind
    boxes: Sequence[tuple[str, str, bool]]
    options_name: str
    options: Sequence[tuple[int, StrOrPromise, bool]]

    @property
    def is_narrowed(self) -> bool:
        return any(is_on for _pk, _name, is_on in self.options)


class Channels(forms.Form):
    """Three boxes for each kind of notification, and the rhythm of letters."""

    rhythm = forms.ChoiceField(label=_("Send letters"), choices=RHYTHMS)
    mail_after = forms.TypedChoiceField(
        label=_("Soon is"),
        coerce=int,
        choices=(),
        help_text=_("Only what you have not read by then is sent."),
    )
    mail_hour = forms.TypedChoiceField(
        label=_("The daily letter leaves at"),
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(24)],
    )

    def __init__(self, *args: Any, member: Membership, preference: Preference | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = preference or notices.DEFAULT
        delay: Any = self.fields["mail_after"]
        delay.choices = [(minutes, _minutes(minutes)) for minutes in DELAYS]
        for name in ("rhythm", "mail_after", "mail_hour"):
            self.fields[name].initial = getattr(self.chosen, name)
        self.kinds = notices.notification_kinds()
        self.options = {kind.name: list(kind.options(member)) for kind in self.kinds if kind.options}
        for kind in self.kinds:
            self._add_boxes(kind)

    def _add_boxes(self, kind: notices.NotificationKind) -> None:
        for way in notices.WAYS:
            self.fields[f"{kind.name}.{way}"] = forms.BooleanField(
                required=False, initial=way in notices.channels_of(self.chosen, kind.name)
            )
        if kind.name in self.options:
            self.fields[f"{kind.name}.only"] = forms.TypedMultipleChoiceField(
                required=False,
                coerce=int,
                choices=self.options[kind.name],
                initial=self.chosen.choices.get(kind.name, []),
            )

    def rows(self) -> list[Row]:
        return [self._row(kind) for kind in self.kinds]

    def _row(self, kind: notices.NotificationKind) -> Row:
        names = [(f"{kind.name}.{way}", way) for way in notices.WAYS]
        narrowed = self[f"{kind.name}.only"].value() if kind.name in self.options else ()
        ticked = {str(value) for value in narrowed or ()}
        return Row(
            kind,
            [(name, way, bool(self[name].value())) for name, way in names],
            f"{kind.name}.only",
            [(pk, name, str(pk) in ticked) for pk, name in self.options.get(kind.name, ())],
        )

    def ways(self) -> Ways:
        """What was chosen."""
        said = self.cleaned_data
        return Ways(
            channels={
                kind.name: [way for way in notices.WAYS if said[f"{kind.name}.{way}"]] for kind in self.kinds
            },
            choices={name: said[f"{name}.only"] for name in self.options},
            rhythm=said["rhythm"],
            mail_after=said["mail_after"],
            mail_hour=said["mail_hour"],
        )


def _minutes(minutes: int) -> str:
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    return ngettext("{n} hour", "{n} hours", minutes // 60).format(n=minutes // 60)
