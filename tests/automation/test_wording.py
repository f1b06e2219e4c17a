"""Words of the deal in the texts of rules: refused by name, filled in for each deal, looked at while they are written."""

from __future__ import annotations

import pytest
from django.urls import reverse

from afluente.automation import services
from afluente.deals.models import Deal, Stage
from afluente.delivery.models import Channel, Template
from afluente.kernel import clock
from afluente.tasks.models import Task
from afluente.timeline.models import Comment, Notification
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db

TITLE = "Call {{ contact.first_name }} about {{ deal.name }}"


@pytest.fixture
def stages(ana) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}") for number in range(2)]


def of(stage: Stage, person: str, name: str, **more) -> Deal:
    return open_in(stage, name=name, contact_ids=[make.contact(name=person).pk], **more)


def test_each_deal_gets_its_own_words(ana, stages):
    publish(
        stages[0],
        rule("task", "task", params={"title": TITLE, "description": "{{ deal.stage }}"}),
        rule("say", "comment", params={"text": "{{ contact.name }} came in"}),
        rule("tell", "notify", params={"text": "{{ deal.name }}", "to": [f"member:{ana.pk}"]}),
        rule("copy", "copy", params={"stage": stages[1].pk, "name": "Again: {{ deal.name }}"}),
    )
    given = [of(stages[0], *each) for each in (("Lia Prado", "Roof"), ("Rui Melo", "Door"))]
    work()

    assert [lines(deal) for deal in given] == [
        ["task applied", "say applied", "tell applied", "copy applied"]
    ] * 2
    assert set(Task.objects.values_list("title", "description")) == {
        ("Call Lia about Roof", "S0"),
        ("Call Rui about Door", "S0"),
    }
    assert set(Comment.objects.values_list("text", flat=True)) == {"Lia Prado came in", "Rui Melo came in"}
    told = Notification.objects.filter(kind="automation_notice").values_list("data__text", flat=True)
    assert set(told) == {"Roof", "Door"}
    assert set(Deal.objects.filter(stage=stages[1]).values_list("name", flat=True)) == {
        "Again: Roof",
        "Again: Door",
    }


def test_what_an_earlier_rule_of_the_moment_changed_is_said_as_it_is_now(ana, stages):
    publish(
        stages[0],
        rule("set", "set", params={"name": "Renamed"}),
        rule("task", "task", params={"title": "Look at {{ deal.name }}"}),
    )
    of(stages[0], "Lia", "Roof")
    work()
    assert Task.objects.get().title == "Look at Renamed"


def test_a_variable_that_is_not_known_is_refused_by_its_name(ana, stages):
    params = {"title": "Call {{ contact.nickname }}"}
    with pytest.raises(services.NotPublishableError) as refused:
        publish(stages[0], rule("task", "task", params=params))
    assert refused.value.problems == {0: ["title: There is no variable contact.nickname."]}
    for action, more in (("comment", {}), ("post", {"to": ["responsible"]})):
        params = {"text": "{{ deal.nothing }}", **more}
        with pytest.raises(services.NotPublishableError):
            publish(stages[1], rule("say", action, params=params))


def test_a_text_that_would_grow_without_end_fails_alone(ana, stages):
    growing = "{% assign a = deal.name %}" + "{% assign a = a | append: a %}" * 9 + "{{ a }}"
    publish(
        stages[0],
        rule("say", "comment", params={"text": growing}),
        rule("ok", "task", params={"title": "Call"}),
    )
    deal = of(stages[0], "Lia", "R" * 200)
    work()
    assert sorted(lines(deal)) == ["ok applied", "say failed template"]
    assert list(Task.objects.values_list("title", flat=True)) == ["Call"]


def test_only_a_text_with_variables_reads_what_the_deals_may_say(ana, stages, django_assert_max_num_queries):
    def reads(title: str) -> bool:
        publish(stages[0], rule("task", "task", params={"title": title}))
        of(stages[0], "Lia", "Roof")
        with django_assert_max_num_queries(400) as seen:
            work()
        return any("contacts_contactphone" in one["sql"] for one in seen.captured_queries)

    assert [reads("Call"), reads("Call {{ contact.phone }}")] == [False, True]


def test_the_editor_shows_what_a_text_says_about_a_deal(ana, stages, client_as):
    other = of(stages[1], "Rui Melo", "Door")
    of(stages[0], "Lia Prado", "Roof")
    browser, url = client_as(ana), reverse("automation:rule_preview", args=[stages[0].pk])
    fields = {"action": "task", "title": "", "p-title": TITLE}

    editor = browser.get(reverse("automation:rule_new", args=[stages[0].pk])).content.decode()
    assert "{{ contact.first_name }}" in editor
    assert url in editor
    assert "Call Lia about Roof" in browser.post(url, fields).content.decode()
    assert "Call Rui about Door" in browser.post(url, fields | {"deal": other.pk}).content.decode()
    assert "Zulu" not in browser.post(url, {"action": "modify", "p-title": "Zulu"}).content.decode()
    broken = browser.post(url, fields | {"p-title": "{{ deal.name"}).content.decode()
    assert 'role="alert"' in broken


def test_the_editor_shows_a_template_as_the_letter_it_becomes(ana, stages, client_as):
    of(stages[0], "Lia <i>Prado", "Roof")
    template = Template.objects.create(
        channel=Channel.EMAIL,
        name="Hello",
        subject="Hi",
        body="**{{ contact.name }}**",
        updated_at=clock.now(),
    )
    url = reverse("automation:rule_preview", args=[stages[0].pk])
    shown = client_as(ana).post(url, {"action": "email", "p-template": template.pk}).content.decode()
    assert "<b>Hi</b>" in shown
    assert "<strong>Lia &lt;i&gt;Prado</strong>" in shown


def test_who_may_not_configure_sees_no_preview(people, stages, client_as):
    url = reverse("automation:rule_preview", args=[stages[0].pk])
    assert client_as(people.bruno).post(url, {"action": "task"}).status_code == 403
