"""Automation as a file: out of one pipeline and into another, by names."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from afluente.accounts.models import Membership
from afluente.automation import selectors, services
from afluente.automation.models import Trigger
from afluente.automation.services import Named
from afluente.contacts import services as contacts
from afluente.contacts.models import Tag
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import publish, rule, trigger

if TYPE_CHECKING:
    from afluente.deals.models import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(people) -> list[Stage]:
    """Three stages, with a rule of nearly every shape in the first and a trigger on the second."""
    pipeline = make.pipeline(name="Sales")
    stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]
    tag = contacts.create_tag(name="VIP", by=SYSTEM)
    other = make.stage(pipeline=make.pipeline(name="After"), name="Begin")
    publish(
        stages[0],
        rule("give", "assign", params={"how": "turn", "members": [people.ana.pk, people.dora.pk]}),
        rule("tell", "notify", params={"to": ["responsible", f"member:{people.ana.pk}"], "text": "Hello"}),
        rule(
            "tag", "add_tags", params={"tags": [tag.pk]}, where=["amount.gt:1000", f"stage.is:{stages[0].pk}"]
        ),
        rule("on", "move", params={"stage": stages[2].pk}, when={"amount": 2, "unit": "days"}),
        rule("new", "open_deal", params={"stage": other.pk}),
        rule(
            "fill",
            "modify",
            params={"changes": [{"field": "lost_reason", "value": "x"}]},
            when={"anchor": "field", "field": "due", "amount": -1, "unit": "days"},
        ),
    )
    trigger(
        stages[1],
        "deal_moved",
        params={"from": stages[0].pk},
        where=[f"assignee.is:{people.ana.pk}"],
        reach="all",
    )
    return stages


def part(file: dict, name: str) -> dict:
    return next(one for one in file["stages"] if one["name"] == name)


def kept(stage: Stage) -> list[dict]:
    return [{**one, "id": ""} for one in selectors.arranged(stage.pk)]


def test_it_names_everything_and_comes_back_the_same(there):
    before = selectors.arranged(there[0].pk)
    file = json.loads(json.dumps(services.file_of(there[0].pipeline)))
    assert {"$": "tag", "name": "VIP"} in part(file, "S0")["rules"][2]["params"]["tags"]
    assert part(file, "S0")["rules"][3]["params"]["stage"] == {"$": "here", "name": "S2"}
    assert part(file, "S0")["rules"][4]["params"]["stage"] == {"$": "stage", "name": "After: Begin"}

    services.arrange_rules(stage=there[0], rules=[])
    brought = services.bring_in(
        pipeline=there[0].pipeline, file=file, places={}, instead={}, is_replacing=True
    )

    assert (brought.rules, brought.triggers, brought.left_out) == (6, 1, [])
    assert selectors.arranged(there[0].pk) == before
    first, second = Trigger.objects.order_by("pk")
    assert (first.is_on, second.is_on) == (True, False)
    assert (first.params, first.where, first.reach) == (second.params, second.where, second.reach)


def test_another_pipeline_gets_stages_of_its_own_and_keeps_what_it_has(there):
    file = services.file_of(there[0].pipeline)
    other = make.pipeline(name="Second")
    stages = [
        make.stage(pipeline=other, name=name, position=10 + n)
        for n, name in enumerate(["s0", "Middle", "S2"])
    ]
    services.arrange_rules(stage=stages[0], rules=[rule("own")])
    services.bring_in(pipeline=other, file=file, places={"S1": stages[1].pk, "S2": None}, instead={})

    rules = selectors.arranged(stages[0].pk)
    assert len(rules) == 7
    assert rules[0]["id"] == "own"
    assert rules[4]["params"] == {"stage": stages[2].pk}
    assert len({one["id"] for one in rules}) == 7
    armed = Trigger.objects.get(stage=stages[1])
    assert armed.params == {"from": stages[0].pk}


def test_what_is_not_here_is_asked_for_and_nothing_half_done(there, people):
    file = services.file_of(there[0].pipeline)
    Tag.objects.filter(name="VIP").delete()
    Membership.objects.filter(pk=people.dora.pk).update(is_active=False)
    services.arrange_rules(stage=there[0], rules=[])
    gone = {Named("tag", "VIP"), Named("member", people.dora.user.name)}
    said = {"pipeline": there[0].pipeline, "file": file, "places": {}}
    assert set(services.unknown_names(there[0].pipeline, file)) == gone
    with pytest.raises(services.UnknownNamesError):
        services.bring_in(**said, instead={})
    assert (kept(there[0]), Trigger.objects.count()) == ([], 1)

    fresh = contacts.create_tag(name="Big", by=SYSTEM)
    brought = services.bring_in(**said, instead={Named("tag", "VIP"): str(fresh.pk)}, leaves_out=True)
    assert (brought.rules, brought.left_out) == (5, ["Give to somebody"])
    assert [one["params"]["tags"] for one in kept(there[0]) if one["action"] == "add_tags"] == [[fresh.pk]]


def broken(file: dict, change) -> str:
    made = copy.deepcopy(file)
    change(made)
    return json.dumps(made)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda file: file.update(format="x"), "format"),
        (lambda file: file.update(version=2), "version"),
        (lambda file: file.update(stages="x"), "stages"),
        (lambda file: part(file, "S0").update(rules=[1]), "stages"),
        (lambda file: part(file, "S0")["rules"][0].update(action="fly"), "S0.rules[0].action"),
        (lambda file: part(file, "S0")["rules"][2].update(where=[[{"op": "gt"}]]), "S0.rules[2]"),
        (lambda file: part(file, "S0")["rules"][1].update(when={"amount": "x"}), "S0.rules[1].when.amount"),
        (lambda file: part(file, "S1")["triggers"][0].update(kind="full_moon"), "S1.triggers[0].kind"),
    ],
)
def test_a_broken_file_is_told_by_its_place(there, change, place):
    written = broken(services.file_of(there[0].pipeline), change)
    before = kept(there[0])
    with pytest.raises(services.BadFileError) as bad:
        services.bring_in(pipeline=there[0].pipeline, file=services.read_file(written), places={}, instead={})

    assert bad.value.place == place
    assert kept(there[0]) == before


def test_the_page_takes_out_and_brings_in(there, people, client_as):
    browser = client_as(people.dora)
    page, address = (
        reverse(f"automation:{name}", args=[there[0].pipeline_id]) for name in ("file", "download")
    )
    answer = browser.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="sales-automation.json"'
    text = answer.content.decode()
    Tag.objects.filter(name="VIP").delete()

    shown = browser.post(page, {"file": SimpleUploadedFile("a.json", b"\xef\xbb\xbf" + text.encode())})
    body = shown.content.decode()
    assert "VIP" in body
    numbers = {one["name"]: n for n, one in enumerate(json.loads(text)["stages"])}
    assert f'name="stage-{numbers["S0"]}"' in body
    assert f'name="stage-{numbers["S2"]}"' not in body  # nothing happens there by itself
    stages = {f"stage-{numbers[one.name]}": str(one.pk) for one in there}
    refused = browser.post(page, {"text": text, "stages": "1", **stages})
    assert (refused.status_code, "VIP" in refused.content.decode()) == (422, True)
    done = browser.post(page, {"text": text, "stages": "1", "instead-0": "leave", **stages})
    assert done.status_code in {302, 303}
    assert len(selectors.arranged(there[0].pk)) == 11
    for wrong in (b"{", b"\xff\xfe", b"[]"):
        again = browser.post(page, {"file": SimpleUploadedFile("a.json", wrong)})
        assert (again.status_code, "alert" in again.content.decode()) == (422, True)
    assert browser.post(page, {}).status_code == 422
    assert client_as(people.bruno).get(page).status_code == 403


def test_headers_that_may_hold_a_secret_stay_out(there):
    hook = rule(
        "hook",
        "webhook",
        params={
            "url": "https://erp.example.com/in",
            "method": "POST",
            "headers": "Authorization: Bearer hushed",
        },
    )
    services.arrange_rules(stage=there[1], rules=[hook])
    written = json.dumps(services.file_of(there[0].pipeline))

    assert "erp.example.com" in written
    assert "hushed" not in written
