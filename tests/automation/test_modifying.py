"""Changing fields, also by other fields and of one's own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from afluente.automation import services
from afluente.contacts import services as contacts
from afluente.contacts.models import FieldOption
from afluente.contacts.selectors import held_values
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(people):
    return make.stage(pipeline=make.pipeline(), name="S")


def own(name: str, kind: str, **more):
    return contacts.create_field(name=name, kind=kind, entity="deal", by=SYSTEM, **more)


def modify(*changes):
    return rule("m", "modify", params={"changes": list(changes)})


def held(deal, field):
    return held_values("deal", [deal.pk]).get(deal.pk, {}).get(field.pk)


def test_fields_take_values_from_other_fields_and_are_added_to(stage):
    note, score = own("Note", "text"), own("Score", "number")
    tags = own("Wants", "multiselect", options=["A", "B"])
    a, b = FieldOption.objects.filter(field=tags).order_by("position")
    publish(
        stage,
        modify(
            {"field": f"field-{note.pk}", "from": "name"},
            {"field": f"field-{note.pk}", "value": "again", "append": True},
            {"field": f"field-{score.pk}", "from": "amount"},
            {"field": f"field-{tags.pk}", "value": [b.pk], "append": True},
            {"field": "name", "from": f"field-{note.pk}"},
        ),
    )
    deal = open_in(stage, name="Course", amount=Decimal(70))
    deals.fill_values(given={deal.pk: {tags.pk: (a.pk,)}}, by=SYSTEM)
    work()

    assert lines(deal) == ["m applied"]
    assert held(deal, note) == "Course again"
    assert held(deal, score) == 70
    assert set(held(deal, tags)) == {a.pk, b.pk}
    assert Deal.objects.get(pk=deal.pk).name == "Course again"


def test_a_later_rule_sees_it_and_nothing_is_written_where_nothing_differs(stage):
    flag, day = own("Paid", "checkbox"), own("Day", "moment")
    changes = modify(
        {"field": f"field-{flag.pk}", "value": "yes"},
        {"field": f"field-{day.pk}", "value": "2026-12-01T10:00:00+00:00"},
    )
    publish(
        stage,
        changes,
        rule("then", where=[f"field-{flag.pk}.yes"]),
        rule("same", "modify", params=changes["params"]),
    )
    deal = open_in(stage)
    work()

    assert lines(deal) == ["m applied", "then applied", "same applied"]
    told = Event.objects.filter(deal_id=deal.pk, kind="deal.changed", data__has_key="values")
    assert told.count() == 1


def test_what_cannot_be_kept_fails_and_the_others_go_on(stage):
    score = own("Score", "number")
    publish(stage, modify({"field": f"field-{score.pk}", "from": "name"}), rule("b"))
    deal = open_in(stage)
    work()

    assert lines(deal) == ["m failed bad_value", "b applied"]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [{"field": "colour", "value": "red"}],
        [{"field": "stage", "value": 7}],
        [{"field": "amount", "value": "many"}],
        [{"field": "name", "from": "gone"}],
        [{"field": "name", "value": ""}],
        [{"field": "name", "loud": True}],
        ["name"],
    ],
)
def test_what_cannot_be_changed_is_not_published(stage, changes):
    definition = services.arrange_rules(stage=stage, rules=[rule("m", "modify", params={"changes": changes})])
    with pytest.raises(services.NotPublishableError):
        services.publish_rules(definition=definition, by=None)


def test_an_amount_that_grows_beyond_what_a_deal_can_have_is_said_so(stage):
    publish(stage, modify({"field": "amount", "value": "999999999999999", "append": True}), rule("b"))
    deal = open_in(stage, amount=Decimal(70))
    work()

    assert lines(deal) == ["m failed bad_value", "b applied"]
    assert Deal.objects.get(pk=deal.pk).amount == 70
