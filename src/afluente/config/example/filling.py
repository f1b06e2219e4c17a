"""Filling a workspace with the example, through the same services as everything else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password

from afluente.accounts.models import Membership, User
from afluente.capture import services as capture
from afluente.config.example import statements
from afluente.config.example.catalogue import bill, fill_deal, stock_shelves
from afluente.config.example.details import note_details
from afluente.config.example.story import CLOSED, FORM, OPEN, SHOP, STAGES, TEAM, Story
from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Deal, Pipeline, Stage
from afluente.intake import services as intake
from afluente.intake.models import DealRule, Source
from afluente.kernel import clock, email, phone, text
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, Actor, NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence


def fill_workspace(owner_id: int) -> None:
    """Put team, stages, doors, contacts, deals and history into the present, empty workspace.

    The example's people cannot sign in. Everything can be deleted like anything else.
    """
    owner = Membership.objects.select_related("user").get(pk=owner_id)
    team = [owner, *(_teammate(name, word, owner.workspace_id) for name, word in TEAM)]
    pipeline = Pipeline.objects.present().order_by("position", "pk")[0]
    stages = _stages(pipeline)
    sources = _sources(pipeline, stages[0])
    stories = sorted([*OPEN, *CLOSED], key=lambda story: -story.age_days)
    people = _people(stories, team, sources)
    made = _deals(stories, people, team, pipeline, stages, sources)
    _comment(stories, made, people, team)
    named = {story.person: contact_id for story, contact_id in zip(stories, people, strict=True)}
    note_details(named, owner=owner, team=team)
    fill_deal(made[-1], stock_shelves(pipeline.currency))
    bill(made[-1], owner.workspace.name)
    statements.backdate([(deal_id, story.age_days) for story, deal_id in zip(stories, made, strict=True)])


def _teammate(name: str, word: str, workspace_id: int) -> Membership:
    person = User.objects.create(
        email=f"{word}.{workspace_id}@mare.example", name=name, language="pt-br", password=make_password(None)
    )
    return Membership.objects.create(user=person)


def _stages(pipeline: Pipeline) -> list[Stage]:
    """Six stages of a real sale instead of the three usual ones."""
    present = list(pipeline.stages.filter(kind=Stage.Kind.OPEN).order_by("position"))
    drafts = [
        deals.StageDraft(id=present[n].pk if n < len(present) else None, name=name, stale_after_days=days)
        for n, (name, days) in enumerate(STAGES)
    ]
    deals.save_stages(pipeline=pipeline, drafts=drafts, by=SYSTEM)
    return list(pipeline.stages.filter(kind=Stage.Kind.OPEN).order_by("position"))


def _sources(pipeline: Pipeline, first: Stage) -> dict[str, Source | None]:
    rule = intake.save_rule(
        rule=None,
        name="Pedidos do site",
        pipeline=pipeline,
        stage=first,
        name_template="{% if custom.servico %}{{ custom.servico }}{% else %}{{ deal_name }}{% endif %}",
        assign=DealRule.Assign.CONTACT,
    )
    form = capture.create_form(name=FORM, language="pt-br")
    intake.change_source(source=form.source, name=FORM, rule=rule, is_on=True)
    shop = intake.create_source(kind=Source.Kind.WEBHOOK, name=SHOP, rule=rule)
    api = Source.objects.filter(kind=Source.Kind.API).order_by("pk").first()
    return {"form": form.source, "webhook": shop, "api": api, "manual": None}


def _people(
    stories: Sequence[Story], team: Sequence[Membership], sources: dict[str, Source | None]
) -> list[int]:
    """A contact for each story."""
    found = []
    for n, story in enumerate(stories):
        first, last = text.split_name(story.person)
        word = text.norm(story.person).replace(" ", ".")
        address, number = f"{word}@cliente.example", f"(48) 99{n:03d}-{1000 + 37 * n}"
        source = sources[story.source]
        found.append(
            contacts.NewContact(
                first_name=first,
                last_name=last,
                emails=[contacts.EmailValue(address, email.match_key(address) or "")],
                phones=[contacts.PhoneValue(number, phone.parse(number, "BR") or "")],
                source=story.source,
                source_ref=source.pk if source else None,
                source_name=source.name if source else "",
                assignee_id=None if story.owner is None else team[story.owner].pk,
                utm=_utm(story),
            )
        )
    return contacts.create_contacts(contacts=found, by=SYSTEM)


def _utm(story: Story) -> dict[str, str]:
    if not story.campaign:
        return {}
    return {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": story.campaign}


def _deals(
    stories: Sequence[Story],
    people: Sequence[int],
    team: Sequence[Membership],
    pipeline: Pipeline,
    stages: Sequence[Stage],
    sources: dict[str, Source | None],
) -> list[int]:
    """Open every deal in the first stage, tell how it came, and walk it to where it stands."""
    outcome = {str(stage.kind): stage for stage in pipeline.stages.exclude(kind=Stage.Kind.OPEN)}
    made = []
    for story, contact_id in zip(stories, people, strict=True):
        owner = None if story.owner is None else team[story.owner]
        by = _as(owner or team[0])
        deal_id = _open(story, contact_id, owner, by, stages[0], sources[story.source])
        _walk(deal_id, story, [*stages], outcome, by)
        made.append(deal_id)
    return made


def _open(
    story: Story, contact_id: int, owner: Membership | None, by: Actor, first: Stage, source: Source | None
) -> int:
    """The deal as its source or its owner opened it."""
    actor = Actor("source", source.pk, source.name) if source else by
    deal = deals.NewDeal(
        name=story.name,
        pipeline_id=first.pipeline_id,
        stage_id=first.pk,
        currency=first.pipeline.currency,
        amount=Decimal(story.amount),
        assignee_id=owner.pk if owner else None,
        contact_ids=[contact_id],
        source=story.source,
        source_ref=source.pk if source else None,
        source_name=source.name if source else "",
        **_due(story, contact_id),
    )
    (deal_id,) = deals.open_deals(deals=[deal], by=actor)
    if source:
        told = {
            "source": story.source,
            "source_id": source.pk,
            "source_name": source.name,
            "utm": _utm(story),
            "matched": "",
        }
        data = {**told, "fields": {"servico": story.name}}
        timeline.record([NewEvent("lead.received", actor, contact_id, deal_id, data)])
    return deal_id


def _due(story: Story, number: int) -> dict[str, Any]:
    """Open deals that somebody works on are due within the next weeks; some of them are late."""
    if not isinstance(story.stands, int) or story.stands == 0:
        return {}
    day = clock.now().date() + timedelta(days=number * 7 % 61 - 6)
    return deals.due_on(day, remind_before=1440).columns


def _walk(deal_id: int, story: Story, stages: list[Stage], outcome: dict[str, Stage], by: Actor) -> None:
    """Through the stages, one by one, to where the deal stands."""
    if isinstance(story.stands, int):
        way = stages[1 : story.stands + 1]
    else:
        way = [*stages[1:4], outcome[story.stands]]
    reason = story.said if story.stands == "lost" else ""
    for stage in way:
        deals.move_deals(deal_ids=[deal_id], to=stage, by=by, lost_reason=reason)


def _comment(
    stories: Sequence[Story], made: Sequence[int], people: Sequence[int], team: Sequence[Membership]
) -> None:
    for story, deal_id, contact_id in zip(stories, made, people, strict=True):
        if story.said and story.stands != "lost":
            author = team[story.owner or 0]
            timeline.add_comment(text=story.said, by=author, deal_id=deal_id, contact_id=contact_id)


def _as(member: Membership) -> Actor:
    return Actor("member", member.pk, member.user.name)


def is_filled() -> bool:
    """Whether the present workspace holds deals already; the example is for empty ones."""
    return Deal.objects.exists()
