"""Exports that make themselves (SP-227), as long as somebody may."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from afluente.accounts.models import AuditEntry, Role
from afluente.accounts.selectors.audit import audit_page
from afluente.contacts.models import SavedFilter
from afluente.contacts.statements import search
from afluente.files.models import File
from afluente.kernel import blobs, clock
from afluente.timeline.models import Notification
from afluente.transfer import services
from afluente.transfer.models import Export, Schedule
from afluente.transfer.services import scheduling
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)  # 09:00 in São Paulo


@pytest.fixture
def kept(people: Any) -> SavedFilter:
    """Ana's filter for those in Recife, and two contacts of whom one is there."""
    there, elsewhere = make.contact(name="Lia Prado"), make.contact(name="Rui")
    there.location = "Recife"
    there.save()
    search.index_contacts([there.pk, elsewhere.pk])
    return SavedFilter.objects.create(
        owner=people.ana, name="Recife", query="where=location.is%3ARecife", created_at=clock.now()
    )


@pytest.fixture
def planned(people: Any, kept: SavedFilter) -> Schedule:
    """Every day at seven."""
    return services.save_schedule(
        schedule=None, name="Recife", filter_id=kept.pk, columns=["name"], member=people.ana, hour=7
    )


def rows(made: Export) -> list[list[str]]:
    file = File.objects.get(pk=made.file_id)
    body = b"".join(blobs.storage().read(file.key, size=file.size)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body), delimiter=";"))


@pytest.mark.parametrize(
    ("every", "weekday", "hour", "due"),
    [
        ("day", 0, 10, "2026-11-23T13:00+00:00"),
        ("day", 0, 9, "2026-11-24T12:00+00:00"),
        ("week", 0, 10, "2026-11-23T13:00+00:00"),
        ("week", 0, 9, "2026-11-30T12:00+00:00"),
        ("week", 6, 23, "2026-11-30T02:00+00:00"),
    ],
)
def test_it_is_due_at_its_hour_where_the_workspace_is(people, every, weekday, hour, due):
    one = Schedule(every=every, weekday=weekday, hour=hour)

    assert scheduling.next_due(one, MONDAY) == dt.datetime.fromisoformat(due)


def test_a_file_is_made_when_it_is_due_and_the_next_is_planned(people, planned, work):
    first = planned.due_at
    work()
    assert not Export.objects.exists()

    with time_machine.travel(first + dt.timedelta(minutes=1), tick=False):
        services.run_schedule(schedule_id=planned.pk)
        services.run_schedule(schedule_id=planned.pk)  # twice is once
        work()

    made = Export.objects.get()
    assert (made.state, made.schedule_id, rows(made)) == ("ready", planned.pk, [["Name"], ["Lia Prado"]])
    assert made.name.endswith(" 07.01.csv")  # as on the clock where the workspace is
    planned.refresh_from_db()
    assert planned.due_at == first + dt.timedelta(days=1)
    told = AuditEntry.objects.get(kind="export.made")
    assert (told.actor_id, told.after["schedule"], told.after["contacts"]) == (people.ana.pk, "Recife", 1)


def test_it_stops_and_says_so_when_its_member_may_no_longer_export(people, planned, client_as):
    people.ana.role = Role.MEMBER
    people.ana.save()

    with time_machine.travel(planned.due_at, tick=False):
        services.run_schedule(schedule_id=planned.pk)
        services.run_schedule(schedule_id=planned.pk)

    planned.refresh_from_db()
    assert (planned.is_on, planned.reason) == (False, "Whoever set it up may no longer export.")
    assert not Export.objects.exists()
    assert [one.member_id for one in Notification.objects.filter(kind="export.stopped")] == [people.ana.pk]
    page = client_as(people.ana).get(reverse("transfer:schedule", args=[planned.pk]))
    assert "may no longer export" in page.content.decode()
    assert client_as(people.ana).post(page.request["PATH_INFO"], {"name": "x"}).status_code == 403


def test_it_stops_when_its_filter_is_gone(people, planned, kept):
    kept.delete()

    with time_machine.travel(planned.due_at, tick=False):
        services.run_schedule(schedule_id=planned.pk)

    planned.refresh_from_db()
    assert (planned.is_on, planned.reason) == (False, "Its filter was deleted, or is no longer shared.")
    assert not Export.objects.exists()


def test_it_follows_a_filter_that_was_deleted_and_brought_back(people, planned, kept, client_as, work):
    browser = client_as(people.ana)
    deleted = browser.post(f"/contacts/filters/{kept.pk}/deletion/")
    undo = next(iter(get_messages(deleted.wsgi_request))).extra_tags.removeprefix("undo:")
    assert not SavedFilter.objects.exists()

    browser.post(undo)
    Schedule.objects.update(due_at=clock.now())
    services.run_schedule(schedule_id=planned.pk)
    work()

    assert rows(Export.objects.get()) == [["Name"], ["Lia Prado"]]
    assert Schedule.objects.get().is_on


def test_a_filter_comes_back_under_no_number_but_its_own(people, kept, client_as):
    browser = client_as(people.ana)
    deleted = browser.post(f"/contacts/filters/{kept.pk}/deletion/")
    undo = next(iter(get_messages(deleted.wsgi_request))).extra_tags.removeprefix("undo:")

    client_as(people.bruno).post(undo)  # it was not his
    browser.post(undo.partition("&number=")[0] + "&number=1%3A5%3Aforged")

    assert kept.pk not in SavedFilter.objects.values_list("pk", flat=True)


def test_it_is_set_up_changed_and_ended_on_the_screen(people, kept, client_as, work):
    browser = client_as(people.ana)
    sent = {
        "name": "Letter",
        "filter_id": str(kept.pk),
        "format": "csv",
        "every": "week",
        "weekday": "4",
        "hour": "6",
        "column": ["email", "name"],
    }
    assert browser.post(reverse("transfer:schedule_new"), {**sent, "column": []}).status_code == 422
    assert browser.post(reverse("transfer:schedule_new"), sent).status_code == 303
    made = Schedule.objects.get()
    assert (made.filter_id, made.every, made.weekday, sorted(made.columns)) == (
        kept.pk, "week", 4, ["email", "name"],
    )  # fmt: skip
    listed = browser.get(reverse("transfer:exports")).content.decode()
    assert "Letter" in listed
    assert listed.count("Automatic exports") == 1

    address = reverse("transfer:schedule", args=[made.pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address, {**sent, "filter_id": "", "every": "day"}).status_code == 303
    made.refresh_from_db()
    assert (made.filter_id, made.every) == (None, "day")

    assert browser.post(reverse("transfer:schedule_end", args=[made.pk])).status_code == 303
    assert not Schedule.objects.exists()
    with time_machine.travel(made.due_at, tick=False):
        assert services.run_schedule(schedule_id=made.pk) is None


def test_others_do_not_see_it(people, planned, client_as):
    assert client_as(people.bruno).get(reverse("transfer:schedule", args=[planned.pk])).status_code == 404


def test_the_log_names_what_is_exported_in_the_words_of_its_reader(people, planned):
    with translation.override("pl"):
        line = audit_page(member=people.ana).lines[0]

    assert line.changes == ["Jak często: Codziennie", "Filtr: Recife", "Format: CSV", "Kolumny: Nazwa"]


def test_the_log_names_the_plan_by_which_a_file_was_made(people, planned, work):
    with time_machine.travel(planned.due_at, tick=False):
        services.run_schedule(schedule_id=planned.pk)
        work()

    line = audit_page(member=people.ana).lines[0]

    assert line.changes == ["Format: CSV", "Columns: Name", "Contacts: 1", "Automatic export: Recife"]


def test_deals_are_exported_by_schedule_too(people, client_as, work):
    home = make.pipeline()
    for name, stage in (("Roof", "New"), ("Wall", "New"), ("Done", "Won")):
        make.deal(name=name, stage=make.stage_of(home, stage))
    kept = SavedFilter.objects.create(
        owner=people.ana, entity="deal", name="Roofs", query="q=roof", created_at=clock.now()
    )
    browser, address = client_as(people.ana), f"{reverse('transfer:schedule_new')}?about=deals"
    page = browser.get(address).content.decode()
    sent = {"name": "D", "every": "day", "weekday": "0", "hour": "6", "column": ["name"], "format": "csv"}
    browser.post(address, {**sent, "filter_id": str(kept.pk)})
    browser.post(address, {**sent, "filter_id": ""})
    refused = browser.post(address, {**sent, "filter_id": "", "format": "vcf"})

    assert ("Roofs" in page, "vCard" in page, refused.status_code) == (True, False, 422)
    some, every = Schedule.objects.order_by("pk")
    with time_machine.travel(some.due_at, tick=False):
        made = [services.run_schedule(schedule_id=one.pk) for one in (some, every)]
    work()
    assert [{row[0] for row in rows(Export.objects.get(pk=one.pk))[1:]} for one in made if one] == [
        {"Roof"},
        {"Roof", "Wall", "Done"},
    ]
    assert "Deals · " in browser.get(reverse("transfer:exports")).content.decode()


def test_tasks_are_exported_by_schedule_too(people, client_as, work):
    for title, step in (("Roof", "new"), ("Wall", "new"), ("Roof done", "done")):
        make.task(title=title, step=step)
    kept = SavedFilter.objects.create(
        owner=people.ana, entity="task", name="Roofs", query="q=roof", created_at=clock.now()
    )
    browser, address = client_as(people.ana), f"{reverse('transfer:schedule_new')}?about=tasks"
    page = browser.get(address).content.decode()
    sent = {"name": "T", "every": "day", "weekday": "0", "hour": "6", "column": ["name"], "format": "csv"}
    browser.post(address, {**sent, "filter_id": str(kept.pk)})
    browser.post(address, {**sent, "filter_id": ""})

    some, every = Schedule.objects.order_by("pk")
    with time_machine.travel(some.due_at, tick=False):
        made = [services.run_schedule(schedule_id=one.pk) for one in (some, every)]
    work()

    assert "Roofs" in page
    found = [{row[0] for row in rows(Export.objects.get(pk=one.pk))[1:]} for one in made if one]
    assert found[0] == {"Roof", "Roof done"}  # a kept filter does not say whether they are done
    assert found[1] >= {"Roof", "Wall", "Roof done"}
    assert "Tasks · " in browser.get(reverse("transfer:exports")).content.decode()
