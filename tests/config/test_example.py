"""The example of a Brazilian business."""

from __future__ import annotations

import pytest

from afluente.config import example
from afluente.deals.models import Deal
from afluente.intake import services as intake
from afluente.intake.models import Source
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


def test_the_example_fills_a_workspace_with_deals_and_their_past(workspace, ana):
    make.pipeline(name="Vendas")
    intake.create_source(kind=Source.Kind.API, name="API")

    example.fill_workspace(ana.pk)

    assert Deal.objects.open().count() == 26
    assert Deal.objects.filter(stage__kind="won").count() == 7
    oldest = Deal.objects.order_by("created_at")[0]
    moves = Event.objects.filter(deal_id=oldest.pk, kind="deal.moved").order_by("id")
    assert [move.at for move in moves] == sorted(move.at for move in moves)
    assert oldest.stage_entered_at == moves.last().at
