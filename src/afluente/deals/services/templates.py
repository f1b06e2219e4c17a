"""What a new pipeline can start from: stages with what is usual for a kind of business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from afluente.deals.models import Pipeline, Stage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAY = 24
WON, LOST = _("Won"), _("Lost")


@dataclass(frozen=True)
class StageTemplate:
    """A stage to be made; `probability` in per cent, `due_hours` and `stale` (days) None for never."""

    name: StrOrPromise
    probability: int | None = None
    due_hours: int | None = None
    stale: int | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class PipelineTemplate:
    """A pipeline to start from: its open stages, and what its two ends are called."""

    slug: str
    label: StrOrPromise
    hint: StrOrPromise
    icon: str
    stages: tuple[StageTemplate, ...]
    kind: str = Pipeline.Kind.DEAL
    won: StrOrPromise = WON
    lost: StrOrPromise = LOST


def _s(
    name: StrOrPromise, probability: int, stale: int | None = None, *, due_hours: int | None = None
) -> StageTemplate:
    return StageTemplate(name, probability, due_hours, stale)


TEMPLATES: dict[str, PipelineTemplate] = {
    template.slug: template
    for template in (
        PipelineTemplate(
            "sales",
            _("Sales"),
            _("Short and simple: from the first word to the answer."),
            "square-kanban",
            (StageTemplate(_("New")), StageTemplate(_("In progress")), StageTemplate(_("Pending approval"))),
        ),
        PipelineTemplate(
            "services",
            _("Services"),
            _("A visit, an estimate, the work."),
            "briefcase",
            (
                _s(_("Request"), 10, 2, due_hours=DAY),
                _s(_("Visit arranged"), 30, 7),
                _s(_("Estimate sent"), 50, 7),
                _s(_("Work in progress"), 90, 30),
            ),
        ),
        PipelineTemplate(
            "b2b",
            _("Business with quotes"),
            _("Several people decide, and a quote is negotiated."),
            "handshake",
            (
                _s(_("Qualified"), 10, 7),
                _s(_("Meeting"), 20, 14),
                StageTemplate(_("Needs understood"), 40, stale=14, required=("amount",)),
                StageTemplate(_("Quote sent"), 60, stale=10, required=("amount", "company")),
                _s(_("Negotiation"), 80, 14),
            ),
        ),
        PipelineTemplate(
            "property",
            _("Real estate"),
            _("Enquiry, viewing, offer, papers."),
            "house",
            (
                _s(_("Enquiry"), 5, 2, due_hours=4),
                _s(_("Viewing arranged"), 20, 7),
                _s(_("Viewed"), 30, 10),
                _s(_("Offer made"), 60, 10),
                _s(_("Papers"), 90, 30),
            ),
        ),
        PipelineTemplate(
            "courses",
            _("Courses"),
            _("From interest to enrolment."),
            "users",
            (
                _s(_("Interested"), 10, 5, due_hours=DAY),
                _s(_("Trial lesson"), 40, 7),
                _s(_("Waiting for payment"), 70, 3),
            ),
            won=_("Enrolled"),
        ),
        PipelineTemplate(
            "leads",
            _("Leads"),
            _("People who may want something: converted into contacts and deals, or junk."),
            "funnel",
            (
                _s(_("New"), 5, 1, due_hours=2),
                _s(_("Contacted"), 15, 3),
                _s(_("In conversation"), 30, 7),
            ),
            kind=Pipeline.Kind.LEAD,
            won=_("Converted"),
            lost=_("Junk"),
        ),
    )
}
# Signs of the sprite that suit a pipeline.
ICONS = (
    "square-kanban", "briefcase", "handshake", "target", "flag", "star", "house", "building-2",
    "globe", "wallet", "credit-card", "tag", "users", "trophy", "zap", "funnel",
)  # fmt: skip
USUAL = TEMPLATES["sales"]


def make_stages(pipeline: Pipeline, template: PipelineTemplate, language: str) -> None:
    """The stages of a new pipeline, named in `language`."""
    with override(language):
        drafts = [(str(one.name), Stage.Kind.OPEN, one) for one in template.stages]
        drafts += [
            (str(template.won), Stage.Kind.WON, StageTemplate("")),
            (str(template.lost), Stage.Kind.LOST, StageTemplate("")),
        ]
        made = [
            Stage(
                pipeline=pipeline,
                name=name,
                kind=kind,
                position=position,
                probability=one.probability,
                due_hours=one.due_hours,
                stale_after_days=one.stale,
                required=list(one.required),
            )
            for position, (name, kind, one) in enumerate(drafts)
        ]
    Stage.objects.bulk_create(made)


def template_of(slug: str, kind: str) -> PipelineTemplate:
    """The template called `slug`, else the usual one for a kind of pipeline."""
    return TEMPLATES.get(slug) or (TEMPLATES["leads"] if kind == Pipeline.Kind.LEAD else USUAL)
