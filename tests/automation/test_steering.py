"""What people do to steps that wait: run now, skip, stop and back, begin the stage anew."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse

from afluente.automation import selectors, services, statements
from afluente.automation.models import Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, later, lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db
ANA = Actor("member", 1, "Ana")


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(2)]


def token(deal, name):
    return Token.objects.get(deal=deal, rule=name)


def url(deal, name, *more):
    return reverse(f"automation:{name}", args=[deal.pk, *more])


def page(browser, deal):
    return browser.get(f"{reverse('deals:deal', args=[deal.pk])}?tab=automation").content.decode()


def test_a_step_that_waits_is_run_now_and_its_condition_is_still_asked(stages):
    publish(
        stages[0],
        rule("a", when=IN_A_DAY),
        rule("b", when=IN_A_DAY, where=["amount.gt:1000"]),
        rule("c", follows=True, when=IN_A_DAY),
        rule("d", when={"anchor": "field", "field": "due", "amount": -1, "unit": "days"}),
    )
    deal = open_in(stages[0])
    work()
    for name in ("a", "b", "d"):
        services.run_step(deal_id=deal.pk, token_id=token(deal, name).pk, by=ANA)
    work()

    assert sorted(lines(deal)) == [
        "a applied",
        "b skipped condition_false",
        "c skipped chain_not_met",
        "d applied",
    ]
    assert Event.objects.filter(kind="automation.hurried").count() == 3
    assert work(later(3 * DAY)) == 0


def test_a_rule_outside_working_hours_is_run_when_a_person_says_so(stages):
    services.save_company_week(week=[[] for _ in range(6)] + [[[0, 1]]])
    publish(stages[0], rule("a", company_hours=True))
    deal = open_in(stages[0])
    work()
    if not Token.objects.filter(deal=deal, rule="a").exists():
        pytest.fail(f"It does not wait: {lines(deal)}")

    services.run_step(deal_id=deal.pk, token_id=token(deal, "a").pk, by=ANA)
    work()
    assert lines(deal) == ["a applied"]


def test_a_skipped_step_is_told_and_what_follows_goes_on_as_after_any_other(stages):
    publish(
        stages[0],
        rule("a", when=IN_A_DAY),
        rule("after", follows=True),
        rule("b", when=IN_A_DAY),
        rule("anyway", follows=True, or_skipped=True),
    )
    deal = open_in(stages[0])
    work()
    for name in ("a", "b"):
        services.skip_step(deal_id=deal.pk, token_id=token(deal, name).pk, by=ANA)
    work()

    assert sorted(lines(deal)) == [
        "a skipped skipped_by_user",
        "after skipped chain_not_met",
        "anyway applied",
        "b skipped skipped_by_user",
    ]


def test_what_is_stopped_comes_back_in_the_same_entry_only(stages):
    publish(stages[0], rule("a", when=IN_A_DAY), rule("b", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    before = list(Token.objects.order_by("rule").values_list("rule", "node", "due_at"))
    stopped = services.stop_steps(deal_id=deal.pk, by=ANA)
    assert lines(deal) == ["a cancelled stopped_by_user", "b cancelled stopped_by_user"]

    assert services.continue_steps(deal_id=deal.pk, stopped=stopped, by=ANA) == 2
    assert list(Token.objects.order_by("rule").values_list("rule", "node", "due_at")) == before
    services.stop_steps(deal_id=deal.pk, by=ANA)
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=ANA)
    assert services.continue_steps(deal_id=deal.pk, stopped=stopped, by=ANA) == 0
    assert not Token.objects.exists()


def test_the_stage_begins_anew_with_an_entry_of_its_own(stages):
    publish(stages[0], rule("a"), rule("b", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    services.restart_rules(deal_id=deal.pk, by=ANA)
    work()

    assert lines(deal) == ["a applied", "b cancelled stage_left", "a applied"]
    assert Deal.objects.get(pk=deal.pk).stage_epoch == deal.stage_epoch + 1
    assert not Event.objects.filter(kind="deal.moved").exists()
    entries = {(one.entry, one.rule): one.state for one in selectors.explain(Deal.objects.get(pk=deal.pk))}
    assert entries == {(2, "a"): "applied", (2, "b"): "scheduled", (1, "a"): "applied", (1, "b"): "cancelled"}


def test_what_waits_no_longer_is_said_to_be_gone_and_nothing_changes(stages):
    definition = publish(stages[0], rule("a", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    gone = token(deal, "a").pk
    services.pause_rules(definition=definition)
    for act in (services.run_step, services.skip_step):
        with pytest.raises(services.StepGoneError):
            act(deal_id=deal.pk, token_id=gone, by=ANA)
        with pytest.raises(services.StepGoneError):
            act(deal_id=deal.pk, token_id=gone + 99, by=ANA)
    assert lines(deal) == []
    assert token(deal, "a").due_at > statements.database_now()


def test_the_tab_says_for_every_rule_why_and_offers_what_a_person_may_do(stages, people, client_as):
    publish(
        stages[0],
        rule("small", "task", params={"title": "Call"}, where=["amount.gt:5000"]),
        rule("wait", "comment", params={"text": "Hello"}, when=IN_A_DAY),
    )
    publish(stages[1], rule("elsewhere", "comment", params={"text": "There"}))
    deal = open_in(stages[0], amount=4800)
    work()
    shown = page(client_as(people.ana), deal)

    assert "Amount is more than 5.000: it was R$\xa04.800" in shown
    assert "Its time has not come" in shown
    assert "Run it now" in shown
    assert "Stages where the deal never was" in shown
    assert "The deal was never in that stage" in shown


def test_case_54_stopping_one_deal_leaves_the_others_alone_and_says_who_did_it(stages, people, client_as):
    publish(stages[0], rule("a", when=IN_A_DAY))
    deal, other = open_in(stages[0]), open_in(stages[0])
    work()
    viewer = client_as(make.member(name="Vera", role="analyst"))
    assert viewer.post(url(deal, "steering"), {"act": "stop"}).status_code in {403, 404}
    assert token(deal, "a")

    client_as(people.ana).post(url(deal, "steering"), {"act": "stop"})

    assert lines(deal) == ["a cancelled stopped_by_user"]
    assert Event.objects.get(kind="automation.stopped", deal_id=deal.pk).actor_name == people.ana.user.name
    assert people.ana.user.name in page(client_as(people.ana), deal)
    assert token(other, "a").state == "scheduled"


def test_case_116_the_tab_of_a_deal_with_ten_thousand_steps_reads_one_page(
    stages, people, client_as, django_assert_max_num_queries
):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])
    work()
    known = Step.objects.get()
    old = {name: getattr(known, name) for name in ("definition_id", "version", "rule", "deal_id", "ended_at")}
    Step.objects.bulk_create(Step(**old, state="cancelled", epoch=-number) for number in range(10_000))
    browser = client_as(people.ana)
    page(browser, deal)
    with django_assert_max_num_queries(80):
        page(browser, deal)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        selectors.look_back(deal)
        times.append(time.perf_counter() - began)

    assert min(times) < 0.2, times


def test_how_many_queries_the_tab_takes_does_not_grow(
    stages, people, client_as, django_assert_max_num_queries
):
    browser = client_as(people.ana)
    publish(stages[0], rule("a", where=["amount.gt:5000"]))
    deal = open_in(stages[0])
    work()
    page(browser, deal)
    with django_assert_max_num_queries(80) as few:
        page(browser, deal)
    publish(stages[1], *[rule(f"r{n}", where=["amount.gt:5000"]) for n in range(5)])
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=ANA)
    work()
    with django_assert_max_num_queries(80) as many:
        page(browser, deal)
    assert len(many) == len(few)


def test_buttons_do_what_they_say_and_a_stop_has_a_way_back(stages, people, client_as):
    browser = client_as(people.ana)
    publish(stages[0], rule("a", when=IN_A_DAY), rule("b", when=IN_A_DAY), rule("c", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    for act, name in (("run", "a"), ("skip", "b")):
        assert (
            browser.post(url(deal, "steering"), {"act": act, "step": token(deal, name).pk}).status_code == 303
        )
    work()
    assert lines(deal) == ["b skipped skipped_by_user", "a applied"]

    browser.post(url(deal, "steering"), {"act": "stop"})
    assert "Stopped 1 step." in page(browser, deal)
    browser.post(f"{url(deal, 'steering')}?act=continue")
    assert token(deal, "c")
    browser.post(url(deal, "steering"), {"act": "run", "step": "x"})
    assert "does not wait any more" in page(browser, deal)
    assert browser.post(url(deal, "steering"), {"act": "fly"}).status_code == 404


def test_whoever_may_only_look_steers_nothing(stages, people, client_as):
    publish(stages[0], rule("a", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    viewer = client_as(make.member(name="Vera", role="analyst"))
    for data in ({"act": "stop"}, {"act": "restart"}, {"act": "run", "step": token(deal, "a").pk}):
        assert viewer.post(url(deal, "steering"), data).status_code in {403, 404}
    assert token(deal, "a").state == "scheduled"
    assert lines(deal) == []
