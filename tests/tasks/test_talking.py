"""What people say about a task, and its history."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Reach
from afluente.tasks import services
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Comment, Event, Notification
from tests import make
from tests.calls import caller
from tests.tasks.test_policies import hire

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def test_a_comment_on_a_task_is_kept_shown_and_told_to_whom_it_names(client_as, people):
    task = make.task(title="Proposal", assignee=people.bruno)

    answer = client_as(people.ana).post(
        f"/tasks/{task.pk}/comments/", {"text": "Please look, @Bruno Lima"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert "Please look" in answer.content.decode()
    comment = Comment.objects.get()
    assert (comment.record, comment.event.task_id) == (("task", task.pk), task.pk)
    told = Notification.objects.get()
    assert (told.member_id, told.record_kind, told.record_id) == (people.bruno.pk, "task", task.pk)
    assert "Please look" in client_as(people.bruno).get("/notifications/").content.decode()


def test_without_script_a_comment_leads_back_and_an_empty_one_says_why(client_as, people):
    task, ana = make.task(title="Proposal"), client_as(people.ana)

    kept = ana.post(f"/tasks/{task.pk}/comments/", {"text": "Done by Friday"})
    refused = ana.post(f"/tasks/{task.pk}/comments/", {"text": "  "})

    assert (kept.status_code, kept["Location"]) == (303, f"/tasks/{task.pk}/")
    assert refused.status_code == 422
    assert "Write something first." in refused.content.decode()
    assert Comment.objects.count() == 1


def test_an_answer_and_a_change_lead_to_the_task(client_as, people):
    task, ana = make.task(title="Proposal"), client_as(people.ana)
    comment = timeline.add_comment(text="Look", by=people.ana, task_id=task.pk)

    ana.post(f"/comments/{comment.pk}/replies/", {"text": "I did"})
    changed = ana.post(f"/comments/{comment.pk}/", {"text": "Look again"})

    assert changed["Location"] == f"/tasks/{task.pk}/"
    assert Comment.objects.get(parent=comment).record == ("task", task.pk)
    page = ana.get(f"/tasks/{task.pk}/").content.decode()
    assert "Look again" in page
    assert "1 reply" in page


def test_who_does_not_see_a_task_reads_no_word_about_it(client_as, people):
    hidden = make.task(title="Salaries", assignee=people.ana)
    comment = timeline.add_comment(text="Nobody may know", by=people.ana, task_id=hidden.pk)
    nina = client_as(hire(people, Reach.OWN))

    answers = [
        nina.get(f"/tasks/{hidden.pk}/"),
        nina.get(f"/comments/{comment.pk}/replies/"),
        nina.post(f"/tasks/{hidden.pk}/comments/", {"text": "Hm"}),
        nina.get("/comments/people/", {"task": hidden.pk}),
    ]

    assert [answer.status_code in {403, 404} for answer in answers] == [True] * 4
    assert Comment.objects.count() == 1


def test_the_history_of_a_task_has_each_change_once_and_does_not_repeat_its_name(client_as, people, by):
    contact, deal = make.contact(), make.deal()
    (pk,) = services.create_tasks(
        tasks=[services.NewTask(title="Proposal", contact_ids=[contact.pk], deal_ids=[deal.pk])], by=by
    )
    services.change_tasks(task_ids=[pk], changes={"title": "Offer"}, by=by)
    services.complete_tasks(task_ids=[pk], by=by)

    kinds = list(Event.objects.filter(task_id=pk).order_by("pk").values_list("kind", flat=True))
    shown = client_as(people.ana).get(f"/tasks/{pk}/", headers={**HTMX, "HX-Target": "div#history"})

    assert kinds == ["task.created", "task.changed", "task.completed"]
    page = shown.content.decode()
    said = re.findall(r"<p>\s*(Task added|Task changed|Task done)\s", page)
    assert said == ["Task done", "Task changed", "Task added"]
    assert "Proposal" in page
    assert f'href="/tasks/{pk}/"><b>' not in page
    assert 'id="task-page"' not in page


def test_a_history_costs_the_same_however_much_was_said(client_as, people):
    counts = []
    for number in (1, 3):
        task = make.task(title=f"Task {number}")
        for n in range(number):
            comment = timeline.add_comment(text=f"Word {n}", by=people.ana, task_id=task.pk)
            timeline.add_comment(text="Yes", by=people.bruno, parent=comment)
        ana = client_as(people.ana)
        ana.get(f"/tasks/{task.pk}/")
        with CaptureQueriesContext(connection) as queries:
            ana.get(f"/tasks/{task.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_programs_write_and_read_what_is_said_about_a_task(people, by):
    task, other = make.task(title="Proposal"), make.task(title="Other")
    call = caller(people.ana, ("tasks:read", "tasks:write"))

    status, made = call("POST", f"/tasks/{task.pk}/comments", {"text": "Look", "mentions": []})
    _, answer = call("POST", f"/tasks/{task.pk}/comments", {"text": "Yes", "parent_id": made["id"]})
    _, listed = call("GET", f"/tasks/{task.pk}/comments")
    _, changed = call("PATCH", f"/tasks/{task.pk}/comments/{made['id']}", {"text": "Look here"})
    elsewhere, _ = call("PATCH", f"/tasks/{other.pk}/comments/{made['id']}", {"text": "No"})
    services.change_tasks(task_ids=[task.pk], changes={"priority": 3}, by=by)
    _, history = call("GET", f"/tasks/{task.pk}/history")
    gone, _ = call("DELETE", f"/tasks/{task.pk}/comments/{made['id']}")
    back, _ = call("POST", f"/tasks/{task.pk}/comments/{made['id']}/restoration")

    assert (status, answer["parent_id"], elsewhere, gone, back) == (201, made["id"], 404, 204, 200)
    assert [(one["id"], one["reply_count"]) for one in listed["items"]] == [(made["id"], 1)]
    assert changed["text"] == "Look here"
    assert history["items"][0]["kind"] == "task.changed"
    assert history["items"][0]["data"]["priority"] == [2, 3]
    assert call("GET", f"/tasks/{task.pk + 999}/comments")[0] == 404


def test_a_scope_of_contacts_does_not_open_what_is_said_about_tasks(people):
    task = make.task(title="Proposal")

    status, _ = caller(people.ana, ("contacts:read",))("GET", f"/tasks/{task.pk}/comments")

    assert status == 403
