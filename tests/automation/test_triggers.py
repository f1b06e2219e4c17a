"""Triggers: what moves a deal by itself (T1 to T9); cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from afluente.automation import services
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Firing, Frozen, Heard
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.delivery.models import Template
from afluente.kernel import clock
from afluente.tasks import services as tasks
from afluente.tasks.models import Step as TaskStep
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, Actor, NewEvent
from afluente.timeline.models import Comment, Event, Notification
from tests import make
from tests.automation.arranging import (
    IN_A_DAY,
    firings,
    later,
    lines,
    open_in,
    publish,
    rule,
    stage_of,
    trigger,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(ana) -> list[Stage]:
    """S0 to S4, won and lost."""
    pipeline = make.pipeline()
    pipeline.stages.filter(kind="open").delete()
    made = [make.stage(pipeline=pipeline, name=f"S{number}", position=number) for number in range(5)]
    return [*made, *pipeline.stages.exclude(kind="open").order_by("position")]


def client() -> Any:
    return make.contact(name="Lia Prado")


def submit(contact: Any, *, source: int = 7, deal: Deal | None = None, **more: Any) -> None:
    """A form was submitted: what intake writes into the log."""
    event = NewEvent(
        "lead.received",
        more.pop("actor", Actor("source", source, "Site")),
        contact_id=contact.pk,
        deal_id=deal.pk if deal else None,
        data={"source": source, **more},
    )
    timeline.record([event])


def test_t1_t9_a_trigger_moves_and_then_the_rules_of_its_stage_run(stages):
    trigger(stages[2], "task_added")
    publish(stages[0], rule("waits", when=IN_A_DAY))
    publish(stages[2], rule("there"))
    deal = open_in(stages[0])
    work()
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    assert stage_of(deal) == "S2"
    assert lines(deal) == ["waits cancelled stage_left", "there applied"]


def test_case_56_t2_t4_t5_a_form_in_the_first_stage_leads_to_the_last_and_passes_over_the_others(stages):
    trigger(stages[5], "form_submitted", params={"source": 7})
    for stage in stages[1:5]:
        publish(stage, rule("between"))
    publish(stages[5], rule("end"))
    lia = client()
    deal = open_in(stages[1], contact_ids=[lia.pk])
    Deal.objects.filter(pk=deal.pk).update(stage_epoch=1)
    work()
    submit(lia)
    work()

    assert stage_of(deal) == stages[5].name
    assert lines(deal) == ["between applied", "end applied"]
    assert Deal.objects.get(pk=deal.pk).stage_epoch == 2
    moved = Event.objects.get(deal_id=deal.pk, kind="deal.moved")
    assert (moved.actor_kind, moved.actor_name, moved.data["cause"]["kind"]) == (
        "rule",
        "Form submitted",
        "form_submitted",
    )


def test_another_form_moves_nothing(stages):
    trigger(stages[5], "form_submitted", params={"source": 8})
    lia = client()
    deal = open_in(stages[1], contact_ids=[lia.pk])
    submit(lia, source=7)
    work()

    assert (stage_of(deal), firings(deal)) == ("S1", [])


@pytest.mark.parametrize(("allows_back", "expected"), [(False, "S4"), (True, "S2")])
def test_case_57_t3_t6_only_who_may_goes_back(stages, allows_back, expected):
    trigger(stages[2], "task_added", allows_back=allows_back)
    deal = open_in(stages[4])
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    assert stage_of(deal) == expected
    assert firings(deal) == (["moved"] if allows_back else ["passed behind"])


def test_case_58_t7_of_several_the_earliest_stage_wins(stages):
    trigger(stages[4], "task_added")
    trigger(stages[3], "task_added")
    deal = open_in(stages[1])
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    assert stage_of(deal) == "S3"


def test_t7_the_earliest_that_may_is_meant_not_the_earliest_at_all(stages):
    trigger(stages[1], "task_added", where=["amount.gt:100"])
    trigger(stages[3], "task_added")
    deal = open_in(stages[0])
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    assert stage_of(deal) == "S3"


def test_t8_the_move_is_on_behalf_of_who_is_responsible_or_chosen(stages, people):
    made = trigger(stages[2], "task_added")
    chosen = trigger(stages[3], "comment_added", on_behalf_of_id=people.carla.pk)
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()
    timeline.add_comment(text="Hello", by=people.bruno, deal_id=deal.pk)
    work()

    causes = [one.data["cause"] for one in Event.objects.filter(kind="deal.moved").order_by("pk")]
    assert [(one["trigger"], one["on_behalf_of"]) for one in causes] == [
        (made.pk, people.bruno.pk),
        (chosen.pk, people.carla.pk),
    ]


@pytest.mark.parametrize(
    ("reach", "expected"), [("latest", ["S1", "S3"]), ("all", ["S3", "S3"])], ids=["latest", "all"]
)
def test_case_60_of_several_open_deals_the_most_recently_active_or_all(stages, reach, expected):
    trigger(stages[3], "form_submitted", reach=reach)
    lia = client()
    first = open_in(stages[1], contact_ids=[lia.pk])
    second = open_in(stages[1], contact_ids=[lia.pk])
    Deal.objects.filter(pk=first.pk).update(updated_at=later(dt.timedelta(hours=-1)))
    submit(lia)
    work()

    assert [stage_of(first), stage_of(second)] == expected
    assert Deal.objects.get(pk=second.pk).stage_epoch == 2


def test_a_form_that_opened_a_deal_moves_that_one(stages):
    trigger(stages[3], "form_submitted", reach="all")
    lia = client()
    old, new = open_in(stages[1], contact_ids=[lia.pk]), open_in(stages[1], contact_ids=[lia.pk])
    submit(lia, deal=new)
    work()

    assert [stage_of(old), stage_of(new)] == ["S1", "S3"]


@pytest.mark.parametrize(
    ("to", "options", "is_moved"),
    [
        (2, {}, False),
        (2, {"may_reopen": True}, True),
        (6, {"may_reopen": True}, False),
        (6, {"may_reopen": True, "allows_back": True}, True),
    ],
)
def test_case_61_a_won_deal_is_left_alone_unless_it_may_be_reopened(stages, to, options, is_moved):
    trigger(stages[to], "form_submitted", **options)
    lia = client()
    deal = open_in(stages[5], contact_ids=[lia.pk])
    deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)
    deals.move_deals(deal_ids=[deal.pk], to=stages[5], by=SYSTEM)
    submit(lia)
    work()

    assert (stage_of(deal) == stages[to].name) is is_moved


def test_cases_62_and_66_what_happened_by_itself_fires_only_where_that_is_wanted(stages):
    lia = client()
    deal = open_in(stages[0], contact_ids=[lia.pk])
    made = trigger(stages[2], "form_submitted")
    submit(lia, actor=Actor("rule", 1, "Rule"))
    work()
    assert (stage_of(deal), firings(deal)) == ("S0", ["passed automatic"])

    services.change_trigger(trigger=made, values={"hears_rules": True})
    submit(lia, actor=Actor("rule", 1, "Rule"))
    work()
    assert stage_of(deal) == "S2"


def test_case_63_what_is_told_too_late_is_noted_and_moves_nothing(stages):
    trigger(stages[2], "form_submitted", max_age_minutes=60)
    lia = client()
    deal = open_in(stages[0], contact_ids=[lia.pk])
    services.hear_of(kind="lead.received", key="late", contact_id=lia.pk, at=later(dt.timedelta(hours=-5)))
    work()

    assert (stage_of(deal), firings(deal)) == ("S0", ["passed stale"])


def test_case_65_a_stage_at_the_end_is_not_entered_without_what_it_asks_for(stages):
    stages[5].required = ["amount"]
    stages[5].save()
    trigger(stages[5], "form_submitted")
    lia = client()
    poor, rich = (open_in(stages[0], contact_ids=[lia.pk], amount=amount) for amount in (0, 100))
    for deal in (poor, rich):
        submit(lia, deal=deal)
    work()

    assert (stage_of(poor), firings(poor)) == ("S0", ["refused missing"])
    assert Firing.objects.get(deal=poor).detail == "amount"
    assert stage_of(rich) == stages[5].name


def test_case_77_the_same_thing_heard_twice_moves_once(stages):
    trigger(stages[2], "form_submitted", allows_back=True)
    lia = client()
    deal = open_in(stages[0], contact_ids=[lia.pk])
    assert services.hear_of(kind="lead.received", key="one", contact_id=lia.pk)
    assert not services.hear_of(kind="lead.received", key="one", contact_id=lia.pk)
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[3], by=SYSTEM)
    assert not services.hear_of(kind="lead.received", key="one", contact_id=lia.pk)
    work()

    assert stage_of(deal) == "S3"


def test_two_things_about_one_deal_keep_their_order(stages):
    trigger(stages[2], "task_added")
    trigger(stages[3], "responsible_changed")
    deal = open_in(stages[0])
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    deals.assign_deals(deal_ids=[deal.pk], assignee=make.member(), by=SYSTEM)
    work()

    moved = Event.objects.filter(kind="deal.moved").order_by("pk")
    assert [one.data["to_name"] for one in moved] == ["S2", "S3"]


@pytest.mark.parametrize(
    ("params", "change", "is_moved"),
    [
        ({"field": "amount"}, {"amount": 900}, True),
        ({"field": "amount"}, {"name": "Other"}, False),
        ({"field": "name"}, {"name": "Other"}, True),
    ],
)
def test_a_field_that_changed(stages, params, change, is_moved):
    trigger(stages[2], "field_changed", params=params)
    deal = open_in(stages[0])
    deals.change_deal(deal_id=deal.pk, changes=change, by=SYSTEM)
    work()

    assert (stage_of(deal) == "S2") is is_moved


def test_case_84_a_change_that_changes_nothing_fires_nothing(stages):
    trigger(stages[2], "field_changed", params={"field": "name"})
    deal = open_in(stages[0])
    deals.change_deal(deal_id=deal.pk, changes={"name": "Ana"}, by=SYSTEM)

    assert not Heard.objects.exists()
    assert work() == 0


def test_case_85_ten_quick_edits_are_one_beginning_with_the_last_values(stages):
    """With a hundred times as long as there, so that a busy machine is quick enough."""
    values = {"params": {"field": "amount"}, "quiet_seconds": 500, "where": ["amount.gt:900"]}
    trigger(stages[1], "field_changed", **values)
    publish(stages[1], rule("seen", "comment", params={"text": "{{ deal.amount }}"}))
    deal = open_in(stages[0])
    for number in range(1, 11):
        deals.set_fields(deal_ids=[deal.pk], values={"amount": number * 100}, by=SYSTEM)
        work()
    work(later(dt.timedelta(seconds=400)))
    assert (firings(deal), Heard.objects.count()) == ([], 1)

    work(later(dt.timedelta(seconds=600)))
    assert (firings(deal), stage_of(deal), lines(deal)) == (["moved"], "S1", ["seen applied"])
    assert "1.000" in Comment.objects.get().text
    assert not Heard.objects.exists()


def test_what_waits_for_quiet_holds_up_no_other_trigger_and_no_other_deal(stages):
    trigger(stages[2], "field_changed", params={"field": "amount"}, quiet_seconds=60)
    trigger(stages[1], "field_changed", params={"field": "amount"})
    first, other = open_in(stages[0]), open_in(stages[0])
    for deal in (first, other):
        deals.set_fields(deal_ids=[deal.pk], values={"amount": 100}, by=SYSTEM)
        work()
    assert [stage_of(deal) for deal in (first, other)] == ["S1", "S1"]
    work(later(dt.timedelta(seconds=30)))
    assert [stage_of(deal) for deal in (first, other)] == ["S1", "S1"]
    work(later(dt.timedelta(seconds=61)))
    assert [stage_of(deal) for deal in (first, other)] == ["S2", "S2"]


def test_case_82_a_rule_that_changes_what_a_trigger_hears_does_not_start_it_again(stages):
    """The field changes, the deal moves, a rule of the stage changes the field: the chain ends there."""
    trigger(stages[2], "field_changed", params={"field": "lost_reason"}, allow_back=True)
    publish(stages[2], rule("again", "set", params={"lost_reason": "by rule"}))
    deal = open_in(stages[0])
    deals.set_fields(deal_ids=[deal.pk], values={"lost_reason": "by hand"}, by=SYSTEM)
    work()

    assert stage_of(deal) == "S2"
    assert lines(deal) == ["again applied"]
    deal.refresh_from_db()
    assert (deal.lost_reason, deal.stage_epoch) == ("by rule", 2)


def test_a_responsible_who_changed_and_one_who_is_meant(stages, people):
    trigger(stages[2], "responsible_changed", params={"member": people.carla.pk})
    deal = open_in(stages[0])
    for who, expected in ((people.bruno, "S0"), (people.carla, "S2")):
        deals.assign_deals(deal_ids=[deal.pk], assignee=who, by=SYSTEM)
        work()
        assert stage_of(deal) == expected


@pytest.mark.parametrize("by_step", [False, True])
def test_a_task_that_reached_a_status(stages, by_step):
    deal = open_in(stages[0])
    (task,) = tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    done = TaskStep.objects.get(board=tasks.default_board(), kind=TaskStep.Kind.DONE)
    trigger(stages[2], "task_status", params={"status": done.pk if by_step else "done"})
    tasks.complete_tasks(task_ids=[task], by=SYSTEM)
    work()

    assert stage_of(deal) == "S2"


def test_a_deal_that_was_opened_or_moved(stages):
    trigger(stages[1], "deal_opened", where=["source.is:manual"])
    trigger(stages[4], "deal_moved", params={"from": stages[2].pk})
    deal = open_in(stages[0])
    work()
    assert stage_of(deal) == "S1"
    for number in (2, 3):
        deals.move_deals(deal_ids=[deal.pk], to=stages[number], by=SYSTEM)
    work()
    assert stage_of(deal) == "S4"


def test_a_deal_of_another_pipeline_is_left_alone(stages):
    trigger(stages[2], "task_added")
    other = make.stage(pipeline=make.pipeline(), name="Other")
    deal = open_in(other)
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)
    work()

    assert (stage_of(deal), firings(deal)) == ("Other", [])


def test_where_nothing_listens_nothing_is_noted(stages):
    made = trigger(stages[2], "task_added")
    services.change_trigger(trigger=made, values={"is_on": False})
    deal = open_in(stages[0])
    tasks.create_tasks(tasks=[tasks.NewTask(title="Call", deal_ids=[deal.pk])], by=SYSTEM)

    assert not Heard.objects.exists()


def test_cases_81_and_83_a_deal_that_is_moved_too_often_in_an_hour_stands_still(stages, people):
    trigger(stages[1], "comment_added", allows_back=True)
    publish(stages[1], rule("waits", when=IN_A_DAY))
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    for number in range(22):
        timeline.add_comment(text=f"{number}", by=people.bruno, deal_id=deal.pk)
        work()
        if stage_of(deal) == "S0":
            break
        deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)

    assert number == 20
    assert firings(deal)[-1] == "refused loop_guard"
    assert Frozen.objects.get().deal_id == deal.pk
    told = Notification.objects.filter(kind=services.FROZEN)
    assert set(told.values_list("member_id", flat=True)) == {
        people.ana.pk,
        people.bruno.pk,
        people.dora.pk,
    }

    timeline.add_comment(text="again", by=people.bruno, deal_id=deal.pk)
    work()
    assert firings(deal)[-1] == "passed loop_guard"
    assert services.unfreeze(deal_id=deal.pk, by=SYSTEM)
    assert not Frozen.objects.exists()


def test_case_83_a_person_lets_rules_go_on_with_a_deal_that_stands_still(stages, people, client_as):
    deal = open_in(stages[0], assignee_id=people.ana.pk)
    Frozen.objects.create(deal=deal, since=timezone.now(), reason="loop_guard")
    bruno, ana = client_as(people.bruno), client_as(people.ana)
    page = f"/deals/{deal.pk}/?tab=automation"
    address = f"/deals/{deal.pk}/automation/resumption/"

    assert address in ana.get(page).text
    assert bruno.post(address).status_code in {403, 404}
    assert Frozen.objects.exists()
    assert ana.post(address).url == page
    assert not Frozen.objects.exists()
    assert Event.objects.filter(kind="automation.unfrozen", actor_id=people.ana.pk).count() == 1
    assert address not in ana.get(page).text


@pytest.mark.parametrize(
    ("kind", "values", "place"),
    [
        ("flying", {}, "kind"),
        ("field_changed", {"params": {"field": "gone"}}, "params"),
        ("task_added", {"params": {"colour": "red"}}, "params.colour"),
        ("task_added", {"where": ["gone.is:1"]}, "where"),
        ("task_added", {"reach": "some"}, "reach"),
        ("task_added", {"on_behalf_of_id": 999999}, "on_behalf_of_id"),
        ("task_status", {"params": {"status": "late"}}, "params"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(stages, kind, values, place):
    with pytest.raises(BadRuleError) as refused:
        trigger(stages[0], kind, **values)

    assert refused.value.place == place


def test_case_81_rules_that_send_a_deal_round_are_stopped_within_the_hour(stages):
    publish(stages[0], rule("go", "move", params={"stage": stages[1].pk}))
    deal = open_in(stages[0])
    for _ in range(21):
        work()
        deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)

    assert stage_of(deal) == "S0"
    assert lines(deal)[-2:] == ["go applied", "cancelled loop_guard"]
    assert Event.objects.filter(kind="deal.moved", actor_kind="rule").count() == 20
    assert Event.objects.filter(kind="automation.frozen").count() == 1


class TestWebhook:
    @pytest.fixture
    def hook(self, stages):
        return trigger(stages[3], "webhook")

    def call(self, client, hook, body, **headers):
        path = services.address_of(hook).partition("://")[2].partition("/")[2]
        return client.post(f"/{path}", body, content_type="application/json", headers=headers)

    def test_by_the_number_of_a_deal(self, client, stages, hook):
        deal = open_in(stages[0])
        answer = self.call(client, hook, {"deal": deal.number})
        work()

        assert (answer.status_code, answer.json()["state"]) == (202, "kept")
        assert stage_of(deal) == "S3"

    @pytest.mark.parametrize("named", [{"email": "LIA@mare.example"}, {"phone": "(11) 98412-3307"}])
    def test_by_an_address_of_its_person(self, client, stages, hook, named):
        lia = make.contact(name="Lia", emails=["lia@mare.example"], phones=["+5511984123307"])
        deal = open_in(stages[0], contact_ids=[lia.pk])
        assert self.call(client, hook, named).status_code == 202
        work()

        assert stage_of(deal) == "S3"

    def test_case_59_the_same_call_three_times_moves_once(self, client, stages, hook):
        services.change_trigger(trigger=hook, values={"allows_back": True})
        deal = open_in(stages[0])
        said = []
        for _ in range(3):
            answer = self.call(client, hook, {"deal": deal.number}, **{"Webhook-Id": "one"})
            said.append(answer.json()["state"])
            work()
            deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)

        assert said == ["kept", "known", "known"]
        assert firings(deal) == ["moved"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 422),
            ({"deal": "x"}, 404),
            ({"deal": 999999}, 404),
            ({"email": "no@no.example"}, 404),
            ("[]", 400),
            ({"external_id": "a\0b"}, 400),
            ({"external_id": "a", "system": "\0"}, 400),
        ],
    )
    def test_who_is_not_named_or_not_there_is_told_to_the_caller(self, client, hook, body, status):
        assert self.call(client, hook, body).status_code == status
        assert not Heard.objects.exists()

    def test_a_wrong_secret_a_new_address_and_one_that_is_off(self, client, stages, hook):
        deal = open_in(stages[0])
        old = services.address_of(hook)
        wrong = old[:-1] + ("1" if old[-1] != "1" else "2")
        path = wrong.partition("://")[2].partition("/")[2]
        assert client.post(f"/{path}", {"deal": deal.number}).status_code == 404
        new = services.rotate_address(trigger=hook)
        assert services.address_of(new) != old
        assert self.call(client, hook, {"deal": deal.number}).status_code == 404
        services.change_trigger(trigger=new, values={"is_on": False})
        assert self.call(client, new, {"deal": deal.number}).status_code == 410

    def test_looking_at_the_address_moves_nothing(self, client, hook):
        path = services.address_of(hook).partition("://")[2].partition("/")[2]
        assert client.get(f"/{path}").status_code == 405


@pytest.mark.parametrize(
    ("params", "state"),
    [({}, "S1"), ({"link": "/PRICES"}, "S1"), ({"link": "/menu"}, "S0"), ({"template": "other"}, "S0")],
)
def test_a_followed_link_of_the_letter_that_is_meant_moves_the_deal(stages, params, state):
    meant, other = (
        Template.objects.create(name=name, subject=name, body="Hello", updated_at=clock.now())
        for name in ("Prices", "Other")
    )
    wanted = {"template": other.pk} if "template" in params else {"template": meant.pk, **params}
    trigger(stages[1], "message_clicked", params=wanted)
    deal = open_in(stages[0])
    data = {"url": "https://mare.example/prices?of=oak", "template": meant.pk}
    timeline.record([NewEvent("message.clicked", SYSTEM, deal_id=deal.pk, data=data)])
    work()

    assert stage_of(deal) == state


def test_a_letter_that_is_opened_moves_the_deal_and_an_unknown_template_is_refused(stages):
    trigger(stages[1], "message_opened")
    deal = open_in(stages[0])
    timeline.record([NewEvent("message.opened", SYSTEM, deal_id=deal.pk, data={"template": None})])
    work()

    assert stage_of(deal) == "S1"
    with pytest.raises(BadRuleError):
        trigger(stages[1], "message_opened", params={"template": 999_999})
