"""What is inside a task: its checklist and its subtasks."""

from __future__ import annotations

import pytest

from afluente.tasks import services
from afluente.tasks.models import CheckItem, Task
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def words(task):
    return list(CheckItem.objects.filter(task=task).order_by("position").values_list("text", flat=True))


def test_a_checklist_is_written_ordered_ticked_and_cleared(client_as, people, by):
    task, ana = make.task(title="Proposal"), client_as(people.ana)

    for text in ("Read", "Write", "Send"):
        ana.post(f"/tasks/{task.pk}/items/", {"text": text}, headers=HTMX)
    read, write, send = CheckItem.objects.order_by("pk")
    ana.post(f"/tasks/{task.pk}/items/", {"order": f"{send.pk},{read.pk},{write.pk}"}, headers=HTMX)
    ana.post(f"/tasks/{task.pk}/items/{read.pk}/", {"text": "Read twice"}, headers=HTMX)
    shown = ana.post(f"/tasks/{task.pk}/items/{send.pk}/", {"done": "1"}, headers=HTMX)
    gone = ana.post(f"/tasks/{task.pk}/items/{write.pk}/", {"remove": "1"})

    assert words(task) == ["Send", "Read twice"]
    assert '<span class="n m3">1/3</span>' in shown.content.decode()
    assert gone["Location"] == f"/tasks/{task.pk}/"
    assert CheckItem.objects.get(pk=send.pk).done_by == people.ana
    assert Event.objects.filter(kind="task.items_changed").count() == 7


@pytest.mark.parametrize("text", ["", "  ", "x" * 251])
def test_an_item_says_something_and_has_a_length(client_as, people, text):
    task = make.task(title="Proposal")

    answer = client_as(people.ana).post(f"/tasks/{task.pk}/items/", {"text": text}, headers=HTMX)

    assert answer.status_code == 422
    assert not CheckItem.objects.exists()


def test_an_item_of_another_task_is_not_found(client_as, people, by):
    task, other = make.task(title="Proposal"), make.task(title="Other")
    (number,) = services.add_items(task_id=other.pk, texts=["Read"], by=by)

    answer = client_as(people.ana).post(f"/tasks/{task.pk}/items/{number}/", {"remove": "1"})

    assert answer.status_code == 404
    assert words(other) == ["Read"]


def test_a_subtask_is_added_and_counts_on_its_parent(client_as, people, by):
    task, ana = make.task(title="Proposal", assignee=people.bruno), client_as(people.ana)

    ana.post(f"/tasks/{task.pk}/subtasks/", {"value": "Ask for the price"}, headers=HTMX)
    below = Task.objects.get(parent=task)
    services.complete_tasks(task_ids=[below.pk], by=by)
    page = ana.get(f"/tasks/{task.pk}/").content.decode()

    assert (below.board_id, below.assignee) == (task.board_id, people.bruno)
    assert "Ask for the price" in page
    assert '<span class="n m3">1/1</span>' in page
    assert ">1/1</span>" in ana.get(f"/tasks/boards/{task.board_id}/").content.decode()
    assert "Proposal" in ana.get(f"/tasks/{below.pk}/").content.decode()


def test_a_task_never_stands_below_itself(client_as, people, by):
    above, middle, below = (make.task(title=title) for title in ("Above", "Middle", "Below"))
    services.set_parent(task_ids=[middle.pk], parent_id=above.pk, by=by)
    services.set_parent(task_ids=[below.pk], parent_id=middle.pk, by=by)

    for parent in (above, below):
        with pytest.raises(services.TaskRefusedError, match="subtask of itself"):
            services.set_parent(task_ids=[above.pk], parent_id=parent.pk, by=by)
    answer = client_as(people.ana).post(f"/tasks/{above.pk}/subtasks/", {"parent": below.pk}, headers=HTMX)

    assert answer.status_code == 422
    assert list(Task.objects.order_by("pk").values_list("parent_id", flat=True)) == [
        None,
        above.pk,
        middle.pk,
    ]
    assert services.set_parent(task_ids=[below.pk], parent_id=None, by=by) == [below.pk]


def test_a_task_is_put_below_another_on_screen_and_never_in_a_circle(client_as, people, by):
    launch, proposal, hidden = (make.task(title=one) for one in ("Launch", "Proposal", "Launch party"))
    Task.objects.filter(pk=hidden.pk).update(parent_id=proposal.pk)
    ana = client_as(people.ana)

    offered = ana.get(f"/tasks/{proposal.pk}/parents/", {"q": "laun"}, headers=HTMX).content.decode()
    page = ana.get(f"/tasks/{proposal.pk}/parents/", {"q": "nothing of the kind"}).content.decode()
    done = ana.post(f"/tasks/{proposal.pk}/subtasks/", {"parent": launch.pk}, headers=HTMX)
    circle = ana.post(f"/tasks/{launch.pk}/subtasks/", {"parent": hidden.pk}, headers=HTMX)

    assert f'value="{launch.pk}"' in offered
    assert f'value="{hidden.pk}"' not in offered
    assert "Nothing found" in page
    assert "Part of" in done.content.decode()
    assert circle.status_code == 422
    assert "A task cannot be a subtask of itself" in circle.content.decode()
    assert Task.objects.get(pk=proposal.pk).parent_id == launch.pk
    assert Task.objects.get(pk=launch.pk).parent_id is None
