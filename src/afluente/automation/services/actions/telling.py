"""Telling people: notifications, comments, messages to the stream, and when something is stuck."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Membership
from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.who import ADMINS, NEEDS, SUPERVISOR, people_of, people_problems
from afluente.automation.services.actions.wording import filled, text_problems
from afluente.deals.policies import visible_to
from afluente.delivery.services import BadTemplateError
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

NOTICE = "automation_notice"
LONGEST = 2_000  # signs of a text


@dataclass(frozen=True)
class Notify:
    """Tell members: `{"to": ["responsible", "role:editor", "member:7"], "text": "…"}`. `default` is who is meant
    when nobody is named.
    """

    slug: str = "notify"
    default: str = ""
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A text and somebody are needed."""
        return [
            *text_problems("text", params, most=LONGEST, is_required=True),
            *people_problems(self._to(params)),
        ]

    def _to(self, params: Mapping[str, Any]) -> Any:
        return params.get("to") or ([self.default] if self.default else None)

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Tell them, if anybody is there to be told."""
        members = people_of(self._to(params), scene, params)
        if not members:
            return Skip("no_recipient", ",".join(self._to(params)))
        try:
            said = filled(params["text"], scene, most=LONGEST)
        except BadTemplateError as bad:
            return Fail("template", str(bad))
        return Done(effects=[Effect("notify", {"members": members, "text": said})])


@dataclass(frozen=True)
class Say:
    """Write about the deal, where colleagues may answer: `{"text": "…"}`; with `to` they are told as well."""

    slug: str = "comment"
    is_to_people: bool = False
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A text is needed; a message to the stream is to somebody."""
        wants = self.is_to_people or params.get("to")
        return [
            *text_problems("text", params, most=LONGEST, is_required=True),
            *(people_problems(params.get("to")) if wants else []),
        ]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Write it, in the name of whoever is responsible, else of an administrator."""
        active = scene.facts["members"]
        author = scene.record.get("assignee")
        if author not in active:
            author = next((one for one in scene.facts["roles"][ADMINS] if one in active), None)
        members = people_of(params["to"], scene, params) if params.get("to") else []
        if author is None or (self.is_to_people and not members):
            return Skip("no_recipient", "to")
        try:
            said = filled(params["text"], scene, most=LONGEST)
        except BadTemplateError as bad:
            return Fail("template", str(bad))
        effects = [Effect("comment", {"author": author, "text": said})]
        if members:
            effects.append(Effect("notify", {"members": members, "text": said}))
        return Done(effects=effects)


def _notify(group: Sequence[Wanted]) -> None:
    """Each member is told of those deals that they may see."""
    wanted = {pk for one in group for pk in one.values["members"]}
    members = Membership.objects.active().filter(pk__in=wanted).select_related("user", "custom_role")
    notices = []
    for member in members.order_by("pk"):
        theirs = {one.deal_id: one for one in group if member.pk in one.values["members"]}
        seen = visible_to(member).filter(pk__in=list(theirs)).values_list("pk", flat=True)
        notices += [
            timeline.Notice(
                member_id=member.pk,
                kind=NOTICE,
                record_kind="deal",
                record_id=deal_id,
                actor=group[0].actor,
                data={"text": theirs[deal_id].values["text"]},
            )
            for deal_id in seen.order_by("pk")
        ]
    timeline.notify(timeline.gathered(notices))


def _comment(group: Sequence[Wanted]) -> None:
    authors = Membership.objects.select_related("user").in_bulk({one.values["author"] for one in group})
    for one in group:
        author, actor = authors[one.values["author"]], one.actor
        timeline.add_comment(text=one.values["text"], by=author, deal_id=one.deal_id, actor=actor)


def register() -> None:
    """Let rules tell people."""
    for action, label in (
        (Notify(), _("Notify people")),
        (Notify(slug="control", default=SUPERVISOR), _("Tell the supervisor that it is stuck")),
        (Say(), _("Add a comment")),
        (Say(slug="post", is_to_people=True), _("Write to the stream")),
    ):
        appliers = (("notify", _notify), ("comment", _comment))
        mixed = frozenset({"notify", "comment"})
        register_action(Known(action=action, label=label, needs=NEEDS, appliers=appliers, mixed=mixed))
