"""Finding tasks by the words of their titles, wherever something is typed."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from afluente.accounts.models import Reach
from afluente.tasks import selectors, services
from afluente.tasks.models import Task, TaskObserver, TaskSearch
from afluente.tasks.selectors import wording
from afluente.tasks.selectors.finding import find_tasks
from afluente.timeline.events import SYSTEM
from tests import make
from tests.tasks.test_policies import hire

pytestmark = pytest.mark.django_db


def named(member, typed: str, limit: int = 5) -> list[str]:
    return [row.title for row in find_tasks(member, typed, limit)]


def listed(member, typed: str) -> list[str]:
    said = QueryDict(mutable=True)
    said["q"] = typed
    asked = selectors.TaskFilter.read(said)
    page = selectors.table(member=member, asked=asked, state="all")
    return [row.task.title for row in page.rows]


@pytest.mark.parametrize("few", [wording.FEW, 0], ids=["by number", "along the order"])
@pytest.mark.parametrize(
    "typed", ["vortanelo", "VORT", "ligar vorta", "são", "sao vort", "(novo)", "novo", "7-b"]
)
def test_each_word_begins_a_word_of_the_title(people, typed, few, monkeypatch):
    monkeypatch.setattr(wording, "FEW", few)
    make.task(title="Ligar São Vortanelo (Novo) 7-b")
    make.task(title="Outra")

    assert listed(people.ana, typed) == ["Ligar São Vortanelo (Novo) 7-b"] == named(people.ana, typed)


@pytest.mark.parametrize("few", [wording.FEW, 0], ids=["by number", "along the order"])
@pytest.mark.parametrize("typed", ["'", "a' | 'b", "\\", ":*", "!loja", "\x01", "oja", ".*", "[", "%"])
def test_whatever_is_typed_is_words_and_no_question(people, typed, few, monkeypatch):
    monkeypatch.setattr(wording, "FEW", few)
    make.task(title="Loja")

    assert named(people.ana, typed) == []
    assert listed(people.ana, typed) == ([] if typed != "\x01" else ["Loja"])  # cleaned away: nothing asked


def test_open_ones_come_first_then_the_newest(people):
    make.task(title="Loja 1")
    done = make.task(title="Loja 2")
    make.task(title="Loja 3")
    services.complete_tasks(task_ids=[done.pk], by=SYSTEM)

    assert named(people.ana, "loja") == ["Loja 3", "Loja 1", "Loja 2"]


def test_a_renamed_one_is_found_by_its_new_title_and_a_deleted_one_not(people):
    renamed, deleted = make.task(title="Antiga"), make.task(title="Sumida")
    services.change_tasks(task_ids=[renamed.pk], changes={"title": "Recente"}, by=SYSTEM)
    services.delete_tasks(task_ids=[deleted.pk], by=SYSTEM)

    assert named(people.ana, "recente") == ["Recente"]
    assert (named(people.ana, "antiga"), named(people.ana, "sumida")) == ([], [])
    services.restore_tasks(task_ids=[deleted.pk], by=SYSTEM)
    assert named(people.ana, "sumida") == ["Sumida"]


def test_those_of_others_do_not_fill_the_page_of_who_does_not_see_them(people):
    nina = hire(people, Reach.OWN)
    mine = make.task(title="Feira 0", assignee=nina)
    followed, *_ = (make.task(title=f"Feira {n}", assignee=people.carla) for n in range(1, 7))
    TaskObserver.objects.create(task=followed, member=nina)

    assert named(nina, "feira", limit=3) == [followed.title, mine.title]


def test_every_task_has_its_words_once(people):
    made = [make.task(title=title).pk for title in ("A", "B  C", "É")]

    assert sorted(TaskSearch.objects.values_list("pk", flat=True)) == sorted(made)
    assert Task.objects.count() == 3
