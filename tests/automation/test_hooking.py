"""Rules that call other programs: what arrives, what follows, what is refused (S-TX, S-FAIL, S-SEC)."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from afluente.automation import services
from afluente.automation.selectors.params import params_of
from afluente.automation.services.actions import actions
from afluente.deals import services as deals
from afluente.delivery.models import Call
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import later, lines, open_in, publish, rule, work
from tests.delivery.hooking import call_in, endpoint, over, receiver

if TYPE_CHECKING:
    from afluente.deals.models import Deal, Stage

pytestmark = pytest.mark.django_db
NEXT = {"params": {"title": "Call"}, "follows": True}


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@pytest.fixture
def stages(ana) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}") for number in range(2)]


def hook(**params: Any) -> dict[str, Any]:
    return rule("hook", "webhook", params=params)


def ready(stage: Stage, name: str = "Ana") -> Deal:
    contact = make.contact(name="Camila Reis", emails=("camila@example.com",))
    return open_in(stage, contact_ids=[contact.pk], name=name)


def test_a_rule_calls_a_webhook_signed_and_what_follows_starts_when_it_was_taken(ana, stages, tmp_path):
    with receiver(tmp_path) as there:
        one, secret = endpoint(ana, there.url())
        publish(stages[0], hook(endpoint=one.pk), rule("next", "task", **NEXT))
        deal = ready(stages[0], 'Cozinha "azul"')
        work()
        assert lines(deal) == ["hook awaiting"]
        call_in(ana.workspace_id, one.pk)
        work()
    said = there.got[0].is_signed_with(secret)
    assert (said["type"], said["data"]["deal_id"]) == ("rule.webhook", deal.pk)
    assert said["data"]["deal"]["name"] == 'Cozinha "azul"'
    assert said["data"]["contact"]["email"] == "camila@example.com"
    assert lines(deal) == ["hook applied", "next applied"]
    assert Task.objects.count() == 1


def test_words_of_a_rule_become_json_whatever_a_deal_is_called(ana, stages, tmp_path):
    with receiver(tmp_path) as there:
        body = '{"what": "{{ deal.name }}", "who": "{{ contact.first_name | upcase }}"}'
        publish(
            stages[0],
            hook(url=there.url("/mine"), method="PUT", headers="X-Key: 7\nX-B: c", body=body),
        )
        deal = ready(stages[0], '", "admin": "yes')
        work()
        call_in(ana.workspace_id, None)
    (got,) = there.got
    assert got.said == {"what": '", "admin": "yes', "who": "CAMILA"}
    assert (got.method, got.path, got.headers["x-key"], got.headers["x-b"]) == ("PUT", "/mine", "7", "c")
    assert "webhook-signature" not in got.headers
    assert got.headers["webhook-id"].startswith("msg_")
    assert lines(deal) == ["hook applied"]


def test_what_is_refused_fails_and_what_is_away_is_tried_again_with_the_same_id(ana, stages, tmp_path):
    with receiver(tmp_path) as there:
        publish(stages[0], hook(url=there.url("/status/422")), rule("next", "task", **NEXT))
        refused = ready(stages[0])
        work()
        call_in(ana.workspace_id, None)
        work()
        assert lines(refused) == ["hook failed refused", "next skipped chain_not_met"]

        publish(stages[1], hook(url=there.url("/status/503")))
        away = ready(stages[1])
        work()
        call_in(ana.workspace_id, None)
        assert lines(away) == ["hook awaiting"]
        Call.objects.filter(state="queued").update(url=there.url())
        over()
        call_in(ana.workspace_id, None)
    assert lines(away) == ["hook applied"]
    _, first, again = there.got
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body


def test_case_48_a_call_that_waits_is_taken_back_when_the_deal_leaves(ana, stages, tmp_path):
    publish(stages[0], hook(url="http://127.0.0.1:1/"))
    deal = ready(stages[0])
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    assert Call.objects.get().state == "cancelled"
    assert lines(deal)[0] == "hook cancelled stage_left"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"url": "https://example.com/", "endpoint": 1},
        {"endpoint": 999},
        {"url": "http://127.0.0.1/"},
        {"url": "http://169.254.169.254/latest"},
        {"url": "nonsense"},
        {"url": "https://example.com/", "method": "TRACE"},
        {"url": "https://example.com/", "headers": "no colon"},
        {"url": "https://example.com/", "headers": "Host: other"},
        {"url": "https://example.com/", "body": "{{ contact.__class__ }}"},
        {"url": "https://example.com/", "body": "not json {{ deal.name }}"},
        {"url": "https://example.com/", "body": '{"a": "{% for i in (1..999999) %}x{% endfor %}"}'},
    ],
)
def test_case_98_a_rule_that_could_not_call_is_refused(stages, settings, params):
    settings.OUTBOUND_ALLOW = ()
    with pytest.raises(services.NotPublishableError):
        publish(stages[0], hook(**params))
    assert not Call.objects.exists()


def test_the_designer_asks_what_a_call_may_be_told(ana):
    one, _ = endpoint(ana, "https://example.com/", description="Accounting")
    names = {each.name: each for each in params_of("webhook")}
    assert set(names) == {"endpoint", "url", "method", "headers", "body", "waits", "hours", "goes_anyway"}
    assert (str(one.pk), "Accounting") in names["endpoint"].offered
    assert actions()["webhook"].is_outside


def answered(client, url: str, body: dict[str, Any] | None = None) -> int:
    """The status that the other program gets when it answers there."""
    path = "/hooks/" + url.partition("/hooks/")[2]
    return client.post(path, json.dumps(body or {}), content_type="application/json").status_code


def waiting(ana, stage: Stage, tmp_path, **more: Any) -> tuple[Deal, str]:
    """A deal whose call was taken and whose lane waits, and the address to answer at."""
    with receiver(tmp_path) as there:
        publish(stage, hook(url=there.url(), waits=True, **more), rule("next", "task", **NEXT))
        deal = ready(stage)
        work()
        call_in(ana.workspace_id, None)
        work()
    assert lines(deal) == ["hook awaiting"]
    return deal, there.got[0].said["data"]["answer"]["url"]


def test_case_28_the_lane_resumes_once_when_the_app_answers_and_wrong_answers_are_refused(
    ana, stages, tmp_path, client, caplog
):
    deal, url = waiting(ana, stages[0], tmp_path)
    assert answered(client, url[:-3] + "abc") == 404
    assert answered(client, url, {"state": "perhaps"}) == 422
    assert answered(client, url, {"state": "failed", "detail": "a\0b"}) == 400
    assert "not signed by us" in caplog.text
    work()
    assert lines(deal) == ["hook awaiting"]

    assert [answered(client, url), answered(client, url)] == [200, 409]
    work()
    assert lines(deal) == ["hook applied", "next applied"]
    assert Task.objects.count() == 1


def test_case_28_an_answer_that_comes_too_late_is_refused(ana, stages, tmp_path, client, caplog):
    deal, url = waiting(ana, stages[0], tmp_path, hours=2)
    work(later(dt.timedelta(hours=2)))
    assert lines(deal) == ["hook awaiting"]
    work(later(dt.timedelta(hours=3)))
    assert lines(deal)[0].startswith("hook unknown")
    assert answered(client, url) == 410
    assert "over" in caplog.text
    assert not Task.objects.exists()


def test_an_app_may_answer_that_it_failed(ana, stages, tmp_path, client):
    deal, url = waiting(ana, stages[0], tmp_path)
    assert answered(client, url, {"state": "failed", "detail": "No stock"}) == 200
    work()
    assert lines(deal) == ["hook failed refused", "next skipped chain_not_met"]


def test_an_answer_for_a_deal_that_left_changes_nothing(ana, stages, tmp_path, client):
    deal, url = waiting(ana, stages[0], tmp_path)
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    work()
    answered(client, url)
    work()
    assert not Task.objects.exists()


def test_a_call_that_fails_is_not_waited_for(ana, stages, tmp_path):
    with receiver(tmp_path) as there:
        publish(stages[0], hook(url=there.url("/status/422"), waits=True), rule("next", "task", **NEXT))
        deal = ready(stages[0])
        work()
        call_in(ana.workspace_id, None)
        work()
    assert lines(deal) == ["hook failed refused", "next skipped chain_not_met"]


def test_how_long_an_answer_is_waited_for_is_checked(ana, stages):
    for wrong in ({"hours": 0.5}, {"hours": 721}, {"method": "GET"}):
        with pytest.raises(services.NotPublishableError):
            publish(stages[0], hook(url="https://erp.example.com/in", waits=True, **wrong))
