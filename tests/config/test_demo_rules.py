"""What happens by itself in the demo is arranged once, and runs."""

from __future__ import annotations

import pytest

from afluente.automation.models import Definition, Step, Trigger
from afluente.config import demo_rules
from afluente.config.example.filling import fill_workspace
from afluente.deals.models import Pipeline
from tests import make
from tests.automation.arranging import lines, open_in, work

pytestmark = pytest.mark.django_db


def test_its_rules_are_published_once_and_run_for_a_new_lead(people):
    make.pipeline()
    fill_workspace(people.dora.pk)
    demo_rules.arrange(people.dora)
    demo_rules.arrange(people.dora)
    assert (Definition.objects.count(), Trigger.objects.count()) == (5, 2)
    work()
    # A reminder of a date that has passed is passed over; which dates have, depends on the hour.
    before = list(
        Step.objects.exclude(state__in=["applied", "skipped"]).values_list("rule", "state", "reason")
    )
    first = Pipeline.objects.present().order_by("position", "pk")[0].stages.order_by("position")[0]
    deal = open_in(first, amount=9000)
    work()

    assert before == []
    assert [one.partition(" ")[2] for one in lines(deal)] == ["applied"] * 3
    deal.refresh_from_db()
    assert deal.assignee_id is not None
