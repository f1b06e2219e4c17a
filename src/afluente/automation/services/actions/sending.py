"""What leaves for the client: e-mails with words of the deal in them, handed to the outbox (S-TX)."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.selectors.params import CHOICE, FLAG, SMS, TEXT, Param
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.repeating import is_too_often
from afluente.automation.services.actions.wording import text_problems, words_of
from afluente.automation.services.facts import register_fact
from afluente.automation.services.settling import postpone
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.delivery.models import Channel, Template
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted
    from afluente.delivery.selectors import Reader

BODY = 20_000  # characters of a text that stands in the rule itself


@dataclass(frozen=True)
class Post:
    """What actions of one channel must know of a batch: readers, who may not be written to, and templates."""

    channel: str
    readers: Mapping[int, Reader]
    refused: dict[str, dict[str, str]]
    templates: Mapping[int, Template]

    def address(self, reader: Reader) -> str:
        """Where the main person of a deal reads messages of this channel."""
        return reader.email if self.channel == Channel.EMAIL else reader.phone


def post_of(channel: str, deal_ids: Collection[int]) -> Post:
    """Read it, with as many queries for one deal as for all."""
    readers = delivery.readers_of(deal_ids)
    addresses = {one.email if channel == Channel.EMAIL else one.phone for one in readers.values()}
    contacts = {one.contact_id for one in readers.values() if one.contact_id}
    refused = outbox.refusals(channel=channel, addresses=addresses - {""}, contact_ids=contacts)
    templates = {one.pk: one for one in Template.objects.filter(channel=channel)}
    return Post(channel, readers, refused, templates)


@dataclass(frozen=True)
class Send:
    """Write to the main person of the deal: `{"template": 7}`, or `{"subject": "…", "body": "…"}`.

    `is_marketing` (unless it is false, or `is_asked` says the same, consent counts); `goes_anyway`: also when the deal leaves meanwhile.
    """

    slug: str = "email"
    channel: str = Channel.EMAIL
    missing: str = "e-mail"
    is_outside: bool = True

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A template that exists, or a text that can be filled in."""
        template = params.get("template")
        if template is not None:
            known = (
                isinstance(template, int)
                and Template.objects.filter(pk=template, channel=self.channel).exists()
            )
            return [] if known else [f"template: {gettext('Choose one that is there.')}"]
        is_email = self.channel == Channel.EMAIL
        if not str(params.get("body", "")).strip():
            said = gettext("Choose a template, or write a subject and a text.")
            return [said if is_email else f"body: {gettext('Choose a template, or write a text.')}"]
        subject = text_problems("subject", params, most=outbox.LINE, is_required=True) if is_email else []
        return [*subject, *text_problems("body", params, most=BODY if is_email else outbox.SMS)]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Fill the text in for the deal's main person, if they may be written to."""
        post: Post = scene.facts[f"post.{self.channel}"]
        reader = post.readers.get(scene.record.id)
        address = post.address(reader) if reader else ""
        if reader is None or not address:
            return Skip("no_recipient", self.missing)
        is_marketing = params.get("is_marketing", True) is not False and not params.get("is_asked")
        reason = outbox.judged(
            post.refused, address=address, contact_id=reader.contact_id, is_marketing=is_marketing
        )
        if reason:
            return Skip(reason, self.missing)
        template = post.templates.get(params["template"]) if params.get("template") else None
        if params.get("template") and template is None:
            return Fail("target_gone", "template")
        subject, body = params.get("subject", ""), params.get("body", "")
        if template is not None:
            subject, body = template.subject, template.body
        try:
            said = outbox.render(subject=str(subject), body=str(body), words=words_of(reader, scene))
        except outbox.BadTemplateError as bad:
            return Fail("template", str(bad))
        words = (int(step.split(":")[0]), reader.contact_id or 0, said.subject, said.text)
        if is_too_often(scene, words):
            return Skip("too_often", self.missing)
        values = {
            "channel": self.channel,
            "address": address,
            "contact": reader.contact_id,
            "subject": said.subject,
            "text": said.text,
            "html": said.html if self.channel == Channel.EMAIL else "",
            "is_marketing": is_marketing,
            "template": template.pk if template else None,
            "goes_along": not params.get("goes_anyway"),
        }
        return Done(effects=[Effect("message", values)], key=step)


def _queue(group: Sequence[Wanted]) -> None:
    """Into the outbox, which says how each ended: until then what follows it waits."""
    outbox.queue_messages(
        [
            outbox.NewMessage(
                channel=one.values["channel"],
                key=one.made.step,
                address=one.values["address"],
                subject=one.values["subject"],
                text=one.values["text"],
                html=one.values["html"],
                contact_id=one.values["contact"],
                deal_id=one.deal_id,
                rule_id=one.token.definition_id,
                rule_name=one.name[:150],
                template_id=one.values["template"],
                is_marketing=one.values["is_marketing"],
                goes_along=one.values["goes_along"],
            )
            for one in group
        ]
    )
    until = clock.now() + outbox.GOES_ON
    postpone([(one.made.step, until) for one in group])


def _params(channel: str) -> tuple[Param, ...]:
    """What an editor asks for."""

    def offered() -> list[tuple[str, str]]:
        rows = Template.objects.filter(channel=channel, archived_at=None).order_by("name", "pk")
        return [(str(one.pk), one.name) for one in rows]

    is_email = channel == Channel.EMAIL
    words = _("Only without a template.")
    subject = Param(name="subject", label=_("Subject"), hint=_("Only without a template."), has_words=True)
    asked = _("It was asked for, such as a bill: consent does not hold it")
    return (
        Param(
            name="template",
            label=_("Template"),
            kind=CHOICE,
            choices=offered,
            empty=_("Written here"),
            is_number=True,
        ),
        *([subject] if is_email else []),
        Param(name="body", label=_("Text"), kind=TEXT if is_email else SMS, hint=words, has_words=True),
        Param(name="is_asked", label=asked, kind=FLAG),
        Param(name="goes_anyway", label=_("Also when the deal leaves the stage meanwhile"), kind=FLAG),
    )


def register() -> None:
    """Let rules write to clients."""
    ways = (
        (Send(), _("Send an e-mail")),
        (Send(slug="sms", channel=Channel.SMS, missing="phone"), _("Send an SMS")),
    )
    for action, label in ways:
        fact = f"post.{action.channel}"
        register_fact(fact, partial(post_of, action.channel))
        register_action(
            Known(
                action=action,
                label=label,
                needs=frozenset({fact}),
                appliers=(("message", _queue),),
                mixed=frozenset({"message"}),
                params=_params(action.channel),
            )
        )
