"""What services of deals do, and what they refuse."""

from decimal import Decimal

import pytest

from afluente.contacts.models import Contact, PossibleDuplicate
from afluente.deals import handlers, services
from afluente.deals.models import Deal, DealContact, Pipeline, Stage
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from tests import make


@pytest.fixture
def by(ana):
    return Actor("member", ana.pk, "Ana Souza")


def test_a_change_tells_before_and_after(by):
    deal = make.deal(name="Oak kitchen", amount=100)

    services.change_deal(deal_id=deal.pk, changes={"name": "Oak kitchen", "amount": Decimal(250)}, by=by)

    deal.refresh_from_db()
    assert deal.amount == 250
    assert Event.objects.get(kind="deal.changed").data == {"amount": ["100", "250"]}


def test_a_new_place_in_a_column_is_told_to_boards_and_to_no_history(by):
    deal, other = make.deal(), make.deal()

    services.move_deals(deal_ids=[deal.pk], to=deal.stage, by=by, before_id=other.pk)

    told = Event.objects.get(deal_id=deal.pk)
    assert (told.kind, told.contact_id) == ("deal.reordered", None)
    assert told.kind in kinds.hidden_kinds()


def test_a_change_that_changes_nothing_is_not_told(by):
    deal = make.deal(name="Oak kitchen")

    services.change_deal(deal_id=deal.pk, changes={"name": "Oak kitchen"}, by=by)

    assert not Event.objects.exists()


def test_a_field_somebody_else_changed_meanwhile_is_not_overwritten(by):
    deal = make.deal(name="Oak kitchen")
    services.change_deal(deal_id=deal.pk, changes={"name": "Pine kitchen"}, by=by)

    with pytest.raises(services.ChangedMeanwhileError) as conflict:
        services.change_deal(
            deal_id=deal.pk, changes={"name": "Elm kitchen"}, seen={"name": "Oak kitchen"}, by=by
        )

    deal.refresh_from_db()
    assert (conflict.value.present, deal.name) == ("Pine kitchen", "Pine kitchen")


def test_two_people_who_change_two_fields_both_win(by):
    deal = make.deal(name="Oak kitchen", amount=100)

    services.change_deal(deal_id=deal.pk, changes={"name": "Pine"}, seen={"name": "Oak kitchen"}, by=by)
    services.change_deal(
        deal_id=deal.pk, changes={"amount": Decimal(2)}, seen={"amount": Decimal(100)}, by=by
    )

    deal.refresh_from_db()
    assert (deal.name, deal.amount) == ("Pine", 2)


def test_a_deleted_deal_is_not_changed(by):
    deal = make.deal()
    services.delete_deals(deal_ids=[deal.pk], by=by)

    with pytest.raises(services.DealIsGoneError):
        services.change_deal(deal_id=deal.pk, changes={"name": "Ghost"}, by=by)


def test_deals_are_assigned_as_a_set_and_told_once_each(by, bruno):
    deals = [make.deal(), make.deal(), make.deal(assignee=bruno)]

    changed = services.assign_deals(deal_ids=[deal.pk for deal in deals], assignee=bruno, by=by)

    assert sorted(changed) == sorted(deal.pk for deal in deals[:2])
    assert Event.objects.filter(kind="deal.assigned").count() == 2
    assert Deal.objects.filter(assignee=bruno).count() == 3


def test_a_deleted_deal_comes_back_where_it_was(by):
    deal = make.deal()

    services.delete_deals(deal_ids=[deal.pk], by=by)
    services.restore_deals(deal_ids=[deal.pk], by=by)

    back = Deal.objects.present().get(pk=deal.pk)
    assert (back.stage_id, back.position, back.stage_epoch) == (deal.stage_id, deal.position, 1)
    assert [event.kind for event in Event.objects.order_by("pk")] == ["deal.deleted", "deal.restored"]


def test_quick_add_finds_a_known_person_by_e_mail(by, ana):
    known = make.contact(emails=("camila@example.com",))
    stage = make.stage_of(make.pipeline())

    deal_id = services.add_deal(
        stage=stage,
        name="",
        visitor=services.Visitor(name="Camila A.", email="Camila@Example.com"),
        country="BR",
        assignee=ana,
        by=by,
    )

    deal = Deal.objects.get(pk=deal_id)
    assert (deal.name, deal.assignee_id) == ("Camila A.", ana.pk)
    assert DealContact.objects.get(deal=deal).contact_id == known.pk
    assert Contact.objects.count() == 1


def test_quick_add_makes_a_person_and_says_who_it_may_be_when_two_fit(by, ana):
    twins = [make.contact(phones=("+55 11 98412-3307",)) for _ in range(2)]

    services.add_deal(
        stage=make.stage_of(make.pipeline()),
        name="Site",
        visitor=services.Visitor(phone="11 98412-3307"),
        country="BR",
        assignee=ana,
        by=by,
    )

    assert Contact.objects.count() == 3
    assert set(PossibleDuplicate.objects.values_list("other_id", flat=True)) == {twin.pk for twin in twins}


def test_the_first_person_of_a_deal_is_its_main_one_and_hands_over_when_leaving(by):
    deal, first, second = make.deal(), make.contact(name="Ana"), make.contact(name="Bia")

    services.link_contact(deal_id=deal.pk, contact_id=first.pk, by=by)
    services.link_contact(deal_id=deal.pk, contact_id=second.pk, by=by)
    services.unlink_contact(deal_id=deal.pk, contact_id=first.pk, by=by)

    assert DealContact.objects.get(deal=deal).contact_id == second.pk
    assert DealContact.objects.get(deal=deal).is_primary


def test_a_new_workspace_has_a_pipeline_in_its_language(people):
    class Fact:
        language, currency = "pt-br", "BRL"

    handlers.make_first_pipeline(Fact)

    pipeline = Pipeline.objects.get()
    kinds = list(pipeline.stages.order_by("position").values_list("kind", flat=True))
    assert kinds == ["open", "open", "open", "won", "lost"]
    assert pipeline.currency == "BRL"


def test_stages_swap_names_and_places_at_once(by):
    pipeline = make.pipeline()
    new, progress, approval = pipeline.stages.filter(kind="open").order_by("position")

    services.save_stages(
        pipeline=pipeline,
        by=by,
        drafts=[
            services.StageDraft(id=progress.pk, name="New", color=3),
            services.StageDraft(id=new.pk, name="In progress"),
            services.StageDraft(name="Contract", stale_after_days=7),
            services.StageDraft(id=approval.pk, name="Approval"),
        ],
    )

    names = list(pipeline.stages.order_by("position").values_list("name", flat=True))
    assert names == ["New", "In progress", "Contract", "Approval", "Won", "Lost"]
    assert Stage.objects.get(pk=progress.pk).color == 3


def test_deleting_a_stage_moves_its_deals_in_order_through_the_one_way(by):
    pipeline = make.pipeline()
    gone, target = make.stage_of(pipeline, "New"), make.stage_of(pipeline, "In progress")
    deals = [make.deal(stage=gone, name=f"Deal {n}") for n in range(3)]
    make.deal(stage=target, name="There before")

    moved = services.delete_stage(stage=gone, to=target, by=by)

    order = list(Deal.objects.filter(stage=target).order_by("position").values_list("name", flat=True))
    assert (moved, order) == (3, ["Deal 0", "Deal 1", "Deal 2", "There before"])
    assert Event.objects.filter(kind="deal.moved").count() == len(deals)
    assert not Stage.objects.filter(pk=gone.pk).exists()


def test_a_stage_with_deals_is_not_deleted_without_a_place_for_them(by):
    pipeline = make.pipeline()
    stage = make.stage_of(pipeline)
    make.deal(stage=stage)

    with pytest.raises(services.DealsNeedAPlaceError):
        services.delete_stage(stage=stage, to=None, by=by)

    assert Stage.objects.filter(pk=stage.pk).exists()


def test_won_lost_and_the_last_open_stage_stay(by):
    pipeline = make.pipeline()
    for name in ("In progress", "Pending approval"):
        services.delete_stage(stage=make.stage_of(pipeline, name), to=None, by=by)

    for name in ("Won", "Lost", "New"):
        with pytest.raises(services.ProtectedStageError):
            services.delete_stage(stage=make.stage_of(pipeline, name), to=None, by=by)


def test_the_only_pipeline_is_not_archived(by):
    pipeline = make.pipeline()

    with pytest.raises(services.LastPipelineError):
        services.archive_pipeline(pipeline=pipeline, by=by)

    assert Pipeline.objects.present().get() == pipeline


def test_pipelines_are_put_in_order(by):
    first, _second, third = (make.pipeline(name=name) for name in ("A", "B", "C"))

    services.order_pipelines(ids=[third.pk, first.pk], by=by)

    assert list(Pipeline.objects.order_by("position").values_list("name", flat=True)) == ["C", "A", "B"]


def test_nothing_enters_a_stage_that_was_deleted_meanwhile(by, ana):
    pipeline = make.pipeline()
    gone = make.stage_of(pipeline)
    deal = make.deal(stage=make.stage_of(pipeline, "In progress"))
    Stage.objects.filter(pk=gone.pk).delete()

    with pytest.raises(services.StageGoneError):
        services.move_deals(deal_ids=[deal.pk], to=gone, by=by)
    new = services.NewDeal(name="Late", pipeline_id=pipeline.pk, stage_id=gone.pk, currency="BRL")
    with pytest.raises(services.StageGoneError):
        services.open_deals(deals=[new], by=by)
    assert list(Deal.objects.values_list("name", flat=True)) == [deal.name]
