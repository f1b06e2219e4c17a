"""Rules tried on what really happened: equal to what a live run does on the same history."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from afluente.automation import services
from afluente.automation.models import Backtest, BacktestRow, Firing, Heard, Step, Token, Trigger
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, open_in, publish, rule, trigger, work
from tests.deals.test_api import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db
MOMENTS = {
    "timeline_event": ("at",),
    "deals_deal": ("stage_entered_at", "created_at", "closed_at", "updated_at", "due_at"),
    "automation_token": ("due_at", "planned_at", "until", "entered_at", "since"),
    "automation_heard": ("happened_at", "due_at"),
    "automation_step": ("due_at", "ended_at"),
}


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def age(length: dt.timedelta) -> None:
    """Everything happened so much earlier: the clock of one transaction stands still, so the past moves."""
    with connection.cursor() as cursor:
        for table, columns in MOMENTS.items():
            turned = ", ".join(f"{column} = {column} - %(length)s" for column in columns)
            cursor.execute(f"UPDATE {table} SET {turned}", {"length": length})  # noqa: S608  our own names


def present() -> dt.datetime:
    """The moment of this transaction, at which everything in it happens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment


def live(length: dt.timedelta) -> None:
    """Let time pass, with a worker that never sleeps."""
    now = present()
    work(now)
    left = length
    while left:
        waiting = [
            model.objects.exclude(due_at=None).order_by("due_at").values_list("due_at", flat=True).first()
            for model in (Token, Heard)
        ]
        due = min(filter(None, waiting), default=None)
        assert due is None or due > now, (Token.objects.order_by("due_at").values(), waiting)
        step = min(left, due - now) if due else left
        age(step)
        left -= step
        work(now)


def lived() -> dict[int, list[str]]:
    """What rules and triggers really did, deal by deal; a trigger that left a deal alone did nothing."""
    found: dict[int, list[str]] = {pk: [] for pk in Deal.objects.values_list("pk", flat=True)}
    # A line without a rule is an entry that a trigger ended before anybody looked at it.
    for deal, name, state, reason in (
        Step.objects.exclude(rule="").order_by("pk").values_list("deal_id", "rule", "state", "reason")
    ):
        found[deal].append(f"{name} {state} {reason}")
    for deal, number, state in (
        Firing.objects.exclude(state="passed").order_by("pk").values_list("deal_id", "trigger_id", "state")
    ):
        found[deal].append(f"trigger:{number} {state} ")
    return {deal: sorted(said) for deal, said in found.items()}


def tried(pipeline: Any, since: dt.datetime) -> dict[int, list[str]]:
    """The same, of a replay."""
    one = services.prepare_backtest(pipeline, days=1, since=since, now=present())
    for past in one.past:
        one.replay.tell(past)
    one.replay.advance(one.until)
    found: dict[int, list[str]] = {pk: [] for pk in Deal.objects.values_list("pk", flat=True)}
    for each in one.replay.found:
        if each.told:
            line = each.told.line
            found[each.record_id].append(f"{line.rule} {line.state.value} {line.reason}")
        elif each.decided and each.decided.state != "passed":
            found[each.record_id].append(f"trigger:{each.decided.trigger_id} {each.decided.state} ")
    at = {pk: one.replay.stage_of(pk) for pk in found if pk in one.replay.records}
    assert at == {pk: stage for pk, stage in Deal.objects.values_list("pk", "stage_id") if pk in at}
    return {deal: sorted(said) for deal, said in found.items()}


ACTS = st.sampled_from(["set", "task", "comment", "move"])
WHENS = st.sampled_from([None, {"amount": 30}, IN_A_DAY, {"amount": 2, "unit": "days"}])
WHERES = st.sampled_from([[], ["amount.gt:1000"], ["lost_reason.empty"]])
RULES = st.lists(st.tuples(ACTS, WHENS, WHERES, st.booleans()), max_size=3)
KINDS = st.sampled_from(["field_changed", "responsible_changed", "deal_moved", "task_added"])
QUIETS = st.sampled_from([0, 0, 120, 600])
TRIGGERS = st.lists(st.tuples(KINDS, st.integers(0, 2), st.booleans(), st.booleans(), QUIETS), max_size=3)
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["move", "amount", "assign", "open", "delete"]),
        st.integers(0, 2),
        st.sampled_from([0, 5, 30, 700, 1500]),
    ),
    max_size=8,
)


def arranged(drawn: Sequence[Any], stages: Sequence[Stage], here: int) -> list[dict[str, Any]]:
    params = {
        "set": {"lost_reason": f"seen {here}"},
        "task": {"title": "Call"},
        "comment": {"text": "Hello"},
        "move": {"stage": stages[(here + 1) % 3].pk},
    }
    return [
        rule(f"r{here}{n}", act, params=params[act], where=where, follows=follows)
        | ({"when": when or {"amount": 10}} if when or act == "move" else {})
        for n, (act, when, where, follows) in enumerate(drawn)
    ]


def happen(one: tuple[str, int, int], stages: Sequence[Stage], people) -> None:
    what, number, _ = one
    ids = [Deal.objects.order_by("-pk").values_list("pk", flat=True)[0]]
    if what == "open":
        open_in(stages[number], amount=number * 1000)
    elif what == "move":
        deals.move_deals(deal_ids=ids, to=stages[number], by=SYSTEM)
    elif what == "assign":
        deals.assign_deals(deal_ids=ids, assignee=[people.ana, people.bruno, None][number], by=SYSTEM)
    elif what == "delete":
        deals.delete_deals(deal_ids=ids, by=SYSTEM)
        open_in(stages[number])
    else:
        deals.set_fields(deal_ids=ids, values={"amount": number * 1000}, by=SYSTEM)


@settings(
    max_examples=6,
    derandomize=True,  # hundreds were drawn while it was written; every run draws the same
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# A move forgets why a deal was lost; automatic moves are counted to the same depth.
@example(
    drawn=([("set", None, [], False)], [], [("set", None, ["lost_reason.empty"], False)]),
    armed=[],
    told=[("move", 2, 0)],
)
@example(
    drawn=([], [], [("move", None, [], False)]),
    armed=[("deal_moved", 2, False, True, 0)],
    told=[("move", 1, 700)],
)
# What happens again before it was quiet puts it off; what is told meanwhile by another trigger does not.
@example(
    drawn=([], [], [("set", None, [], False)]),
    armed=[("field_changed", 2, False, True, 600), ("responsible_changed", 1, False, False, 0)],
    told=[("amount", 1, 5), ("assign", 1, 5), ("amount", 2, 30)],
)
@given(drawn=st.tuples(RULES, RULES, RULES), armed=TRIGGERS, told=HAPPENINGS)
def test_a_backtest_is_the_live_run_on_the_same_history(stages, people, drawn, armed, told):
    for model in (Task, Firing, Step, Token, Heard, Event, Trigger, Deal):
        model.objects.all().delete()
    pipeline = make.pipeline()
    own = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]
    old = open_in(own[0])
    deals.move_deals(deal_ids=[old.pk], to=own[1], by=SYSTEM)
    age(DAY)
    for n, rules in enumerate(drawn):
        publish(own[n], *arranged(rules, own, n))
    for kind, to, back, hears, quiet in armed:
        params = {"field": "amount"} if kind == "field_changed" else {}
        trigger(own[to], kind, params=params, allows_back=back, hears_rules=hears, quiet_seconds=quiet)
    deal = open_in(own[0], amount=500)
    live(dt.timedelta(minutes=1))
    for one in told:
        happen(one, own, people)
        live(dt.timedelta(minutes=one[2] + 1))
    since = Event.objects.filter(deal_id=deal.pk).order_by("pk").values_list("at", flat=True)[0]

    assert tried(pipeline, since) == lived()


def test_it_says_to_whom_which_words_would_have_gone_and_sends_none(stages, people):
    deal = open_in(stages[0], amount=5000)
    small = open_in(stages[0], amount=10)
    services.arrange_rules(
        stage=stages[0],
        rules=[
            rule("ask", "task", params={"title": "Call Maria"}, where=["amount.gt:1000"]),
            rule("say", "comment", params={"text": "Hello"}, follows=True),
        ],
    )
    made = services.begin_backtest(pipeline=stages[0].pipeline, days=7, by=people.ana)
    services.run_backtest(workspace_id=people.ana.workspace_id, backtest_id=made.pk)

    rows = BacktestRow.objects.order_by("deal_id", "pk")
    assert list(rows.values_list("deal_id", "rule", "state", "reason")) == [
        (deal.pk, "ask", "applied", ""),
        (deal.pk, "say", "applied", ""),
        (small.pk, "ask", "skipped", "condition_false"),
        (small.pk, "say", "skipped", "chain_not_met"),
    ]
    assert rows[0].words == [{"kind": "task", "text": "Call Maria"}]
    assert (Backtest.objects.get().state, Backtest.objects.get().total) == ("done", 2)
    assert (Task.objects.count(), Step.objects.count(), Token.objects.count()) == (0, 0, 0)


def test_a_field_that_changed_since_says_what_it_said_then(stages, people):
    deal = open_in(stages[0], amount=5000)
    deals.set_fields(deal_ids=[deal.pk], values={"amount": 10}, by=SYSTEM)
    services.arrange_rules(stage=stages[0], rules=[rule("big", where=["amount.gt:1000"])])
    made = services.begin_backtest(pipeline=stages[0].pipeline, days=7, by=people.ana)
    services.run_backtest(workspace_id=people.ana.workspace_id, backtest_id=made.pk)

    assert list(BacktestRow.objects.values_list("rule", "state")) == [("big", "applied")]
    assert Deal.objects.get(pk=deal.pk).amount == 10


def test_programs_and_people_ask_for_one_and_read_it(stages, people, client_as):
    deal = open_in(stages[0], amount=5000)
    services.arrange_rules(stage=stages[0], rules=[rule("ask", "task", params={"title": "Call Maria"})])
    program = Program(people.ana, "deals:read", "deals:write")
    path = f"pipelines/{stages[0].pipeline_id}/backtest"
    assert program.get(path).status_code == 404
    assert program.send("post", path, {"days": 0}).status_code == 422
    assert program.send("post", path, {"days": 7}).json()["state"] == "waiting"
    services.run_backtest(workspace_id=people.ana.workspace_id, backtest_id=Backtest.objects.get().pk)
    found = program.get(path).json()
    assert (found["state"], found["done"], found["rules"][0]["count"]) == ("done", 1, 1)
    assert [one["applied"] for one in found["per_day"]] == [1]
    rows = program.get(f"{path}/rows", rule="ask", sort="deal").json()
    assert [(one["deal_id"], one["words"][0]["text"]) for one in rows["items"]] == [(deal.pk, "Call Maria")]
    assert program.get(f"{path}/rows", rule="other").json() == {"items": [], "next": None}

    browser = client_as(people.ana)
    here = reverse("automation:backtest", args=[stages[0].pipeline_id])
    page = browser.get(f"{here}?rule=ask").content.decode()
    assert "Call Maria" in page
    assert "would be done" in page
    assert browser.post(here, {"days": "30"}).status_code == 303
    assert Backtest.objects.get().days == 30
    assert 'hx-trigger="load delay:1s"' in browser.get(here).content.decode()


def test_whoever_may_not_arrange_rules_tries_none(stages, people, client_as):
    open_in(stages[0])
    here = reverse("automation:backtest", args=[stages[0].pipeline_id])
    program = Program(people.bruno, "deals:read", "deals:write")

    assert client_as(people.bruno).post(here, {"days": "30"}).status_code == 403
    assert program.send("post", f"pipelines/{stages[0].pipeline_id}/backtest", {}).status_code == 403
    assert not Backtest.objects.exists()
