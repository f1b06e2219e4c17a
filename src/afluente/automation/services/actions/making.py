"""Making something else of a deal: another deal, a copy in another pipeline, what a lead becomes, a document."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.wording import filled, text_problems
from afluente.contacts.selectors import held_values
from afluente.deals import services as deals
from afluente.deals.models import Deal, DealContact, Stage
from afluente.delivery.services import BadTemplateError
from afluente.sales import services as sales

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted

NAME = 255
KINDS = ("quote", "invoice")


@dataclass(frozen=True)
class OpenDeal:
    """Open another deal with the same people: `{"stage": 7, "name": "…"}`. A `copy` has the value, the company
    and the fields as well.
    """

    slug: str = "open_deal"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A stage must be named."""
        said = [] if isinstance(params.get("stage"), int) else [f"stage: {gettext('Choose the stage.')}"]
        return [*said, *text_problems("name", params, most=NAME)]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """One deal for each step."""
        if params["stage"] not in scene.facts["stages"]:
            return Fail("target_gone", "stage")
        try:
            name = filled(params.get("name"), scene, most=NAME)
        except BadTemplateError as bad:
            return Fail("template", str(bad))
        said = {"stage": params["stage"], "name": name, "copies": self.slug == "copy"}
        return Done(effects=[Effect("open_deal", said)])


@dataclass(frozen=True)
class Convert:
    """Let a lead become what it is: its person stays, `stage` opens a deal there, `company` makes a company of
    that name. The lead is closed as converted.
    """

    slug: str = "convert"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """A deal or a company must be wanted."""
        stage, company = params.get("stage"), str(params.get("company", "")).strip()
        if stage is not None and not isinstance(stage, int):
            return ["stage: a number."]
        if stage is None and not company and not params.get("contact"):
            return [gettext("Choose what to make of it.")]
        return text_problems("company", params, most=NAME)

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """It leaves its stage."""
        stage = params.get("stage")
        if stage is not None and stage not in scene.facts["opening"]:
            return Fail("target_gone", "stage")
        if scene.record.id not in scene.facts["leads"]:
            return Fail("no_lead")
        if scene.record.get("closed") is not None:
            return Skip("duplicate", "converted")
        try:
            company = filled(params.get("company"), scene, most=NAME)
        except BadTemplateError as bad:
            return Fail("template", str(bad))
        said = {"stage": stage, "company": company}
        return Done(effects=[Effect("convert", said)], leaves=True)


@dataclass(frozen=True)
class MakeDocument:
    """Make a draft of a quote or an invoice from the products of the deal: `{"kind": "quote"}`."""

    slug: str = "document"
    is_outside: bool = False

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """One of two kinds."""
        return [] if params.get("kind") in KINDS else ["kind: quote or invoice."]

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Made under the name of the step, so that it is made once."""
        if scene.record.id not in scene.facts["lines"]:
            return Skip("missing_data", "products")
        return Done(effects=[Effect("document", {"kind": params["kind"], "key": step})])


def _open_deal(group: Sequence[Wanted]) -> None:
    stage = Stage.objects.select_related("pipeline").get(pk=group[0].values["stage"])
    copies = group[0].values["copies"]
    ids = [one.deal_id for one in group]
    found = Deal.objects.in_bulk(ids)
    people: dict[int, list[int]] = {pk: [] for pk in ids}
    links = DealContact.objects.filter(deal_id__in=ids, contact__deleted_at=None)
    for deal_id, contact_id in links.order_by("-is_primary", "pk").values_list("deal_id", "contact_id"):
        people[deal_id].append(contact_id)
    new = [_new(found[one.deal_id], stage, one, people[one.deal_id]) for one in group]
    made = deals.open_deals(deals=new, by=group[0].actor)
    if copies and (held := held_values("deal", ids)):
        given = {pk: held[old] for pk, old in zip(made, ids, strict=True) if old in held}
        deals.fill_values(given=given, by=group[0].actor, is_told=False)


def _new(old: Deal, stage: Stage, one: Wanted, people: Sequence[int]) -> deals.NewDeal:
    copies = one.values["copies"]
    return deals.NewDeal(
        name=one.values["name"] or old.name,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.pk,
        currency=old.currency if copies else stage.pipeline.currency,
        amount=old.amount if copies else Deal._meta.get_field("amount").get_default(),
        assignee_id=old.assignee_id,
        contact_ids=people,
        company_id=old.company_id,
        type_id=old.type_id if copies else None,
        source=old.source,
        source_ref=old.source_ref,
        source_name=old.source_name,
        made_of=old.pk,
    )


def _convert(group: Sequence[Wanted]) -> None:
    stage = Stage.objects.select_related("pipeline").filter(pk=group[0].values["stage"] or 0).first()
    for one in group:
        wish = deals.Wish(stage=stage, company_name=one.values["company"])
        deals.convert_lead(lead_id=one.deal_id, wish=wish, by=one.actor)


def _document(group: Sequence[Wanted]) -> None:
    for one in group:
        kind, key = one.values["kind"], one.values["key"]
        sales.create_document(kind=kind, deal_id=one.deal_id, by=one.actor, key=key)


def register() -> None:
    """Let rules make something else of deals."""
    for slug, label in (("open_deal", _("Open a deal")), ("copy", _("Copy to another pipeline"))):
        register_action(
            Known(
                action=OpenDeal(slug=slug),
                label=label,
                appliers=(("open_deal", _open_deal),),
                mixed=frozenset({"open_deal"}),
            )
        )
    register_action(
        Known(
            action=Convert(),
            label=_("Convert the lead"),
            needs=frozenset({"leads"}),
            is_for_leads=True,
            appliers=(("convert", _convert),),
            leaves=frozenset({"convert"}),
            mixed=frozenset({"convert"}),
        )
    )
    register_action(
        Known(
            action=MakeDocument(),
            label=_("Make a quote or an invoice"),
            needs=frozenset({"lines"}),
            appliers=(("document", _document),),
        )
    )
