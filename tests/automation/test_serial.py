"""What the engine does with sets equals what its slow twin does one by one; properties (a), (b), (c), (e), (f)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from afluente.automation import services
from afluente.automation.engine import timing
from afluente.automation.engine.limits import MOST_OF_ROOT
from afluente.automation.models import SHARDS, Heard, Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Comment, Event
from tests import make
from tests.automation.arranging import open_in, publish, rule
from tests.automation.serial import Record, Serial
from tests.automation.test_backtests import age, present

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db

ACTS = st.sampled_from(["set", "task", "comment", "move"])
WHENS = st.sampled_from([None, {"amount": 30}, {"amount": 2, "unit": "hours"}, {"amount": 1, "unit": "days"}])
WHERES = st.sampled_from([[], [], ["amount.gt:1000"], ["amount.lt:1000"]])
RULES = st.lists(
    st.tuples(ACTS, WHENS, WHERES, st.booleans(), st.booleans(), st.sampled_from([0, 1500])), max_size=5
)
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["move", "amount", "delete", "restore", "open"]),
        st.integers(0, 2),  # which stage, or what amount
        st.integers(0, 2),  # which deal
        st.sampled_from([0, 0, 7, 30, 150, 1500]),  # how long nothing happens then, in minutes
        st.sampled_from(["works", "works", "sleeps", "dies"]),  # what the worker does meanwhile
    ),
    max_size=9,
)


def arranged(drawn: Sequence[Any], here: int) -> list[dict[str, Any]]:
    """Rules of a stage for the twin; a move waits a day, so that circles stay short of their limit."""
    params = {"task": {"title": "Call"}, "comment": {"text": "Hello"}}
    made = []
    for n, (act, when, where, follows, skipped, amount) in enumerate(drawn):
        one = rule(f"r{here}{n}", act, params=params.get(act, {"amount": str(amount)}), where=where)
        one |= {"follows": follows, "or_skipped": skipped}
        if when or act == "move":
            one["when"] = {"amount": 1, "unit": "days"} if act == "move" else when
        made.append(one | ({"to": (here + 1) % 3} if act == "move" else {}))
    return made


def for_product(rules: Sequence[dict[str, Any]], stages: Sequence[Stage]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.items() if name != "to"}
        | ({"params": {"stage": stages[one["to"]].pk}} if one["action"] == "move" else {})
        for one in rules
    ]


class Live:
    """The product, whose worker works, sleeps, or dies before it commits and comes back."""

    def __init__(self, stages: Sequence[Stage], twin: Serial) -> None:
        self.stages, self.twin = stages, twin
        self.ids: list[int] = []

    def happen(self, what: str, number: int, which: int) -> None:
        if what == "open" or not self.ids:
            self.ids.append(open_in(self.stages[number], amount=number * 1000).pk)
            self.twin.open(number, number * 1000)
            return
        pk, record = self.ids[which % len(self.ids)], self.twin.records[which % len(self.ids)]
        if what == "move" and not record.is_gone:
            deals.move_deals(deal_ids=[pk], to=self.stages[number], by=SYSTEM)
            self.twin.move(record, number)
        elif what == "amount" and not record.is_gone:
            deals.set_fields(deal_ids=[pk], values={"amount": number * 1000}, by=SYSTEM)
            record.amount = number * 1000
        elif what == "delete" and not record.is_gone:
            deals.delete_deals(deal_ids=[pk], by=SYSTEM)
            self.twin.delete(record)
        elif what == "restore" and record.is_gone:
            deals.restore_deals(deal_ids=[pk], by=SYSTEM)
            self.twin.restore(record)

    def live(self, length: int, how: str) -> None:
        """Let so many minutes pass for both."""
        while length:
            if how != "sleeps":
                self.work(dies=how == "dies")
            due = (
                Token.objects.exclude(due_at=None).order_by("due_at").values_list("due_at", flat=True).first()
            )
            wait = round((due - present()).total_seconds() / 60) if due and how != "sleeps" else length
            step = min(length, max(wait, 1))
            age(dt.timedelta(minutes=step))
            self.twin.now += step
            length -= step
        if how != "sleeps":
            self.work(dies=how == "dies")

    def work(self, *, dies: bool) -> None:
        shards, now = range(SHARDS), present()
        if dies:
            with transaction.atomic():
                services.run_due(shards=shards, now=now)
                transaction.set_rollback(True)
        services.route(now=now)
        while services.run_due(shards=shards, now=now):
            services.route(now=now)
        self.twin.work()


def seen(pk: int) -> Record:
    """A deal as the product left it, in the words of the twin."""
    deal = Deal.objects.get(pk=pk)
    steps = Step.objects.filter(deal_id=pk).order_by("pk").values_list("rule", "state", "reason")
    said = [" ".join(filter(None, step)) if step[0] else f" {step[1]} {step[2]}" for step in steps]
    return Record(
        stage=list(
            Stage.objects.filter(pipeline_id=deal.pipeline_id, kind="open", name__startswith="S").order_by(
                "position"
            )
        ).index(deal.stage),
        amount=int(deal.amount),
        is_gone=deal.deleted_at is not None,
        lines=[line for line in said if " cancelled " not in line],
        ended=sorted(line for line in said if " cancelled " in line),
        made=["comment"] * Comment.objects.filter(deal_id=pk).count()
        + ["task"] * Task.objects.filter(deals=pk).count(),
    )


@settings(
    max_examples=12,
    derandomize=True,  # a thousand were drawn while it was written; every run draws the same
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.tuples(RULES, RULES, RULES), told=HAPPENINGS)
def test_sets_come_to_what_the_serial_twin_comes_to(people, drawn, told):
    for model in (Comment, Task, Step, Token, Heard, Event, Deal):
        model.objects.all().delete()
    pipeline = make.pipeline()
    stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]
    written = {n: arranged(rules, n) for n, rules in enumerate(drawn)}
    for n, rules in written.items():
        if rules:
            publish(stages[n], *for_product(rules, stages))
    twin = Serial({n: rules for n, rules in written.items() if rules})
    both = Live(stages, twin)
    both.happen("open", 0, 0)
    both.live(1, "works")
    for what, number, which, length, how in told:
        both.happen(what, number, which)
        both.live(length, how)
    both.live(1, "works")

    for pk, record in zip(both.ids, twin.records, strict=True):
        found = seen(pk)
        said = (written, told, found, record)
        assert (found.stage, found.amount, found.is_gone) == (record.stage, record.amount, record.is_gone), (
            said
        )
        assert found.lines == record.lines, said
        assert found.ended == sorted(record.ended), said
        assert found.made == sorted(record.made), said
        _ends_once_and_never_late(pk)


def _ends_once_and_never_late(pk: int) -> None:
    """(a) each step has one end; (b) nothing of an old entry happens after the move."""
    steps = list(Step.objects.filter(deal_id=pk).order_by("pk").values_list("definition_id", "epoch", "rule"))
    assert len(set(steps)) == len(steps)
    epochs = [epoch for _, epoch, _ in steps]
    assert epochs == sorted(epochs)


LOOPING = st.lists(
    st.tuples(st.sampled_from(["set", "comment", "move"]), st.integers(0, 2), st.booleans()), max_size=60
)


@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(
    drawn=(
        [("set", 0, False)] * 59 + [("move", 1, False)],
        [("set", 0, False)] * 60 + [("move", 0, False)],
        [],
    )
)
@given(drawn=st.tuples(LOOPING, LOOPING, LOOPING))
def test_one_event_leads_to_no_more_steps_than_the_limit(people, drawn):
    """(f) whatever circles stages make: every chain ends, and within its limit."""
    pipeline = make.pipeline()
    stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]
    params = {"set": {"amount": "2000"}, "comment": {"text": "Hello"}}
    for here, rules in enumerate(drawn):
        written = [
            rule(
                f"r{n}",
                act,
                params=params.get(act, {"stage": stages[to].pk}),
                follows=follows,
                where=["amount.gt:0"],
            )
            for n, (act, to, follows) in enumerate(rules)
            if act != "move" or to != here
        ]
        if written:
            publish(stages[here], *written)
    deal = open_in(stages[0], amount=1000)
    while services.run_due(shards=range(SHARDS), now=present()):
        pass

    assert not Token.objects.filter(deal=deal).exists()
    roots = Step.objects.filter(deal=deal).exclude(state="cancelled").values_list("root_id", flat=True)
    assert all(count <= MOST_OF_ROOT for count in Counter(roots).values()), Counter(roots)


MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minute: dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
)


@settings(max_examples=300, deadline=None)
@given(
    first=MOMENTS,
    gap=st.timedeltas(dt.timedelta(hours=1), dt.timedelta(days=400)),
    amount=st.integers(-40, 40),
    unit=st.sampled_from(timing.Unit),
    at=st.sampled_from([None, dt.time(2, 30), dt.time(9)]),
    zone=st.sampled_from(["America/Sao_Paulo", "Europe/Warsaw", "America/New_York", "UTC"]),
)
def test_a_later_date_is_never_due_earlier(first, gap, amount, unit, at, zone):
    """(e). Two moments of one hour that a clock skips may change places: the earlier is put forward by it."""
    when = timing.When(
        anchor=timing.Anchor.FIELD,
        interval=timing.Interval(amount, unit),
        field="due",
        at=at,
        if_past=timing.IfPast.RUN,
    )
    long_ago = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
    earlier, later = (
        timing.plan(when, since=moment, zone=ZoneInfo(zone), now=long_ago) for moment in (first, first + gap)
    )
    assert isinstance(earlier, timing.Due)
    assert isinstance(later, timing.Due)
    assert earlier.at <= later.at
