"""The columns of the list of tasks: chosen, ordered, remembered, and sorted by (issue 4, point 5)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict

from afluente.contacts import services as contacts
from afluente.contacts.models import EVERY, ListSetting
from afluente.contacts.selectors import fields_of, home
from afluente.contacts.services.reading import read_value
from afluente.kernel import clock
from afluente.tasks import selectors, services
from afluente.timeline.events import SYSTEM
from tests import make

if TYPE_CHECKING:
    from afluente.tasks.models import Task

pytestmark = pytest.mark.django_db


def listed(member: Any, order: str, state: str = "open", size: int = 2) -> list[str]:
    """All titles, read page by page."""
    found: list[str] = []
    after = None
    while True:
        page = selectors.table(
            member=member,
            asked=selectors.TaskFilter.read(QueryDict()),
            state=state,
            order=order,
            after=after,
            size=size,
        )
        found += [row.task.title for row in page.rows]
        after = page.next_after
        if after is None:
            return found


@pytest.fixture
def four(people: Any) -> dict[str, Task]:
    now = clock.now()
    made = {
        "Árvore": make.task(title="Árvore", assignee=people.bruno, priority=1),
        "barco": make.task(title="barco", assignee=people.ana, priority=3, due_at=now + dt.timedelta(days=2)),
        "Casa": make.task(title="Casa", assignee=people.ana, priority=3, due_at=now + dt.timedelta(days=1)),
        "dado": make.task(title="dado", priority=2, due_at=now + dt.timedelta(days=2)),
    }
    made["barco"].refresh_from_db()
    return made


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("", ["Casa", "barco", "dado", "Árvore"]),
        ("-due", ["dado", "barco", "Casa", "Árvore"]),
        ("title", ["Árvore", "barco", "Casa", "dado"]),
        ("-title", ["dado", "Casa", "barco", "Árvore"]),
        ("priority", ["barco", "Casa", "dado", "Árvore"]),
        ("-priority", ["Árvore", "dado", "barco", "Casa"]),
        ("newest", ["dado", "Casa", "barco", "Árvore"]),
        ("assignee", ["Casa", "barco", "Árvore", "dado"]),
        ("-assignee", ["Árvore", "Casa", "barco", "dado"]),
        ("nonsense", ["Casa", "barco", "dado", "Árvore"]),
        ("done", ["Casa", "barco", "dado", "Árvore"]),
        ("field-999999", ["Casa", "barco", "dado", "Árvore"]),
    ],
)
def test_every_page_follows_the_order(people: Any, four: Any, order: str, titles: list[str]):
    assert listed(people.ana, order) == titles


def test_done_ones_the_last_first_and_all_of_them_by_that_too(people: Any, four: Any):
    for title in ("dado", "Árvore"):
        services.complete_tasks(task_ids=[four[title].pk], by=SYSTEM)

    assert listed(people.ana, "", "done", 1) == ["Árvore", "dado"]
    assert listed(people.ana, "-done", "done", 1) == ["dado", "Árvore"]
    assert listed(people.ana, "done", "all", 1) == ["Árvore", "dado", "barco", "Casa"]
    assert sorted(listed(people.ana, "step", "all", 1)) == sorted(four)
    assert listed(people.ana, "step", "all", 1)[2:] == ["Árvore", "dado"]


def own_field(by: Any, kind: str = "text", name: str = "Cor", **more: Any) -> Any:
    return contacts.create_field(entity="task", name=name, kind=kind, by=by, **more)


def fill(four: Any, field_id: int, values: dict[str, str]) -> None:
    field = next(one for one in fields_of("task", EVERY) if one.id == field_id)
    given = {four[title].pk: {field_id: read_value(field, raw, home())} for title, raw in values.items()}
    services.fill_values(given=given, by=SYSTEM)


def test_sorted_by_a_field_those_without_it_come_last(people: Any, four: Any):
    text = own_field(SYSTEM)
    fill(four, text.pk, {"dado": "azul", "barco": "verde"})
    choice = own_field(SYSTEM, "select", "Tamanho", options=["P", "G"])
    fill(four, choice.pk, {"Casa": "G", "dado": "P"})

    assert listed(people.ana, f"field-{text.pk}", size=1) == ["dado", "barco", "Árvore", "Casa"]
    assert listed(people.ana, f"-field-{text.pk}", size=1) == ["barco", "dado", "Árvore", "Casa"]
    assert listed(people.ana, f"field-{choice.pk}", size=1) == ["dado", "Casa", "Árvore", "barco"]


def heads(page: str) -> list[str]:
    return re.findall(r'data-column="([^"]+)"', page)


def test_columns_are_chosen_and_remembered_with_the_fields_of_boards(client: Any, people: Any, four: Any):
    board = services.create_board(name="Obra", by=SYSTEM)
    field = own_field(SYSTEM, name="Andar", scope_id=board.pk)
    client.force_login(people.ana.user)
    assert heads(client.get("/tasks/list/").content.decode())[:3] == ["name", "step", "due"]
    form = client.get("/tasks/columns/").content.decode()
    assert "Andar" in form

    key = f"field-{field.pk}"
    said = {"order": ["name", key, "board", "due"], "column": ["name", key, "board"]}
    assert client.post("/tasks/columns/", said).status_code == 302

    page = client.get("/tasks/list/").content.decode()
    assert heads(page) == ["name", key, "board"]
    assert "Andar" in page
    assert ListSetting.objects.get(member=people.ana, entity="task").columns == ["name", key, "board"]
    client.post("/tasks/columns/", {"do": "width", "column": "board", "width": "30"})
    assert "w-30" in client.get("/tasks/list/").content.decode()
    client.post("/tasks/columns/", {"do": "reset"})
    assert heads(client.get("/tasks/list/").content.decode())[:3] == ["name", "step", "due"]
    client.force_login(people.bruno.user)
    assert heads(client.get("/tasks/list/").content.decode())[:3] == ["name", "step", "due"]


def test_a_click_on_a_head_sorts_and_the_next_page_keeps_it(client: Any, people: Any, monkeypatch: Any):
    for number in range(52):
        make.task(title=f"T{number:02}", assignee=people.ana)
    client.force_login(people.ana.user)

    page = client.get("/tasks/list/?where=status.is:open").content.decode()
    assert 'href="/tasks/list/?where=status.is%3Aopen&amp;sort=title"' in page
    page = client.get("/tasks/list/?where=status.is:open&sort=title").content.decode()
    assert 'aria-sort="ascending"' in page
    assert "sort=-title" in page
    following = re.search(r'href="(/tasks/list/\?[^"]*after=[^"]*)"', page)
    assert following
    more = client.get(following[1].replace("&amp;", "&")).content.decode()
    assert "T51" in more
    assert "T49" not in more


@pytest.mark.parametrize("rows", [1, 4])
def test_questions_do_not_grow_with_rows(rows: int, client: Any, people: Any, django_assert_num_queries: Any):
    field = own_field(SYSTEM)
    keys = [*list(selectors.task_columns())]
    assert f"field-{field.pk}" in keys
    ListSetting.objects.create(member=people.ana, entity="task", columns=keys)
    parent = make.task(title="Whole")
    for number in range(rows):
        task = make.task(title=f"T{number}", assignee=people.ana, contacts=[make.contact()])
        services.set_parent(task_ids=[task.pk], parent_id=parent.pk, by=SYSTEM)
        services.set_observers(task_ids=[task.pk], member_ids=[people.bruno.pk], by=SYSTEM)
    asked = selectors.TaskFilter.read(QueryDict("where=assignee.is:me"))

    client.force_login(people.ana.user)
    assert ">T0<" in client.get("/tasks/list/").content.decode()
    with django_assert_num_queries(18):
        assert len(selectors.table(member=people.ana, asked=asked, state="open").rows) == rows
