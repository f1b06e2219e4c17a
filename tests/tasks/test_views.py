"""The tab Tasks of contacts, deals and companies, the card of a task, and My tasks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afluente.contacts.models import Company
from afluente.kernel import clock
from afluente.tasks.models import Task, TaskContact, TaskTag
from afluente.timeline.models import Notification
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def company():
    now = clock.now()
    return Company.objects.create(name="Clínica Bem Viver", created_at=now, updated_at=now)


def local(day, hour=9):
    """That many days from now, at an hour of São Paulo."""
    with timezone.override("America/Sao_Paulo"):
        date = timezone.localdate() + dt.timedelta(days=day)
        return timezone.make_aware(dt.datetime.combine(date, dt.time(hour)))


# SP-182, SP-184 to SP-187
def test_the_tab_shows_title_status_deadline_and_who(client_as, people):
    camila = make.contact()
    make.task(title="Send the proposal", assignee=people.bruno, contacts=(camila,), due_at=local(1, 15))
    make.task(title="Somewhere else")

    page = client_as(people.ana).get(f"/contacts/{camila.pk}/?tab=tasks").content.decode()

    for words in ("Send the proposal", "New", "Tomorrow, 15:00", "Bruno Lima"):
        assert words in page
    assert "Somewhere else" not in page


# SP-183
def test_a_task_is_made_on_the_contact_and_found_among_my_tasks(client_as, people):
    ana, camila = client_as(people.ana), make.contact(name="Camila Albuquerque")
    data = {"title": "Call Camila", "contact": camila.pk, "assignee": people.ana.pk, "due_day": "2030-05-04"}

    answer = ana.post("/tasks/new/", {**data, "due_time": "14:30"})

    task = Task.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/contacts/{camila.pk}/?tab=tasks")
    assert timezone.localtime(task.due_at, timezone.get_fixed_timezone(-180)).hour == 14
    assert (task.created_by, list(task.contacts.all())) == (people.ana, [camila])
    page = ana.get("/tasks/").content.decode()
    assert "Call Camila" in page
    assert "Camila Albuquerque" in page


def test_the_mandatory_field_is_asked_for(client_as, people):
    answer = client_as(people.ana).post("/tasks/new/", {"title": " "}, headers=HTMX)

    assert answer.status_code == 422
    assert "Say what is to be done." in answer.content.decode()
    assert not Task.objects.exists()


def test_a_contact_out_of_reach_is_not_linked(client_as, people):
    hidden = make.contact(assignee=people.carla)

    answer = client_as(people.bruno).post("/tasks/new/", {"title": "Call", "contact": hidden.pk})

    assert answer.status_code == 403
    assert not Task.objects.exists()


@pytest.mark.parametrize("kind", ["deals", "companies"])
def test_deals_and_companies_have_the_tab_too(client_as, people, kind, company):
    deal = make.deal()
    make.task(title="Prepare the contract", deals=(deal,), companies=(company,))
    pk = deal.pk if kind == "deals" else company.pk

    page = client_as(people.ana).get(f"/{kind}/{pk}/?tab=tasks").content.decode()

    assert "Prepare the contract" in page
    assert 'id="quick-title"' in page


# SP-188
@pytest.mark.parametrize(
    ("target", "root"), [("div#task-card", "<dialog"), ("div#peek", "<aside"), ("", "<html")]
)
def test_the_card_opens_in_a_dialog_beside_the_list_and_as_a_page(client_as, people, target, root):
    task = make.task(assignee=people.ana)
    headers = {**HTMX, "HX-Target": target} if target else {}

    page = client_as(people.ana).get(f"/tasks/{task.pk}/", headers=headers).content.decode()

    assert "Send the proposal" in page
    assert ("<html" in page) == (root == "<html")
    assert ('<aside class="side"' in page) == (root == "<aside")


@pytest.mark.parametrize(
    ("part", "data", "field", "expected"),
    [
        ("title", {"value": "Send the contract"}, "title", "Send the contract"),
        ("description", {"value": "By mail.\r\nToday."}, "description", "By mail.\nToday."),
        ("priority", {"value": "3"}, "priority", 3),
        ("due", {"value": "2030-05-04"}, "due_is_day", True),
        ("due", {"value": ""}, "due_at", None),
        ("start", {"value": ""}, "start_at", None),
    ],
)
def test_each_part_saves_itself(client_as, people, part, data, field, expected):
    task = make.task(due_at=local(3), start_at=local(1))

    answer = client_as(people.ana).post(f"/tasks/{task.pk}/fields/{part}/", data, headers=HTMX)

    task.refresh_from_db()
    assert (answer.status_code, getattr(task, field)) == (200, expected)


@pytest.mark.parametrize(
    ("part", "data", "words"),
    [
        ("title", {"value": ""}, "Say what is to be done."),
        ("title", {"value": "Mine", "was": "Another"}, "Somebody changed this to Send the proposal"),
        ("due", {"value": "2030-13-45"}, "valid date"),
        ("due", {"value": "2001-01-01"}, "The deadline is before the start."),
        ("tags", {"name": "x" * 65}, "longer than 64"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(client_as, people, part, data, words):
    task = make.task(start_at=local(1))

    answer = client_as(people.ana).post(f"/tasks/{task.pk}/fields/{part}/", data, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    present = Task.objects.get(pk=task.pk)
    assert (present.title, present.due_at, TaskTag.objects.exists()) == ("Send the proposal", None, False)


def test_people_and_tags_of_a_task(client_as, people):
    ana, task = client_as(people.ana), make.task()

    ana.post(f"/tasks/{task.pk}/fields/assignee/", {"value": people.bruno.pk}, headers=HTMX)
    ana.post(
        f"/tasks/{task.pk}/fields/observers/", {"value": [people.carla.pk, people.dora.pk]}, headers=HTMX
    )
    ana.post(f"/tasks/{task.pk}/fields/tags/", {"name": "Urgent"}, headers=HTMX)

    task.refresh_from_db()
    assert task.assignee == people.bruno
    assert set(task.observers.all()) == {people.carla, people.dora}
    assert [tag.name for tag in task.tags.all()] == ["Urgent"]
    assert set(Notification.objects.values_list("member_id", "kind")) == {
        (people.bruno.pk, "task_assigned"),
        (people.carla.pk, "task.followed"),
        (people.dora.pk, "task.followed"),
    }
    ana.post(f"/tasks/{task.pk}/fields/tags/", {"tag": task.tags.get().pk}, headers=HTMX)
    assert not task.tags.exists()


def test_done_with_a_way_back_to_the_step_it_was_on(client_as, people):
    ana, task = client_as(people.ana), make.task(step="progress")

    answer = ana.post(f"/tasks/{task.pk}/completion/", headers=HTMX)

    assert answer.status_code == 204
    undo = f"/tasks/{task.pk}/fields/step/?value={task.step_id}"
    assert undo in answer["HX-Trigger"]
    assert not Task.objects.get().is_open
    assert ana.post(undo, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert Task.objects.get().step_id == task.step_id


# SP-189
def test_unlinked_with_a_way_back_and_never_deleted(client_as, people):
    ana, camila = client_as(people.ana), make.contact()
    task = make.task(contacts=(camila,))

    answer = ana.post(f"/tasks/{task.pk}/links/contact/{camila.pk}/deletion/", headers=HTMX)

    assert f"/tasks/{task.pk}/links/?contact={camila.pk}" in answer["HX-Trigger"]
    assert (Task.objects.present().count(), TaskContact.objects.count()) == (1, 0)
    ana.post(f"/tasks/{task.pk}/links/?contact={camila.pk}", headers={"X-Requested-With": "fetch"})
    assert list(task.contacts.all()) == [camila]


def test_records_to_link_are_offered_by_name(client_as, people, company):
    from afluente.contacts.statements.search import index_contacts

    camila, task = make.contact(name="Camila Bem"), make.task()
    make.deal(name="Bem viver site")
    index_contacts([camila.pk])

    page = client_as(people.ana).get(f"/tasks/{task.pk}/links/?q=bem", headers=HTMX).content.decode()

    for words in ("Camila Bem", "Bem viver site", "Clínica Bem Viver"):
        assert words in page


def test_deleted_with_a_way_back(client_as, people):
    ana, task = client_as(people.ana), make.task()

    answer = ana.post(f"/tasks/{task.pk}/deletion/", headers=HTMX)

    assert f"/tasks/{task.pk}/restoring/" in answer["HX-Trigger"]
    assert ana.get(f"/tasks/{task.pk}/").status_code == 404
    ana.post(f"/tasks/{task.pk}/restoring/")
    assert ana.get(f"/tasks/{task.pk}/").status_code == 200


def test_my_tasks_stand_under_their_deadline(client_as, people):
    for title, due in (
        ("Late", local(-2)),
        ("Later today", local(1, 0) - dt.timedelta(seconds=1)),
        ("Next week", local(7)),
        ("Someday", None),
    ):
        make.task(title=title, due_at=due, assignee=people.ana)
    make.task(title="Of Bruno", assignee=people.bruno)
    make.task(title="Finished", step="done", assignee=people.ana)

    page = client_as(people.ana).get("/tasks/").content.decode()
    done = client_as(people.ana).get("/tasks/?state=done").content.decode()
    everything = client_as(people.ana).get("/tasks/?whose=all&q=BRUNO").content.decode()

    order = ("Next", "Late", "Today", "Later today", "Upcoming", "Next week", "No deadline", "Someday")
    places = [page.index(f">{words}<") for words in order]
    assert places == sorted(places)
    assert "Of Bruno" not in page
    assert "Finished" in done
    assert "Of Bruno" in everything


def test_pages_of_tasks_follow_without_gap_or_repeat(client_as, people, monkeypatch):
    from afluente.tasks.selectors import Wanted, my_tasks

    for number in range(7):
        make.task(title=f"T{number}", assignee=people.ana, due_at=local(3) if number < 3 else None)
    found, wanted = [], Wanted()
    while True:
        page = my_tasks(member=people.ana, wanted=wanted, size=2)
        found += [row.task.title for section in page.sections for row in section.rows]
        if page.next_after is None:
            break
        wanted = Wanted(after=page.next_after)

    assert found == [f"T{number}" for number in range(7)]


@pytest.mark.parametrize("address", ["/tasks/", "/contacts/{contact}/?tab=tasks", "/contacts/{contact}/"])
def test_as_many_queries_for_one_task_as_for_four(client_as, people, address, company):
    ana, camila = client_as(people.ana), make.contact()
    deal = make.deal(contacts=(camila,))

    def add():
        task = make.task(assignee=people.ana, contacts=(camila,), deals=(deal,), companies=(company,))
        ana.post(f"/tasks/{task.pk}/fields/tags/", {"name": "Urgent"}, headers=HTMX)

    def count():
        with CaptureQueriesContext(connection) as caught:
            assert ana.get(address.format(contact=camila.pk)).status_code == 200
        return len(caught)

    add()
    one = count()
    for _ in range(3):
        add()

    assert count() == one


def test_the_strip_says_what_comes_next(client_as, people):
    ana, camila = client_as(people.ana), make.contact()

    assert "No next step" in ana.get(f"/contacts/{camila.pk}/").content.decode()
    make.task(title="Later", contacts=(camila,))
    make.task(title="Overdue one", contacts=(camila,), due_at=local(-1))

    page = ana.get(f"/contacts/{camila.pk}/").content.decode()
    assert "Overdue one" in page
    assert "Yesterday" in page
    assert "No next step" not in page
    again = ana.get(f"/contacts/{camila.pk}/?tab=tasks", headers={**HTMX, "HX-Target": "div#next-step"})
    assert again.content.decode().count('id="next-step"') == 1
    assert "<html" not in again.content.decode()


def test_the_history_names_a_task_only_to_those_who_see_it(client_as, people):
    from afluente.accounts import services as accounts
    from afluente.accounts.models import Action, Area, Membership, Reach, Rights, Role

    camila = make.contact()
    client_as(people.ana).post(
        "/tasks/new/", {"title": "Secret plan", "contact": camila.pk, "assignee": people.ana.pk}
    )
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL, (Area.TASKS, Action.VIEW): Reach.OWN})
    role = accounts.create_role(name="Own tasks", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.carla.pk).update(
        role=Role.CUSTOM, custom_role=role, contacts_reach=Reach.ALL
    )

    assert "Secret plan" in client_as(people.ana).get(f"/contacts/{camila.pk}/").content.decode()
    page = client_as(people.carla).get(f"/contacts/{camila.pk}/").content.decode()
    assert "Task added" in page
    assert "Secret plan" not in page


def test_the_number_in_the_navigation_is_what_is_due(client_as, people):
    make.task(assignee=people.ana, due_at=local(-1))
    make.task(assignee=people.ana, due_at=local(0, 23))
    make.task(assignee=people.ana, due_at=local(5))

    assert client_as(people.ana).get("/counts/?of=tasks:list").json() == {"tasks:list": [2, "2"]}


def test_without_the_right_there_is_nothing_of_tasks(client_as, people):
    from afluente.accounts import services as accounts
    from afluente.accounts.models import Action, Area, Membership, Reach, Rights, Role

    camila, task = make.contact(), make.task()
    role = accounts.create_role(
        name="No tasks", rights=Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL}), by=people.ana
    )
    Membership.objects.filter(pk=people.bruno.pk).update(role=Role.CUSTOM, custom_role=role)
    bruno = client_as(people.bruno)

    assert bruno.get("/tasks/").status_code == 403
    assert bruno.get(f"/tasks/{task.pk}/").status_code == 403
    assert bruno.post("/tasks/new/", {"title": "x"}).status_code == 403
    assert "?tab=tasks" not in bruno.get(f"/contacts/{camila.pk}/").content.decode()


def test_who_may_only_look_reads_a_task_as_words(people, client_as):
    reader = make.member(name="Lena", role="analyst")
    task = make.task(title="Send the proposal", assignee=people.bruno, description="In two copies")

    page = client_as(reader).get(f"/tasks/{task.pk}/").content.decode()

    card = page[page.index('id="task-page"') :].partition('class="talk"')[0]
    for control in ("<input", "<select", "<form", "<textarea"):
        assert control not in card
    for words in ("Send the proposal", "In two copies", "Bruno Lima"):
        assert words in card
