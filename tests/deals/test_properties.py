"""Board moves: whatever people do, no card is lost or doubled, and what they see is what they did."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afluente.deals import services
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

DEALS = 5
MOVES = st.lists(
    st.tuples(
        st.integers(0, DEALS - 1),
        st.integers(0, 4),
        st.one_of(st.none(), st.integers(0, DEALS - 1)),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_no_sequence_of_moves_loses_or_doubles_a_card(people, moves):
    with transaction.atomic():
        _play(moves)
        transaction.set_rollback(True)


def _play(moves):
    pipeline = make.pipeline()
    stages = list(pipeline.stages.order_by("position"))
    deals = [make.deal(stage=stages[0]) for _ in range(DEALS)]
    model = {stage.pk: [] for stage in stages}
    model[stages[0].pk] = [deal.pk for deal in deals]
    entries = 0
    for mover, to, near, is_after in moves:
        entries += _move(model, deals[mover].pk, stages[to], near is not None and deals[near].pk, is_after)
    for stage_id, wanted in model.items():
        assert (
            list(
                Deal.objects.filter(stage_id=stage_id).order_by("position", "pk").values_list("pk", flat=True)
            )
            == wanted
        )
    assert Event.objects.filter(kind="deal.moved").count() == entries
    assert sum(Deal.objects.values_list("stage_epoch", flat=True)) == DEALS + entries


def _move(model, deal_id, stage, near, is_after):
    """Do one move for real and in the model; whether it was an entry into another stage."""
    origin = next(stage_id for stage_id, column in model.items() if deal_id in column)
    column = model[stage.pk]
    is_near = bool(near) and near != deal_id and near in column
    kwargs = {"after_id" if is_after else "before_id": near} if is_near else {}
    services.move_deals(deal_ids=[deal_id], to=stage, by=SYSTEM, **kwargs)
    if origin == stage.pk and not is_near:
        return 0
    model[origin].remove(deal_id)
    place = column.index(near) + is_after if is_near else 0
    column.insert(place, deal_id)
    return int(origin != stage.pk)


@pytest.mark.django_db
def test_a_place_halved_a_hundred_times_is_still_a_place(people):
    stage = make.stage_of(make.pipeline())
    top, bottom = make.deal(stage=stage), make.deal(stage=stage)
    order = [make.deal(stage=stage), make.deal(stage=stage)]

    for turn in range(100):
        services.move_deals(deal_ids=[order[turn % 2].pk], to=stage, by=SYSTEM, after_id=top.pk)

    found = list(Deal.objects.filter(stage=stage).order_by("position").values_list("pk", flat=True))
    assert found == [top.pk, order[1].pk, order[0].pk, bottom.pk]
