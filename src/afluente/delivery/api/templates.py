"""Templates of messages, and what contacts agreed to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.delivery import policies, selectors, services
from afluente.delivery.api.shapes import (
    REFUSALS,
    ConsentNew,
    ConsentsOut,
    TemplateNew,
    TemplateOut,
    TemplatePatch,
    TemplatesOut,
    missing,
    not_allowed,
    refuse,
)
from afluente.delivery.models import Template
from afluente.timeline.events import token_actor

router = Router(tags=["Messages"])


@router.get("/templates", response={200: TemplatesOut, **REFUSALS})
def list_templates(request: HttpRequest, is_archived: bool = False) -> Any:
    """Templates that are offered, or those that are not any more, by name."""
    if not policies.may_list(member_of(request)):
        return not_allowed()
    return {"items": [_shown(one) for one in selectors.templates(is_archived=is_archived)]}


@router.post("/templates", response={201: TemplateOut, **REFUSALS})
def create_template(request: HttpRequest, payload: TemplateNew) -> Any:
    """Write a template. One with a variable that is not known is refused."""
    if not policies.may_write(member_of(request)):
        return not_allowed()
    try:
        made = services.save_template(template=None, **payload.dict())
    except services.BadValuesError as bad:
        return _wrong(bad)
    return Status(201, _shown(made))


@router.get("/templates/{template_id}", response={200: TemplateOut, **REFUSALS})
def get_template(request: HttpRequest, template_id: int) -> Any:
    """One template."""
    if not policies.may_list(member_of(request)):
        return not_allowed()
    found = Template.objects.filter(pk=template_id).first()
    return _shown(found) if found else missing("template")


@router.patch("/templates/{template_id}", response={200: TemplateOut, **REFUSALS})
def change_template(request: HttpRequest, template_id: int, payload: TemplatePatch) -> Any:
    """Change a template; rules that name it send the new words. `is_archived` offers it no more, or again."""
    if not policies.may_write(member_of(request)):
        return not_allowed()
    found = Template.objects.select_for_update(of=("self",)).filter(pk=template_id).first()
    if found is None:
        return missing("template")
    said = payload.dict(exclude_none=True)
    is_archived = said.pop("is_archived", None)
    if said:
        values = {name: said.get(name, getattr(found, name)) for name in ("name", "subject", "body")}
        try:
            services.save_template(template=found, channel=found.channel, **values)
        except services.BadValuesError as bad:
            return _wrong(bad)
    if is_archived is not None and is_archived != bool(found.archived_at):
        services.archive_template(found, is_back=not is_archived)
    return _shown(found)


@router.delete("/templates/{template_id}", response={204: None, **REFUSALS})
def archive_template(request: HttpRequest, template_id: int) -> Any:
    """Offer a template no more. Rules that name it go on with it."""
    if not policies.may_write(member_of(request)):
        return not_allowed()
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        return missing("template")
    if found.archived_at is None:
        services.archive_template(found)
    return Status(204, None)


@router.get("/contacts/{contact_id}/consents", response={200: ConsentsOut, **REFUSALS})
def list_consents(request: HttpRequest, contact_id: int) -> Any:
    """Where a contact stands on each channel, and what they said, the last word first."""
    if not policies.consent_seen_by(member_of(request)).filter(pk=contact_id).exists():
        return missing("contact")
    return _consents(contact_id)


@router.post("/contacts/{contact_id}/consents", response={201: ConsentsOut, **REFUSALS})
def add_consent(request: HttpRequest, contact_id: int, payload: ConsentNew) -> Any:
    """Add what a contact said. The same once more adds nothing; a yes for who unsubscribed is refused."""
    member = member_of(request)
    if not policies.consent_said_by(member).filter(pk=contact_id).exists():
        is_seen = policies.consent_seen_by(member).filter(pk=contact_id).exists()
        return not_allowed() if is_seen else missing("contact")
    proof = services.Proof(
        reason=payload.reason,
        wording=payload.wording,
        ip=str(payload.ip) if payload.ip else None,
        agent=payload.agent,
    )
    try:
        services.say_consent(
            contact_id=contact_id,
            channel=payload.channel,
            is_given=payload.is_given,
            source=payload.source,
            by=token_actor(request),
            proof=proof,
        )
    except services.LeftThemselvesError:
        said = "They unsubscribed: only they come back, by a link in a message."
        return refuse(422, "unsubscribed", said, "is_given")
    return Status(201, _consents(contact_id))


def _consents(contact_id: int) -> dict[str, Any]:
    standings = [
        {
            "channel": one.channel,
            "state": one.state,
            "is_written_to": one.is_written_to,
            "stopped_addresses": [address for address, _ in one.stopped],
        }
        for one in selectors.standings(contact_id)
    ]
    return {"standings": standings, "items": selectors.words(contact_id)}


def _shown(found: Template) -> dict[str, Any]:
    names = ("id", "channel", "name", "subject", "body", "updated_at")
    return {name: getattr(found, name) for name in names} | {"is_archived": found.archived_at is not None}


def _wrong(bad: services.BadValuesError) -> Status[Any]:
    field, said = next(iter(bad.problems.items()))
    return refuse(422, "invalid", " ".join(said), field)
