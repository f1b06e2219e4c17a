"""The designer: what it shows, and what people do in it, without script."""

from __future__ import annotations

import pytest
from django.urls import reverse

from afluente.automation import selectors, services
from afluente.automation.engine.records import Kind
from afluente.automation.engine.triggers import Happened
from afluente.automation.models import Definition, Trigger
from afluente.automation.selectors.naming import GONE
from afluente.automation.selectors.words import figure
from afluente.delivery.models import Template
from afluente.kernel import clock
from tests import make
from tests.automation.arranging import publish, rule


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=name, position=10 + n) for n, name in enumerate("AB")]


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def page(browser, stage) -> str:
    return browser.get(reverse("automation:designer", args=[stage.pipeline_id])).content.decode()


def draft(stage) -> list[dict]:
    return selectors.arranged(stage.pk)


def send(browser, stage, **fields):
    """The form of a new rule, as a browser without script sends it."""
    said = {"action": "task", "mode": "now", "unit": "minutes", "side": "before", "date": "due"} | fields
    return browser.post(reverse("automation:rule_new", args=[stage.pk]), said)


def test_rules_are_cards_with_a_sentence_and_the_board_leads_there(people, browser, stages):
    services.arrange_rules(
        stage=stages[0],
        rules=[
            rule("a", "task", params={"title": "Call Maria"}),
            rule(
                "b", "move", params={"stage": stages[1].pk}, follows=True, when={"amount": 2, "unit": "days"}
            ),
            rule("c", "comment", params={"text": "x"}, where=["amount.gt:5000", "name.filled"], match="any"),
        ],
    )
    services.create_trigger(stage=stages[1], kind="deal_moved", values={"params": {"from": stages[0].pk}})
    shown = page(browser, stages[0])

    assert "Make a task: <b>Call Maria</b>" in shown
    assert "2 days after the previous rule" in shown
    assert "Amount is more than 5.000 or Name is filled in" in shown
    assert "out of A" in shown
    assert "3 new, 0 edited, 0 removed" in shown
    board = browser.get(reverse("deals:pipeline", args=[stages[0].pipeline_id])).content.decode()
    assert reverse("automation:designer", args=[stages[0].pipeline_id]) in board


def test_how_many_queries_it_takes_does_not_grow(people, browser, stages, django_assert_max_num_queries):
    url = reverse("automation:designer", args=[stages[0].pipeline_id])
    services.arrange_rules(stage=stages[0], rules=[rule("a")])
    browser.get(url)
    with django_assert_max_num_queries(60) as few:
        browser.get(url)
    for stage in stages:
        services.arrange_rules(stage=stage, rules=[rule(f"r{n}") for n in range(5)])
        services.create_trigger(stage=stage, kind="deal_opened", values={})
    with django_assert_max_num_queries(60) as many:
        browser.get(url)
    assert len(many) == len(few)


def test_a_rule_is_made_changed_and_published_without_script(people, browser, stages):
    answer = send(
        browser,
        stages[0],
        **{
            "p-title": "Call",
            "p-due_days": "2",
            "p-at": "09:30",
            "mode": "after",
            "amount": "3",
            "unit": "hours",
            "company_hours": "on",
        },
    )

    assert answer.status_code == 303
    kept = draft(stages[0])[0]
    assert kept["params"] == {"title": "Call", "due_days": 2, "at": "09:30"}
    assert (kept["when"], kept["company_hours"]) == ({"amount": 3, "unit": "hours"}, True)
    url = reverse("automation:rule", args=[stages[0].pk, kept["id"]])
    assert 'value="Call"' in browser.get(url).content.decode()

    browser.post(
        url,
        {
            "action": "task",
            "mode": "date",
            "amount": "1",
            "unit": "days",
            "side": "before",
            "date": "due",
            "p-title": "Remind",
        },
    )
    changed = draft(stages[0])[0]
    assert changed["when"] == {"anchor": "field", "field": "due", "amount": -1, "unit": "days"}
    assert changed["id"] == kept["id"]

    browser.post(reverse("automation:publication", args=[stages[0].pipeline_id]), {"waiting": "keep"})
    assert Definition.objects.get(stage=stages[0]).version == 1
    assert "to publish" not in page(browser, stages[0])


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_kept(people, browser, stages):
    answer = send(browser, stages[0], **{"p-title": "", "mode": "after"})

    assert answer.status_code == 422
    said = answer.content.decode()
    assert 'id="id_p-title_error"' in said
    assert "Say how long" in said
    assert draft(stages[0]) == []


def test_conditions_come_in_groups(people, browser, stages):
    typed = {
        "p-title": "Call", "match": "any", "row": ["0", "1", "2"],
        "c0-group": "0", "c0-name": "amount", "c0-op": "gt", "c0-value": "5000",
        "c1-group": "0", "c1-name": "created", "c1-op": "clock", "c1-value": ["20:00", "08:00"],
        "c2-group": "1", "c2-name": "name", "c2-op": "filled",
    }  # fmt: skip
    assert send(browser, stages[0], **typed).status_code == 303
    kept = draft(stages[0])[0]
    assert kept["where"] == ["amount.gt:5000|created.clock:20:00,08:00", "name.filled"]
    assert kept["match"] == "any"
    shown = page(browser, stages[0])
    assert (
        "(Amount is more than 5.000 and Created between the times 20:00 and 08:00) or Name is filled in"
        in shown
    )

    wrong = send(browser, stages[0], **typed | {"c0-value": "many"})
    assert wrong.status_code == 422
    assert "This value cannot be read." in wrong.content.decode()


def test_buttons_draw_the_form_anew_and_keep_nothing(people, browser, stages):
    more = send(browser, stages[0], **{"or": "1", "p-title": ""}).content.decode()
    other = send(browser, stages[0], draw="1", action="assign").content.decode()

    assert 'name="c0-name"' in more
    assert 'class="err' not in more
    assert 'name="p-how"' in other
    assert draft(stages[0]) == []


def test_fields_are_changed_by_value_or_from_another_field(people, browser, stages):
    typed = {"action": "modify", "change": ["0", "1"], "m0-field": "name", "m0-from": "lost_reason",
             "m0-append": "on", "m1-field": "amount", "m1-value": "900"}  # fmt: skip
    assert send(browser, stages[0], **typed).status_code == 303
    assert draft(stages[0])[0]["params"] == {
        "changes": [
            {"field": "name", "from": "lost_reason", "append": True},
            {"field": "amount", "value": "900"},
        ]
    }
    assert "set <b>Amount</b> to 900" in page(browser, stages[0])


def test_a_rule_is_put_elsewhere_copied_switched_off_deleted_and_brought_back(people, browser, stages):
    services.arrange_rules(stage=stages[0], rules=[rule("a"), rule("b"), rule("c")])

    def act(name, act, **more):
        browser.post(reverse("automation:rule", args=[stages[0].pk, name]), {"act": act, **more})
        return [one["id"] for one in draft(stages[0])]

    assert act("c", "up") == ["a", "c", "b"]
    assert act("a", "down") == ["c", "a", "b"]
    assert act("b", "move", to=stages[0].pk, at="0") == ["b", "c", "a"]
    act("a", "off")
    assert draft(stages[0])[2]["is_on"] is False
    act("a", "on")
    assert len(act("a", "copy", to=stages[0].pk)) == 4
    other = make.stage(pipeline=make.pipeline(name="Courses"), name="Start")
    act("a", "copy", to=other.pk)
    assert draft(other)[0]["params"] == draft(stages[0])[2]["params"]
    act("b", "move", to=stages[1].pk)
    assert [one["id"] for one in draft(stages[1])] == ["b"]

    before = draft(stages[0])
    assert "c" not in act("c", "delete")
    browser.post(reverse("automation:rule_restoring", args=[stages[0].pk]))
    assert draft(stages[0]) == before


def test_what_was_taken_out_is_shown_until_it_is_published_and_discarding_brings_it_back(
    people, browser, stages
):
    publish(stages[0], rule("a", title="Old one"))
    browser.post(reverse("automation:rule", args=[stages[0].pk, "a"]), {"act": "delete"})
    assert "Removed" in page(browser, stages[0])

    browser.post(reverse("automation:discarding", args=[stages[0].pipeline_id]))
    assert [one["id"] for one in draft(stages[0])] == ["a"]


def test_what_cannot_be_published_is_said_on_its_card(people, browser, stages):
    services.arrange_rules(stage=stages[0], rules=[rule("a", "move", params={"stage": 999_999})])
    answer = browser.post(reverse("automation:publication", args=[stages[0].pipeline_id]), {})

    assert answer.status_code == 422
    assert "The stage it leads to is gone." in answer.content.decode()
    assert Definition.objects.get(stage=stages[0]).version == 0


def test_an_empty_stage_offers_recipes_that_can_be_published(people, browser, stages):
    assert "alert the supervisor" in page(browser, stages[0])
    for name in ("first-contact", "stuck", "due", "call", "again"):
        answer = browser.post(reverse("automation:recipe", args=[stages[0].pk]), {"recipe": name})
        assert answer.status_code == 303
    browser.post(reverse("automation:publication", args=[stages[0].pipeline_id]), {})
    assert Definition.objects.get(stage=stages[0]).version == 1


def test_triggers_are_made_changed_and_deleted_and_a_webhook_shows_its_address(people, browser, stages):
    url = reverse("automation:trigger_new", args=[stages[0].pk])
    fields = {"kind": "webhook", "reach": "latest", "max_age_minutes": "60", "is_on": "on"}
    made = browser.post(url, fields)
    found = Trigger.objects.get()
    assert made["Location"] == reverse("automation:trigger", args=[found.pk])
    assert "/hooks/trigger/" in browser.get(made["Location"]).content.decode()

    browser.post(made["Location"], fields | {"title": "From the shop", "allows_back": "on"})
    found.refresh_from_db()
    assert (found.title, found.allows_back) == ("From the shop", True)
    assert "From the shop" in page(browser, stages[0])
    browser.post(made["Location"], {"act": "delete"})
    assert not Trigger.objects.present().exists()
    assert browser.get(made["Location"]).status_code == 404

    wrong = browser.post(url, fields | {"kind": "field_changed"})
    assert wrong.status_code == 422
    browser.post(url, fields | {"kind": "field_changed", "p-field": "amount"})
    assert Trigger.objects.present().get().params == {"field": "amount"}


def test_a_deleted_trigger_comes_back_as_it_was(people, browser, stages):
    values = {"title": "From the shop", "allows_back": True}
    found = services.create_trigger(stage=stages[0], kind="webhook", values=values)
    address = services.address_of(found)
    deleted = browser.post(reverse("automation:trigger", args=[found.pk]), {"act": "delete"})
    way_back = reverse("automation:trigger_restoring", args=[found.pk])

    assert way_back in browser.get(deleted["Location"]).content.decode()
    assert browser.post(way_back).status_code == 303
    assert "From the shop" in page(browser, stages[0])
    found.refresh_from_db()
    assert (found.deleted_at, services.address_of(found)) == (None, address)


def test_rules_are_paused_and_go_on(people, browser, stages):
    definition = publish(stages[0], rule("a"))
    url = reverse("automation:state", args=[stages[0].pipeline_id])
    browser.post(url, {"act": "pause"})
    definition.refresh_from_db()
    assert definition.state == "paused"
    browser.post(url, {"act": "resume"})
    definition.refresh_from_db()
    assert definition.state == "active"


def test_whoever_may_not_configure_reads_and_changes_nothing(people, client_as, stages):
    services.arrange_rules(stage=stages[0], rules=[rule("a", title="Seen")])
    browser = client_as(people.bruno)
    shown = page(browser, stages[0])

    assert "Seen" in shown
    assert reverse("automation:rule_new", args=[stages[0].pk]) not in shown
    assert (
        browser.post(reverse("automation:rule", args=[stages[0].pk, "a"]), {"act": "delete"}).status_code
        == 403
    )
    assert browser.get(reverse("automation:trigger_new", args=[stages[0].pk])).status_code == 403
    assert len(draft(stages[0])) == 1


def test_a_form_trigger_may_mean_one_kind_of_source(people, browser, stages):
    url = reverse("automation:trigger_new", args=[stages[1].pk])
    fields = {"kind": "form_submitted", "reach": "latest", "max_age_minutes": "60", "is_on": "on"}
    browser.post(url, fields | {"p-source": "form"})
    kind = services.trigger_kinds()["form_submitted"]
    params = Trigger.objects.get().params

    assert params == {"source": "form"}
    heard = [Happened(kind="lead.received", at=clock.now(), data={"source": one}) for one in ("form", "api")]
    assert [kind.fits(params, one) for one in heard] == [True, False]
    assert "Site form" in page(browser, stages[1])


def test_a_form_trigger_may_mean_one_form(people, browser, stages):
    shop, other = (make.source(kind="form", name=name) for name in ("Shop", "Newsletter"))
    url = reverse("automation:trigger_new", args=[stages[1].pk])
    fields = {"kind": "form_submitted", "reach": "latest", "max_age_minutes": "60", "is_on": "on"}
    assert browser.post(url, fields | {"p-door": "999"}).status_code == 422
    browser.post(url, fields | {"p-door": str(shop.pk)})
    kind, params = services.trigger_kinds()["form_submitted"], Trigger.objects.get().params
    heard = [
        Happened(kind="lead.received", at=clock.now(), data={"source": "form", "source_id": one.pk})
        for one in (shop, other)
    ]

    assert params == {"door": shop.pk}
    assert [kind.fits(params, one) for one in heard] == [True, False]
    assert "Shop" in page(browser, stages[1])


def test_what_the_panel_does_not_draw_stays_as_it_was(people, browser, stages):
    kept = rule("a", "comment", params={"text": "x", "more": 7}, zone="responsible", late_after_minutes=5)
    services.arrange_rules(stage=stages[0], rules=[kept])
    said = {"action": "comment", "mode": "now", "p-text": "y"}
    browser.post(reverse("automation:rule", args=[stages[0].pk, "a"]), said)
    changed = draft(stages[0])[0]

    assert changed["params"] == {"text": "y", "more": 7}
    assert (changed["zone"], changed["late_after_minutes"]) == ("responsible", 5)


def test_another_workspace_is_told_that_there_is_nothing(people, client_as, stranger, stages):
    services.arrange_rules(stage=stages[0], rules=[rule("a")])
    trigger = services.create_trigger(stage=stages[0], kind="webhook", values={})
    other = client_as(stranger)
    of_stage = {"rule_new": [], "recipe": [], "rule_restoring": [], "rule": ["a"], "trigger_new": []}
    urls = [reverse(f"automation:{name}", args=[stages[0].pk, *more]) for name, more in of_stage.items()]
    urls += [reverse("automation:trigger", args=[trigger.pk])]
    urls += [
        reverse(f"automation:{name}", args=[stages[0].pipeline_id])
        for name in ("designer", "publication", "discarding", "state")
    ]

    asked = [
        answer.status_code for url in urls for answer in (other.get(url), other.post(url, {"act": "delete"}))
    ]
    assert set(asked) <= {404, 405}
    assert len(draft(stages[0])) == 1


@pytest.mark.parametrize(
    ("kind", "kept", "said"),
    [
        (Kind.MONEY, "1650 BRL", "R$1,650"),
        (Kind.MONEY, "7000", "7,000"),
        (Kind.NUMBER, "1234.5", "1,234.5"),
        (Kind.NUMBER, "many", "many"),
        (Kind.MONEY, "NaN", "NaN"),
        (Kind.TEXT, "1650 BRL", "1650 BRL"),
    ],
)
def test_numbers_of_conditions_are_written_as_the_region_does(kind, kept, said):
    assert figure(kind, kept) == said


def test_a_message_is_told_by_its_template_or_by_its_own_words(people, browser, stages):
    kept = Template.objects.create(name="Welcome", subject="Hi", body="Hello", updated_at=clock.now())
    services.arrange_rules(
        stage=stages[0],
        rules=[
            rule("a", "email", params={"template": kept.pk}),
            rule("b", "email", params={"body": "We call you", "subject": "Thank you"}),
            rule("c", "sms", params={"body": "See you"}),
            rule("d", "email", params={"template": kept.pk + 1}),
        ],
    )
    shown = page(browser, stages[0])
    for said in ("e-mail: <b>Welcome", "e-mail: <b>Thank you", "SMS: <b>See you"):
        assert f"Send an {said}</b>" in shown
    assert f"Send an e-mail: <b>{GONE}</b>" in shown
