"""The calendar for other programs, read by a parser that others wrote and that did not write it (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from dateutil.tz import tzical
from django.conf import settings

from afluente.accounts.models import Workspace
from afluente.tasks import services
from afluente.tasks.models import Task
from afluente.tasks.services.zones import timezone_of
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db
WARSAW = ZoneInfo("Europe/Warsaw")
RULED = {"Europe/Warsaw", "America/New_York", "Australia/Lord_Howe"}
NOW = dt.datetime(2026, 3, 20, 8, tzinfo=WARSAW)


@pytest.fixture
def by(people):
    Workspace.objects.filter(pk=people.workspace.pk).update(timezone="Europe/Warsaw")
    return Actor("member", people.ana.pk, "Ana Souza")


def at(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said).replace(tzinfo=WARSAW)


def create(people, by, **fields) -> Task:
    fields = {"title": "Call", "assignee_id": people.ana.pk} | fields
    with time_machine.travel(NOW, tick=False):
        (pk,) = services.create_tasks(tasks=[services.NewTask(**fields)], by=by)
    return Task.objects.get(pk=pk)


def read(member) -> dict:
    """The events of a calendar by title, as vobject understands them."""
    with time_machine.travel(NOW, tick=False):
        written = services.calendar_of(member)
    whole = vobject.readOne(written.decode())
    assert whole.version.value == "2.0"
    return {event.summary.value: event for event in whole.contents.get("vevent", ())}


def test_a_meeting_stands_at_its_time_by_the_definition_of_the_zone_that_comes_along(people, by):
    create(
        people,
        by,
        title="Winter",
        kind="meeting",
        start_at=at("2026-03-28T10:00"),
        due_at=at("2026-03-28T11:30"),
        place="Office",
    )
    create(
        people,
        by,
        title="Summer",
        kind="call",
        start_at=at("2026-03-30T10:00"),
        due_at=at("2026-03-30T10:15"),
    )

    found = read(people.ana)

    winter, summer = found["Winter"], found["Summer"]
    assert winter.dtstart.value.astimezone(dt.UTC) == dt.datetime(2026, 3, 28, 9, tzinfo=dt.UTC)
    assert winter.dtend.value - winter.dtstart.value == dt.timedelta(minutes=90)
    assert summer.dtstart.value.astimezone(dt.UTC) == dt.datetime(2026, 3, 30, 8, tzinfo=dt.UTC)
    assert (winter.location.value, winter.transp.value, winter.status.value) == (
        "Office",
        "OPAQUE",
        "CONFIRMED",
    )


def test_a_day_alone_is_a_whole_day_and_a_deadline_keeps_nobody_busy(people, by):
    create(people, by, title="Day", due_at=at("2026-03-24T23:59:59"), due_is_day=True)
    create(people, by, title="Moment", due_at=at("2026-03-24T09:00"))

    found = read(people.ana)

    assert (found["Day"].dtstart.value, found["Day"].dtend.value) == (
        dt.date(2026, 3, 24),
        dt.date(2026, 3, 25),
    )
    assert "dtend" not in found["Moment"].contents
    assert {one.transp.value for one in found.values()} == {"TRANSPARENT"}


def test_a_rule_comes_again_at_the_same_hour_when_the_clocks_change_and_ends_with_its_last_day(people, by):
    meeting = {"kind": "meeting", "start_at": at("2026-03-22T10:00"), "due_at": at("2026-03-22T11:00")}
    create(people, by, title="Weekly", repeat="FREQ=WEEKLY;UNTIL=20260412", **meeting)
    create(
        people,
        by,
        title="Thrice",
        due_at=at("2026-03-24T23:59:59"),
        due_is_day=True,
        repeat="FREQ=DAILY;COUNT=3",
    )

    found = read(people.ana)

    coming = [one.astimezone(dt.UTC).isoformat()[:16] for one in found["Weekly"].rruleset]
    assert coming == ["2026-03-22T09:00", "2026-03-29T08:00", "2026-04-05T08:00", "2026-04-12T08:00"]
    assert [one.date().isoformat() for one in found["Thrice"].rruleset] == [
        "2026-03-24",
        "2026-03-25",
        "2026-03-26",
    ]


def test_alarms_ring_when_people_are_reminded_here(people, by):
    create(people, by, title="Quarter", due_at=at("2026-03-24T09:00"), remind_before=15)
    create(people, by, title="Eve", due_at=at("2026-03-24T23:59:59"), due_is_day=True, remind_before=1440)
    create(people, by, title="None", due_at=at("2026-03-24T09:00"))
    done = create(people, by, title="Done", due_at=at("2026-03-24T09:00"), remind_before=15)
    services.complete_tasks(task_ids=[done.pk], by=by)

    found = read(people.ana)

    alarms = {title: one.valarm for title, one in found.items() if "valarm" in one.contents}
    assert {title: one.trigger.value for title, one in alarms.items()} == {
        "Quarter": dt.timedelta(minutes=-15),
        "Eve": dt.timedelta(hours=-15),  # nine in the morning of the day before
    }
    assert {one.action.value for one in alarms.values()} == {"DISPLAY"}


def test_what_was_deleted_is_cancelled_and_keeps_its_number(people, by):
    task = create(people, by, due_at=at("2026-03-24T09:00"), repeat="FREQ=DAILY", remind_before=5)
    before = read(people.ana)["Call"]
    with time_machine.travel(NOW, tick=False):
        services.delete_tasks(task_ids=[task.pk], by=by)

    after = read(people.ana)["Call"]

    assert (before.status.value, after.status.value) == ("CONFIRMED", "CANCELLED")
    assert before.uid.value == after.uid.value
    assert "valarm" not in after.contents


@pytest.mark.parametrize(
    "title",
    [
        "Commas, semicolons; a back\\slash and \\n no line",
        "Zażółć gęślą jaźń " * 5 + "końcówka",
        "👩🏽‍🚀" * 12 + " rocket",
        "BEGIN:VEVENT",
        'a:b;c="d",^n',
    ],
)
def test_whatever_is_in_a_title_comes_back_and_no_line_is_too_long(people, by, title):
    description = "First line\nSecond; with, signs\\\nEND:VCALENDAR\n" + "ż" * 300
    task = create(
        people, by, title=title, description=description, due_at=at("2026-03-24T09:00"), place="Rua 1; 2, 3"
    )

    with time_machine.travel(NOW, tick=False):
        written = services.calendar_of(people.ana)
    (event,) = read(people.ana).values()

    assert event.summary.value == task.title
    assert event.description.value.startswith(description)
    assert event.location.value == "Rua 1; 2, 3"
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert b"\n" not in written.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Warsaw",
        "America/Sao_Paulo",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/Santiago",
        "UTC",
    ],
)
def test_a_zone_is_written_as_it_is(name):
    zone = ZoneInfo(name)
    written = timezone_of(zone, first=2024, now=2026).to_ical().decode().replace("\r\n", "\n")

    known = tzical(io.StringIO(written)).get()

    moments = [dt.datetime(2025, 1, 1, 12) + dt.timedelta(days=n) for n in range(11 * 365)]  # noqa: DTZ001  any clock
    assert [known.utcoffset(one) for one in moments] == [zone.utcoffset(one) for one in moments]
    assert "RDATE" not in written
    assert ("RRULE" in written) == (name in RULED)


def test_an_entry_leads_to_its_page_and_names_what_it_is_about(people, by):
    contact = make.contact(name="Camila Albuquerque")
    task = create(people, by, due_at=at("2026-03-24T09:00"), contact_ids=[contact.pk])

    event = read(people.ana)["Call"]

    page = f"{settings.ENVIRONMENT.base_url.rstrip('/')}/tasks/{task.pk}/"
    assert event.url.value == page
    assert event.description.value == f"Camila Albuquerque\n\n{page}"


def test_an_empty_calendar_is_one_too(people, by):
    with time_machine.travel(NOW, tick=False):
        whole = vobject.readOne(services.calendar_of(people.ana).decode())

    assert whole.x_wr_calname.value == f"Afluente: {people.workspace.name}"
    assert "vevent" not in whole.contents
