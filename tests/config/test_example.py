"""The example of a Brazilian business."""

from __future__ import annotations

import pytest

from afluente.config import example
from afluente.contacts import selectors
from afluente.contacts.models import Contact
from afluente.deals.models import Deal
from afluente.intake import services as intake
from afluente.intake.models import Source
from afluente.tasks.models import Task
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


def test_the_example_shows_fields_tags_companies_and_tasks(workspace, ana):
    make.pipeline(name="Vendas")
    intake.create_source(kind=Source.Kind.API, name="API")

    example.fill_workspace(ana.pk)

    camila = Contact.objects.get(last_name="Albuquerque")
    fields = [field.id for field in selectors.fields_of("contact")]
    shown = selectors.values_of([camila.pk], fields)[camila.pk]
    assert list(shown.values()) == ["Saúde e bem-estar", "4", "11.222.333/0001-81"]
    assert [tag.name for tag in selectors.tags_of([camila.pk])[camila.pk]] == ["Cliente", "Prioridade"]
    assert [one.name for one in camila.companies.all()] == ["Clínica Bem Viver"]
    assert Task.objects.count() == 5
