"""What the texts of a rule say about a real deal, while they are being written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.automation.selectors.params import SMS, params_of
from afluente.delivery import services as outbox
from afluente.delivery.models import Channel, Template
from afluente.delivery.selectors import readers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

LETTER, CALL = Channel.EMAIL.value, "webhook"
LONGEST = 20_000  # characters of a text that are looked at


@dataclass
class Said:
    """Texts by their labels, each as it would stand there; a letter as a page; what is wrong, in words."""

    texts: list[tuple[StrOrPromise, str]] = field(default_factory=list)
    subject: str = ""
    html: str = ""
    count: outbox.Count | None = None
    wrong: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written that could be shown."""
        return not (self.texts or self.html or self.subject or self.wrong)


def said_of(action: str, params: Mapping[str, Any], *, deal_id: int) -> Said:
    """What a rule would say; some ten queries, none where its action has no texts."""
    wanted = [one for one in params_of(action) if one.has_words]
    template = _template(action, params.get("template"))
    given = {one.name: str(params.get(one.name) or "").strip()[:LONGEST] for one in wanted}
    if template is not None:
        given |= {"subject": template.subject, "body": template.body}
    if not any(given.values()):
        return Said()
    reader = readers_of([deal_id]).get(deal_id)
    words = reader.words if reader else {}
    said = Said()
    try:
        if action == LETTER:
            letter = outbox.render(subject=given["subject"], body=given["body"], words=words)
            said.subject, said.html = letter.subject, letter.html
            return said
        for one in wanted:
            fill = outbox.fill_body if action == CALL else outbox.fill
            if text := fill(given[one.name], words) if given[one.name] else "":
                said.texts.append((one.label, text))
                said.count = outbox.count_segments(text) if one.kind == SMS else None
    except outbox.BadTemplateError as bad:
        said.wrong = str(bad)
    return said


def _template(action: str, said: Any) -> Template | None:
    number = str(said or "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Template.objects.filter(pk=int(number), channel=action).first()
