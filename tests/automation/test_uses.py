"""What a field is used for by rules, said before it is deleted."""

from __future__ import annotations

import pytest

from afluente.automation import selectors
from afluente.automation.models import Definition
from afluente.contacts import services as contacts
from afluente.contacts.selectors import fields_of, uses_of
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import publish, rule, trigger

pytestmark = pytest.mark.django_db


def own(name: str) -> int:
    return contacts.create_field(name=name, kind="text", entity="deal", by=SYSTEM).pk


def test_rules_and_triggers_that_name_a_field_are_said_with_their_stage(people, client_as):
    pipeline = make.pipeline(name="Sales")
    running, drafted, heard, quiet = (make.stage(pipeline=pipeline, name=name) for name in "RDHQ")
    field, other = own("Budget"), own("Other")
    asks = rule("m", "modify", params={"changes": [{"field": f"field-{field}", "value": "x"}]})
    publish(running, asks)
    Definition.objects.filter(stage=running).update(draft=[])
    publish(drafted, rule("n", "modify", params={"changes": [{"field": f"field-{other}", "value": "x"}]}))
    Definition.objects.filter(stage=drafted).update(draft=[asks])
    trigger(heard, "field_changed", params={"field": f"field-{field}"})
    trigger(quiet, "task_added")

    used = selectors.stages_using_field(field)
    known = next(one for one in fields_of("deal") if one.id == field)

    assert [stage.name for stage in used] == ["R", "D", "H"]
    assert [str(use.what) for use in uses_of(known)] == [f"Rules of {name}, Sales" for name in "RDH"]
    assert "Rules of R, Sales" in (
        client_as(people.dora).get(f"/settings/contacts/fields/{field}/deletion/").content.decode()
    )
