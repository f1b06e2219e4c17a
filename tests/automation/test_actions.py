"""What rules can do inside the database; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from afluente.automation import services
from afluente.automation.models import Absence, PersonHours, Step, Turn
from afluente.contacts import services as contacts
from afluente.contacts.models import ContactTag
from afluente.deals import services as deals
from afluente.deals.models import Deal, Pipeline, Stage
from afluente.kernel import clock
from afluente.sales import services as sales
from afluente.sales.models import Document
from afluente.tasks import services as tasks
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Comment, Event, Notification
from afluente.timeline.selectors import notifications
from tests import make
from tests.automation.arranging import IN_A_DAY, later, lines, open_in, publish, rule, stage_of, work

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def away(member, *, since: dt.timedelta = -DAY, until: dt.timedelta = DAY) -> Absence:
    return Absence.objects.create(member=member, since=clock.now() + since, until=clock.now() + until)


def assignees(given: list[Deal]) -> list[int | None]:
    return [Deal.objects.get(pk=deal.pk).assignee_id for deal in given]


def test_case_44_in_turn_and_who_is_away_is_passed_over(stages, people):
    members = [people.ana.pk, people.bruno.pk, people.carla.pk]
    away(people.bruno)
    definition = publish(stages[0], rule("turn", "assign", params={"how": "turn", "members": members}))
    given = [open_in(stages[0]) for _ in range(4)]
    for deal in given:  # one after the other, as they come; shards are no order
        deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    work()
    for deal in given:
        deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)
        work()

    assert assignees(given) == [people.ana.pk, people.carla.pk] * 2
    assert Turn.objects.get(definition=definition).given == 4


def test_in_turn_within_one_batch(stages, people):
    members = [people.ana.pk, people.bruno.pk]
    publish(stages[0], rule("turn", "assign", params={"how": "turn", "members": members}))
    given = [open_in(stages[0]) for _ in range(40)]
    work()

    assert sorted(assignees(given)) == sorted(members * 20)


def test_whoever_has_the_fewest_open_deals(stages, people):
    for _ in range(2):
        make.deal(assignee=people.ana)
    members = [people.ana.pk, people.bruno.pk]
    publish(stages[0], rule("least", "assign", params={"how": "least", "members": members}))
    given = [open_in(stages[0]) for _ in range(4)]
    work()

    assert sorted(assignees(given)) == sorted([people.bruno.pk] * 3 + [people.ana.pk])


def test_back_to_whoever_had_it_before(stages, people):
    publish(stages[1], rule("back", "assign", params={"how": "back"}))
    deal, new = open_in(stages[0], assignee_id=people.bruno.pk), open_in(stages[0])
    deals.assign_deals(deal_ids=[deal.pk], assignee=people.carla, by=SYSTEM)
    deals.move_deals(deal_ids=[deal.pk, new.pk], to=stages[1], by=SYSTEM)
    work()

    assert assignees([deal]) == [people.bruno.pk]
    assert lines(new) == ["back skipped no_recipient"]


def test_who_is_away_gets_nothing_and_the_fallback_does(stages, people):
    away(people.bruno)
    publish(
        stages[0],
        rule("a", "assign", params={"member": people.bruno.pk}),
        rule("b", "assign", params={"member": people.bruno.pk, "fallback": people.carla.pk}),
    )
    deal = open_in(stages[0])
    work()

    assert lines(deal) == ["a skipped no_recipient", "b applied"]
    assert assignees([deal]) == [people.carla.pk]


def test_cases_34_and_35_the_responsible_at_that_moment_is_told_else_the_fallback_else_nobody(stages, people):
    publish(
        stages[0],
        rule("one", "notify", params={"to": ["responsible"], "text": "Look"}, when=IN_A_DAY),
        rule("two", "notify", params={"to": ["responsible"], "text": "Help", "fallback": people.ana.pk}),
    )
    deal = open_in(stages[0])
    other = open_in(stages[0], assignee_id=people.bruno.pk)
    work()
    deals.assign_deals(deal_ids=[other.pk], assignee=people.carla, by=SYSTEM)
    work(later(DAY))

    assert lines(deal) == ["two applied", "one skipped no_recipient"]
    told = Notification.objects.filter(kind=services.NOTICE).order_by("pk")
    assert {(one.member_id, one.record_id, one.data["text"]) for one in told} == {
        (people.ana.pk, deal.pk, "Help"),
        (people.bruno.pk, other.pk, "Help"),
        (people.carla.pk, other.pk, "Look"),
    }


def test_the_supervisor_is_told_when_something_is_stuck_else_the_administrators(stages, people):
    PersonHours.objects.create(member=people.bruno, supervisor=people.dora)
    publish(
        stages[0],
        rule("stuck", "control", params={"text": "Three days here"}, when={"amount": 3, "unit": "days"}),
    )
    led, free = open_in(stages[0], assignee_id=people.bruno.pk), open_in(stages[0])
    left = open_in(stages[0], assignee_id=people.bruno.pk)
    work()
    deals.move_deals(deal_ids=[left.pk], to=stages[1], by=SYSTEM)
    work(later(3 * DAY))

    told = Notification.objects.filter(kind=services.NOTICE)
    assert {(one.member_id, one.record_id) for one in told} == {
        (people.dora.pk, led.pk),
        (people.ana.pk, free.pk),
        (people.dora.pk, free.pk),
    }
    assert lines(left) == ["stuck cancelled stage_left"]


def test_people_of_a_role_are_told(stages, people):
    publish(stages[0], rule("all", "notify", params={"to": ["role:member"], "text": "New"}))
    open_in(stages[0])
    work()

    told = set(Notification.objects.filter(kind=services.NOTICE).values_list("member_id", flat=True))
    assert told == {people.bruno.pk, people.carla.pk}


def test_a_comment_and_a_message_to_the_stream(stages, people):
    publish(
        stages[0],
        rule("say", "comment", params={"text": "Called twice"}, title="Caller"),
        rule(
            "post",
            "post",
            params={"text": "A big one", "to": [f"member:{people.ana.pk}", f"member:{people.carla.pk}"]},
        ),
    )
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    work()

    said = Comment.objects.filter(deal_id=deal.pk).order_by("pk")
    assert [(one.text, one.author_id) for one in said] == [
        ("Called twice", people.bruno.pk),
        ("A big one", people.bruno.pk),
    ]
    assert said[0].event.actor_kind == "rule"
    # Whoever may not see the deal is not told of it.
    assert [one.member_id for one in Notification.objects.filter(kind=services.NOTICE)] == [people.ana.pk]


def test_tags_on_the_main_person_or_all_and_taken_off(stages):
    tag = contacts.create_tag(name="Hot", by=SYSTEM)
    lia, rui = make.contact(name="Lia"), make.contact(name="Rui")
    publish(stages[0], rule("main", "add_tags", params={"tags": [tag.pk]}))
    publish(stages[1], rule("all", "add_tags", params={"tags": [tag.pk], "on": "all"}))
    publish(stages[2], rule("off", "remove_tags", params={"tags": [tag.pk], "on": "all"}))
    deal, nobody = open_in(stages[0], contact_ids=[lia.pk, rui.pk]), open_in(stages[0])
    tagged = []
    for stage in (None, stages[1], stages[2]):
        if stage:
            deals.move_deals(deal_ids=[deal.pk], to=stage, by=SYSTEM)
        work()
        tagged.append(set(ContactTag.objects.filter(tag=tag).values_list("contact_id", flat=True)))

    assert tagged == [{lia.pk}, {lia.pk, rui.pk}, set()]
    assert lines(nobody) == ["main skipped no_recipient"]


def test_a_task_is_due_as_said_by_the_clock_of_whoever_is_responsible(stages, people):
    zone = ZoneInfo("Europe/Warsaw")
    people.bruno.user.timezone = zone.key
    people.bruno.user.save()
    publish(
        stages[0],
        rule("day", "task", params={"title": "Day", "due_days": 2, "description": "Ask"}),
        rule("hour", "task", params={"title": "Hour", "due_days": 1, "at": "10:30"}),
        rule("none", "task", params={"title": "None", "to": [f"member:{people.carla.pk}"]}),
    )
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    now = later(dt.timedelta(0))
    work(now)

    found = {one.title: one for one in Task.objects.filter(deals=deal)}
    today = now.astimezone(zone).date()
    assert (found["Day"].due_is_day, found["Day"].due_at.astimezone(zone).date()) == (True, today + 2 * DAY)
    assert found["Hour"].due_at.astimezone(zone) == dt.datetime.combine(today + DAY, dt.time(10, 30), zone)
    assert (found["Hour"].due_is_day, found["Day"].description) == (False, "Ask")
    assert (found["None"].due_at, found["None"].assignee_id) == (None, people.carla.pk)


def test_a_call_and_a_meeting_are_planned(stages, people):
    publish(
        stages[0],
        rule("c", "call", params={"title": "Ring", "due_days": 1, "at": "09:00", "minutes": 15}),
        rule("m", "meeting", params={"title": "Meet", "due_days": 2, "at": "14:00", "place": "Office"}),
    )
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    work()

    found = {one.kind: one for one in Task.objects.filter(deals=deal)}
    assert found["call"].due_at - found["call"].start_at == dt.timedelta(minutes=15)
    assert (found["meeting"].place, found["meeting"].assignee_id) == ("Office", people.bruno.pk)
    assert Notification.objects.filter(member=people.bruno, kind="task_assigned").exists()


def test_a_rule_without_a_name_is_not_called_by_what_it_does(stages, people, client_as):
    publish(
        stages[0],
        rule("plain", "task", params={"title": "Ring"}),
        rule("named", "task", title="First contact", params={"title": "Write"}),
    )
    deal = open_in(stages[0], assignee_id=people.bruno.pk)
    work()

    told = [line.plain for line in notifications.page(member=people.bruno, unread=True, before=None)[0]]
    assert {"The new task Ring is yours", "The new task Write is yours"} <= set(told)
    made = Event.objects.filter(kind="task.created", deal_id=deal.pk).values_list("actor_kind", "actor_name")
    assert sorted(made) == [("rule", ""), ("rule", "First contact")]
    history = client_as(people.ana).get(f"/deals/{deal.pk}/").content.decode()
    assert "by a rule" in history
    assert "by rule “First contact”" in history


@pytest.mark.parametrize(("whose", "left"), [("rules", ["By hand"]), ("all", [])])
def test_tasks_are_ended(stages, people, whose, left):
    publish(stages[0], rule("make", "task", params={"title": "By rule"}))
    publish(stages[1], rule("end", "end_tasks", params={"whose": whose}))
    deal, other = open_in(stages[0]), open_in(stages[0])
    tasks.create_tasks(tasks=[tasks.NewTask(title="By hand", deal_ids=[deal.pk])], by=SYSTEM)
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    work()

    assert [one.title for one in Task.objects.open().filter(deals=deal)] == left
    assert Task.objects.open().filter(deals=other).count() == 1


def test_another_deal_and_a_copy_in_another_pipeline(stages, people):
    there = make.stage(pipeline=make.pipeline(name="Care"), name="Hello")
    lia = make.contact(name="Lia")
    publish(
        stages[0],
        rule("new", "open_deal", params={"stage": there.pk, "name": "Care for them"}),
        rule("copy", "copy", params={"stage": there.pk}),
    )
    publish(there, rule("begins"))
    deal = open_in(stages[0], amount=Decimal(70), contact_ids=[lia.pk], assignee_id=people.bruno.pk)
    work()

    made = {one.name: one for one in Deal.objects.filter(stage=there)}
    assert (made["Care for them"].amount, made["Ana"].amount) == (0, 70)
    for one in made.values():
        assert list(one.contacts.values_list("pk", flat=True)) == [lia.pk]
        assert (one.assignee_id, lines(one)) == (people.bruno.pk, ["begins applied"])
    assert stage_of(deal) == "S0"


def test_case_53_into_another_pipeline_ends_what_waits_and_starts_the_other_rules(stages):
    there = make.stage(pipeline=make.pipeline(name="Care"), name="Hello")
    publish(stages[0], rule("waits", when=IN_A_DAY), rule("go", "move", params={"stage": there.pk}))
    publish(there, rule("begins"))
    deal = open_in(stages[0])
    work()

    assert Deal.objects.get(pk=deal.pk).pipeline_id == there.pipeline_id
    assert sorted(lines(deal)) == ["begins applied", "go applied", "waits cancelled stage_left"]


def test_a_lead_becomes_a_deal_and_a_company(people, stages):
    leads = make.pipeline(name="Leads")
    Pipeline.objects.filter(pk=leads.pk).update(kind=Pipeline.Kind.LEAD)
    first = Stage.objects.filter(pipeline=leads, kind="open").order_by("position")[0]
    publish(first, rule("c", "convert", params={"stage": stages[0].pk, "company": "Mare Ltda"}))
    lia = make.contact(name="Lia")
    lead = open_in(first, contact_ids=[lia.pk])
    work()

    made = Deal.objects.get(stage=stages[0])
    assert (made.name, made.company.name) == ("Ana", "Mare Ltda")
    assert Deal.objects.get(pk=lead.pk).stage.kind == "won"
    assert lines(lead) == ["c applied"]


def test_a_quote_is_made_once_and_not_without_products(stages, people):
    publish(stages[0], rule("q", "document", params={"kind": "quote"}))
    deal, empty = open_in(stages[1]), open_in(stages[0])
    sales.add_line(deal_id=deal.pk, name="Class", price=Decimal(90), by=SYSTEM)
    deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)
    work()

    assert Document.objects.get(deal_id=deal.pk).kind == "quote"
    assert lines(empty) == ["q skipped missing_data"]


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("assign", {"how": "dice"}),
        ("assign", {"how": "turn", "members": []}),
        ("assign", {}),
        ("notify", {"text": "x"}),
        ("notify", {"text": "", "to": ["responsible"]}),
        ("notify", {"text": "x", "to": ["everybody"]}),
        ("post", {"text": "x"}),
        ("task", {"title": "x", "due_days": -1}),
        ("task", {"title": "x", "at": "noon"}),
        ("meeting", {"title": "x", "minutes": 9999}),
        ("end_tasks", {"whose": "mine"}),
        ("add_tags", {"tags": []}),
        ("open_deal", {}),
        ("convert", {}),
        ("document", {"kind": "poem"}),
    ],
)
def test_what_cannot_be_done_is_not_published(stages, action, params):
    definition = services.arrange_rules(stage=stages[0], rules=[rule("a", action, params=params)])
    with pytest.raises(services.NotPublishableError):
        services.publish_rules(definition=definition, by=None)


def test_a_hundred_deals_take_as_many_questions_as_ten(stages, people, django_assert_max_num_queries):
    publish(
        stages[0],
        rule("t", "task", params={"title": "Call"}),
        rule("n", "notify", params={"to": ["responsible"], "text": "New"}),
        rule("r", "assign", params={"how": "turn", "members": [people.bruno.pk]}),
    )
    deal = open_in(stages[0])
    shard = deal.pk % 16
    for _ in range(31):
        open_in(stages[0])
    with django_assert_max_num_queries(60):
        services.run_due(shards=[shard])

    assert Step.objects.filter(deal=deal, state="applied").count() == 2
    assert Event.objects.filter(deal_id=deal.pk, kind="deal.assigned").count() == 1
