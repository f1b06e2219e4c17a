"""What people should know about an arrival: codes in the database, sentences on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.kernel import jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise


@dataclass(frozen=True)
class Note:
    """A code from SENTENCES and the value it is about."""

    code: str
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "value": self.value}


SENTENCES: Mapping[str, str | Promise] = {
    "email_invalid": _("“%(value)s” is no valid e-mail address. It was kept as it is."),
    "phone_invalid": _("“%(value)s” is no valid phone number. It was kept as it is."),
    "currency_unknown": _("“%(value)s” is no currency. The pipeline's currency was used."),
    "amount_invalid": _("“%(value)s” is no amount. The deal was opened without one."),
    "amount_negative": _("The amount %(value)s is below zero. The deal was opened without one."),
    "rule_unknown": _("Deal rule %(value)s does not exist. The source's own rule was used."),
    "rule_off": _("Deal rule “%(value)s” is switched off. No deal was opened."),
    "target_gone": _("The pipeline or stage of rule “%(value)s” is gone. The first one was used."),
    "assignee_gone": _("Nobody of rule “%(value)s” can take deals. The deal has no assignee."),
    "several_fit": _("%(value)s contacts fit. A new one was made; look at possible duplicates."),
    "value_refused": _("A value was kept with the arrival only. %(value)s"),
    "unreadable": _("The body cannot be read. %(value)s"),
    "nobody": _("There is no name, e-mail, phone or messenger in it. Map one, then replay."),
    "spam": _("A field that people do not see was filled in. Taken for a robot."),
    "internal": _("It failed inside Afluente: %(value)s"),
}


def sentence(note: Mapping[str, str]) -> str:
    """A stored note in the reader's language."""
    code, value = note.get("code", ""), note.get("value", "")
    template = SENTENCES.get(code)
    if code == "unreadable":
        value = jsonin.worded(value)
    return str(template) % {"value": value} if template else value
