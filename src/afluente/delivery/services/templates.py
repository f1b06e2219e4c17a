"""Templates: kept when they can be filled in, shown as they would be for a real deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.delivery.models import Channel, Template
from afluente.delivery.selectors import readers_of, variables
from afluente.delivery.services import rendering
from afluente.kernel import clock

if TYPE_CHECKING:
    from afluente.delivery.services.rendering import Rendered

NAME, BODY = 100, 50_000  # characters


class BadValuesError(ValueError):
    """A template or a sender that cannot be kept: what is wrong, by field."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__("; ".join(one for said in problems.values() for one in said))
        self.problems = problems


def save_template(
    *, template: Template | None, name: str, subject: str, body: str, channel: str = Channel.EMAIL
) -> Template:
    """Keep a template, a new one without `template`. Raises BadValuesError."""
    name, subject = " ".join(name.split()), " ".join(subject.split())
    wrong: dict[str, list[str]] = {}
    if not 0 < len(name) <= NAME:
        wrong["name"] = [_room(NAME)]
    if channel == Channel.EMAIL and not 0 < len(subject) <= rendering.LINE:
        wrong["subject"] = [_room(rendering.LINE)]
    most = BODY if channel == Channel.EMAIL else rendering.SMS
    if not 0 < len(body.strip()) <= most:
        wrong["body"] = [_room(most)]
    if not wrong:
        said = template_problems(subject=subject, body=body)
        wrong = {"body": said} if said else {}
    if wrong:
        raise BadValuesError(wrong)
    kept = template or Template(channel=channel)
    kept.name, kept.subject, kept.body, kept.updated_at = name, subject, body, clock.now()
    kept.save()
    return kept


def _room(most: int) -> str:
    return gettext("Between 1 and {n} characters.").format(n=most)


def template_problems(*, subject: str, body: str) -> list[str]:
    """What is wrong with a text with variables, in words."""
    return rendering.problems(subject=subject, body=body, known=[one.name for one in variables()])


def archive_template(template: Template, *, is_back: bool = False) -> None:
    """Offer a template no more, or again. Rules that name it go on with it."""
    template.archived_at = None if is_back else clock.now()
    template.save(update_fields=["archived_at"])


def preview(*, subject: str, body: str, deal_id: int) -> Rendered:
    """What a template would say to the person of a deal. Raises BadTemplateError."""
    reader = readers_of([deal_id]).get(deal_id)
    return rendering.render(subject=subject, body=body, words=reader.words if reader else {})
