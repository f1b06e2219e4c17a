"""What stages ask and do: required fields, due dates, reasons, templates, ends of pipelines (ADR 0161)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from afluente.contacts import services as fields
from afluente.deals import selectors, services
from afluente.deals.models import Deal, Pipeline, Stage
from afluente.deals.services.templates import TEMPLATES
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(ana):
    return Actor("member", ana.pk, "Ana Souza")


def rules(stage, **changes):
    return services.change_stage(stage_id=stage.pk, changes=changes, by=SYSTEM)


def test_a_person_fills_in_what_the_stage_wants(by):
    pipeline = make.pipeline()
    months = fields.create_field(entity="deal", scope_id=pipeline.pk, name="Months", kind="number", by=SYSTEM)
    stage = rules(make.stage_of(pipeline, "In progress"), required=["amount", "person", f"field-{months.pk}"])
    bare, full = make.deal(amount=0), make.deal(amount=5, contacts=(make.contact(),))
    services.fill_values(given={full.pk: {months.pk: Decimal(12)}}, by=SYSTEM)

    with pytest.raises(services.MissingError) as refused:
        services.move_deals(deal_ids=[bare.pk, full.pk], to=stage, by=by)

    assert refused.value.lacking == {bare.pk: ["amount", "person", f"field-{months.pk}"]}
    assert [str(one) for one in selectors.labels_of(refused.value.keys)] == ["Value", "Person", "Months"]
    assert not Deal.objects.filter(stage=stage).exists()
    assert len(services.move_deals(deal_ids=[full.pk], to=stage, by=by)) == 1


def test_automation_and_undo_are_let_in_and_what_is_missing_is_told(by):
    stage = rules(make.stage_of(make.pipeline(), "In progress"), required=["amount", "company"])
    deal = make.deal()

    services.move_deals(deal_ids=[deal.pk], to=stage, by=Actor("rule", 3, "Follow up"))

    assert Event.objects.get(kind="deal.moved").data["missing"] == ["amount", "company"]
    back = make.stage_of(stage.pipeline, "New")
    services.move_deals(deal_ids=[deal.pk], to=back, by=by)
    assert services.move_deals(deal_ids=[deal.pk], to=stage, by=by, cause={"undo": True})


def test_a_field_that_is_gone_is_wanted_no_more(by):
    pipeline = make.pipeline()
    months = fields.create_field(entity="deal", scope_id=pipeline.pk, name="Months", by=SYSTEM)
    stage = rules(make.stage_of(pipeline, "In progress"), required=[f"field-{months.pk}"])
    fields.delete_field(field_id=months.pk, by=SYSTEM)

    assert services.move_deals(deal_ids=[make.deal().pk], to=stage, by=by)


def test_entering_a_stage_says_when_a_deal_is_due(by):
    stage = rules(make.stage_of(make.pipeline(), "In progress"), due_hours=5, remind_before=60)
    deal = make.deal()

    services.move_deals(deal_ids=[deal.pk], to=stage, by=by)

    deal.refresh_from_db()
    assert abs(deal.due_at - timezone.now() - dt.timedelta(hours=5)) < dt.timedelta(minutes=1)
    assert (deal.remind_before, deal.is_due_day) == (60, False)
    assert Event.objects.get(kind="deal.moved").data["due"] == [None, deal.due_at.isoformat()]
    (new,) = services.open_deals(
        deals=[services.NewDeal(name="", pipeline_id=stage.pipeline_id, stage_id=stage.pk, currency="BRL")],
        by=by,
    )
    assert Deal.objects.get(pk=new).remind_before == 60


def test_a_pipeline_can_want_a_reason_for_losing(by):
    pipeline = make.pipeline()
    services.update_pipeline(pipeline=pipeline, changes={"asks_lost_reason": True}, by=by)
    deal, lost = make.deal(), make.stage_of(pipeline, "Lost")

    with pytest.raises(services.MissingError) as refused:
        services.move_deals(deal_ids=[deal.pk], to=lost, by=by)

    assert refused.value.keys == ["lost_reason"]
    assert services.move_deals(deal_ids=[deal.pk], to=lost, by=by, lost_reason="Price")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"probability": 101}, "probability"),
        ({"due_hours": 0}, "due_hours"),
        ({"remind_before": 7}, "remind_before"),
        ({"required": ["field-999999"]}, "required"),
        ({"name": "new"}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_a_bad_rule_is_refused_and_nothing_changes(workspace, changes, place):
    stage = make.stage_of(make.pipeline(), "In progress")

    with pytest.raises(services.BadRuleError) as refused:
        rules(stage, **changes)

    assert refused.value.place == place
    assert Stage.objects.get(pk=stage.pk).name == "In progress"
    assert not Event.objects.exists()


@pytest.mark.parametrize("slug", TEMPLATES)
def test_every_template_makes_a_pipeline_in_the_language_asked(slug, workspace):
    kind = TEMPLATES[slug].kind

    made = services.create_pipeline(
        name="X", currency="BRL", kind=kind, template=slug, language="pt-br", by=SYSTEM
    )

    kinds = [stage.kind for stage in made.stages.order_by("position")]
    assert kinds[-2:] == ["won", "lost"]
    assert set(kinds[:-2]) == {"open"}
    assert len(kinds) == len(TEMPLATES[slug].stages) + 2


def test_a_pipeline_of_leads_ends_in_converted_and_junk(workspace):
    made = services.create_pipeline(name="Leads", currency="BRL", kind="lead", template="sales", by=SYSTEM)

    ends = made.stages.exclude(kind="open").order_by("position")
    assert [stage.name for stage in ends] == ["Converted", "Junk"]


def test_deleting_a_pipeline_takes_its_deals_elsewhere(by):
    stays, goes = make.pipeline(), make.pipeline(name="Old")
    deals = [make.deal(stage=make.stage_of(goes, name)) for name in ("New", "Won")]
    target = make.stage_of(stays)

    with pytest.raises(services.DealsNeedAPlaceError):
        services.delete_pipeline(pipeline=goes, to=None, by=by)
    with pytest.raises(services.ForeignStageError):
        services.delete_pipeline(pipeline=goes, to=make.stage_of(goes), by=by)
    assert services.delete_pipeline(pipeline=goes, to=target, by=by) == 2

    assert {deal.stage_id for deal in Deal.objects.all()} == {target.pk}
    assert list(Pipeline.objects.all()) == [stays]
    assert Event.objects.filter(kind="deal.moved", deal_id__in=[deal.pk for deal in deals]).count() == 2
    with pytest.raises(services.LastPipelineError):
        services.delete_pipeline(pipeline=stays, to=None, by=by)


def test_a_payment_leads_to_a_stage_of_the_same_pipeline(by):
    mine, other = make.pipeline(), make.pipeline(name="Other")

    with pytest.raises(services.ForeignStageError):
        services.update_pipeline(pipeline=mine, changes={"stage_on_paid": make.stage_of(other, "Won")}, by=by)
    services.update_pipeline(pipeline=mine, changes={"stage_on_paid": make.stage_of(mine, "Won")}, by=by)

    assert Pipeline.objects.get(pk=mine.pk).stage_on_paid.name == "Won"


def test_the_history_names_what_was_missing(by, client_as, people):
    stage = rules(make.stage_of(make.pipeline(), "In progress"), required=["amount", "company"])
    deal = make.deal()
    services.move_deals(deal_ids=[deal.pk], to=stage, by=Actor("rule", 3, "Follow up"))

    page = client_as(people.ana).get(f"/deals/{deal.pk}/").content.decode()

    assert "Without what the stage wants: Value, Company" in page
