"""Tasks that repeat, calls and meetings, and the calendar that other programs read."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import time
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from dateutil.rrule import rrulestr

from afluente.accounts.models import Workspace
from afluente.files import services as files
from afluente.tasks import services
from afluente.tasks.models import CheckItem, Step, Task
from afluente.tasks.selectors.recurrence import BadRuleError, Rule, between, following
from afluente.tasks.selectors.repeats import repeat_words
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification, Reminder
from tests import make
from tests.cast import browser, outside

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WARSAW = ZoneInfo("Europe/Warsaw")


def at(text, zone=WARSAW):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def by(people):
    Workspace.objects.filter(pk=people.workspace.pk).update(timezone="Europe/Warsaw")
    return Actor("member", people.ana.pk, "Ana Souza")


def create(by, **fields):
    (pk,) = services.create_tasks(tasks=[services.NewTask(**{"title": "Report", **fields})], by=by)
    return Task.objects.get(pk=pk)


@pytest.mark.parametrize(
    ("rule", "anchor", "expected"),
    [
        ("FREQ=DAILY", "2026-03-27T09:00", ["2026-03-28", "2026-03-29", "2026-03-30"]),
        ("FREQ=DAILY;INTERVAL=3", "2026-03-27T09:00", ["2026-03-30", "2026-04-02", "2026-04-05"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-03-26T09:00", ["2026-03-30", "2026-04-02", "2026-04-06"]),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-10-12T09:00", ["2026-10-26", "2026-11-09", "2026-11-23"]),
        ("FREQ=MONTHLY", "2026-01-31T09:00", ["2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31T09:00", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-03-10T09:00", ["2026-04-14", "2026-05-12", "2026-06-09"]),
        ("FREQ=YEARLY", "2028-02-29T09:00", ["2032-02-29", "2036-02-29", "2040-02-29"]),
    ],
)
def test_a_rule_keeps_its_hour_when_the_clocks_change(rule, anchor, expected):
    found = list(zip(Rule.read(rule).after(at(anchor), zone=WARSAW), range(3), strict=False))

    assert [moment.date().isoformat() for moment, _ in found] == expected
    assert {moment.hour for moment, _ in found} == {9}


def test_the_hour_that_the_clocks_skip_does_not_end_a_rule():
    moments = between(
        Rule.read("FREQ=DAILY"),
        at("2026-03-27T02:30"),
        zone=WARSAW,
        first=at("2026-03-28T00:00"),
        end=at("2026-03-31T00:00"),
    )

    utc = [moment.astimezone(dt.UTC).strftime("%d %H:%M") for moment in moments]
    assert utc == ["28 01:30", "29 01:30", "30 00:30"]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=HOURLY",
        "FREQ=SECONDLY;COUNT=5",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=5;UNTIL=20270101",
        "FREQ=DAILY;COUNT=9999",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;X-EVIL=1",
        "FREQ=DAILY;" * 40,
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(BadRuleError):
        Rule.read(rule)


def test_a_rule_that_never_fits_ends_without_being_written_out():
    began = time.perf_counter()

    found = following(
        Rule.read("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        at("2026-01-01T09:00"),
        zone=WARSAW,
        now=at("2026-01-02T00:00"),
    )

    assert found is None
    assert time.perf_counter() - began < 5


def test_the_next_one_is_made_when_this_one_is_done(by, people):
    camila = make.contact()
    task = create(
        by,
        repeat="FREQ=WEEKLY;COUNT=3",
        due_at=at("2026-03-23T09:00"),
        start_at=at("2026-03-20T09:00"),
        assignee_id=people.ana.pk,
        observer_ids=[people.bruno.pk],
        contact_ids=[camila.pk],
    )
    services.add_items(task_id=task.pk, texts=["Gather"], by=by)

    with time_machine.travel(at("2026-03-23T08:00"), tick=False):
        services.complete_tasks(task_ids=[task.pk], by=by)
        services.complete_tasks(task_ids=[task.pk], by=by)

    following_one = Task.objects.exclude(pk=task.pk).get()
    assert following_one.due_at == at("2026-03-30T09:00")
    assert following_one.start_at == at("2026-03-27T09:00")
    assert (following_one.repeat, following_one.made_from_id) == ("FREQ=WEEKLY;COUNT=2", task.pk)
    assert list(following_one.contacts.all()) == [camila]
    assert list(following_one.observers.all()) == [people.bruno]
    assert CheckItem.objects.get(task=following_one, done_at=None).text == "Gather"
    task.refresh_from_db()
    assert task.repeat == ""


def test_missed_ones_are_passed_over_and_the_last_one_makes_none(by):
    late = create(by, repeat="FREQ=DAILY", due_at=at("2026-03-01T09:00"))
    last = create(by, repeat="FREQ=DAILY;UNTIL=20260302", due_at=at("2026-03-02T09:00"))

    with time_machine.travel(at("2026-03-10T12:00"), tick=False):
        services.complete_tasks(task_ids=[late.pk, last.pk], by=by)

    made = Task.objects.filter(made_from__isnull=False)
    assert [(one.made_from_id, one.due_at) for one in made] == [(late.pk, at("2026-03-11T09:00"))]


def test_reopening_takes_the_next_one_back(by):
    task = create(by, repeat="FREQ=WEEKLY;COUNT=3", due_at=at("2026-03-23T09:00"))
    with time_machine.travel(at("2026-03-23T08:00"), tick=False):
        services.complete_tasks(task_ids=[task.pk], by=by)

    services.reopen_tasks(task_ids=[task.pk], by=by)

    task.refresh_from_db()
    assert task.repeat == "FREQ=WEEKLY;COUNT=3"
    assert list(Task.objects.present()) == [task]


def test_a_task_that_repeats_needs_a_deadline_and_a_meeting_a_beginning(by):
    with pytest.raises(services.TaskRefusedError, match="needs a deadline"):
        create(by, repeat="FREQ=DAILY")
    with pytest.raises(services.TaskRefusedError, match="when it begins"):
        create(by, kind="meeting")
    with pytest.raises(services.TaskRefusedError, match="no rule"):
        create(by, repeat="FREQ=MINUTELY", due_at=at("2026-03-23T09:00"))
    assert not Task.objects.exists()


def test_the_card_sets_a_rule_and_says_it(client_as, people, by):
    task, ana = create(by, due_at=at("2026-03-24T09:00")), client_as(people.ana)
    url = f"/tasks/{task.pk}/fields/repeat/"

    shown = ana.post(url, {"unit": "WEEKLY", "every": "2", "days": ["MO", "TU"]}, headers=HTMX)
    nth = ana.post(url, {"unit": "MONTHLY", "month_by": "nth", "count": "5"}, headers=HTMX)
    task.refresh_from_db()

    assert "Every 2 weeks, Mon, Tue" in shown.content.decode()
    assert (nth.status_code, task.repeat) == (200, "FREQ=MONTHLY;BYDAY=4TU;COUNT=5")
    assert repeat_words(Rule.read(task.repeat)) == "Every month, 4. Tue, 5 times"
    assert ana.post(url, {"unit": ""}, headers=HTMX).status_code == 200
    assert Task.objects.get(pk=task.pk).repeat == ""


def test_a_meeting_is_made_moved_and_keeps_its_length(client_as, people, by):
    ana = client_as(people.ana)
    data = {
        "title": "Demo",
        "kind": "meeting",
        "due_day": "2026-05-04",
        "due_time": "14:00",
        "duration": "60",
    }

    ana.post("/tasks/new/", data)
    task = Task.objects.get()
    length = task.due_at - task.start_at
    ana.post(f"/tasks/{task.pk}/fields/start/", {"value": "2026-05-06", "time": "10:00"}, headers=HTMX)
    ana.post(f"/tasks/{task.pk}/fields/place/", {"value": "Office"}, headers=HTMX)
    moved = Task.objects.get()

    assert length == dt.timedelta(hours=1) == moved.due_at - moved.start_at
    assert (moved.kind, moved.place) == ("meeting", "Office")
    assert ana.post("/tasks/new/", {**data, "due_day": "", "due_time": ""}, headers=HTMX).status_code == 422


def test_the_calendar_shows_what_will_come_again(client_as, people, by):
    create(by, title="Weekly", repeat="FREQ=WEEKLY", due_at=at("2026-03-02T09:00"), assignee_id=people.ana.pk)

    page = client_as(people.ana).get("/tasks/calendar/?on=2026-03-01").content.decode()

    assert page.count('title="Weekly"') == 5  # Mondays of the five weeks shown
    assert page.count(" ahead") == 4


def test_a_calendar_is_off_until_it_is_asked_for_and_ends_when_it_is_renewed(client_as, people, by):
    ana, space = client_as(people.ana), people.workspace.pk
    create(by, title="Deadline", due_at=at("2026-12-01T09:00"), assignee_id=people.ana.pk)

    assert services.feed_secret(member=people.ana) == ""
    ana.post("/settings/calendar/", {"make": "1"})
    first = services.feed_secret(member=people.ana)
    ana.post("/settings/calendar/", {"make": "1"})
    second = services.feed_secret(member=people.ana)
    with outside():
        old = browser().get(f"/calendar/{space}/{first}.ics")
        new = browser().get(f"/calendar/{space}/{second}.ics")
        other = browser().get(f"/calendar/{space + 1}/{second}.ics")
    ana.post("/settings/calendar/", {"end": "1"})
    with outside():
        ended = browser().get(f"/calendar/{space}/{second}.ics")

    assert (old.status_code, new.status_code, other.status_code, ended.status_code) == (404, 200, 404, 404)
    assert new["Content-Type"].startswith("text/calendar")
    assert first != second


def test_a_real_parser_reads_the_calendar(people, by):
    own = {"assignee_id": people.ana.pk}
    with time_machine.travel(at("2026-03-20T08:00"), tick=False):
        create(by, title="All day", due_at=at("2026-03-24T23:59:59"), due_is_day=True, **own)
        create(
            by,
            title="Weekly; with, signs",
            kind="meeting",
            place="Office",
            start_at=at("2026-03-25T10:00"),
            due_at=at("2026-03-25T11:30"),
            repeat="FREQ=WEEKLY;UNTIL=20260601",
            observer_ids=[people.bruno.pk],
            contact_ids=[make.contact(name="Camila Albuquerque").pk],
        )
        gone = create(by, title="Gone", due_at=at("2026-03-26T09:00"), **own)
        create(by, title="Of Carla", due_at=at("2026-03-26T09:00"), assignee_id=people.carla.pk)
        services.delete_tasks(task_ids=[gone.pk], by=by)
        mine = icalendar.Calendar.from_ical(services.calendar_of(people.ana))
        brunos = icalendar.Calendar.from_ical(services.calendar_of(people.bruno))

    events = {str(event["summary"]): event for event in mine.walk("VEVENT")}
    (meeting,) = brunos.walk("VEVENT")
    assert set(events) == {"All day", "Gone"}
    assert events["All day"].decoded("dtstart") == dt.date(2026, 3, 24)
    assert events["All day"].decoded("dtend") == dt.date(2026, 3, 25)
    assert str(events["Gone"]["status"]) == "CANCELLED"
    assert str(meeting["summary"]) == "Weekly; with, signs"
    assert meeting.decoded("dtstart") == at("2026-03-25T10:00")
    assert meeting["dtstart"].params["TZID"] == "Europe/Warsaw"
    assert meeting.decoded("dtend") == at("2026-03-25T11:30")
    assert meeting["rrule"].to_ical() == b"FREQ=WEEKLY;UNTIL=20260601T215959Z"
    assert [str(zone["tzid"]) for zone in brunos.walk("VTIMEZONE")] == ["Europe/Warsaw"]


def test_a_done_step_that_ends_a_repeated_task_by_a_move_makes_the_next_one(by):
    task = create(by, repeat="FREQ=DAILY", due_at=at("2026-03-23T09:00"))
    done = Step.objects.get(kind="done")

    with time_machine.travel(at("2026-03-23T08:00"), tick=False):
        services.move_tasks(task_ids=[task.pk], to=done, by=by)

    assert Task.objects.get(made_from=task).due_at == at("2026-03-24T09:00")


def test_a_reminder_tells_who_has_and_who_follows_it_once(people, by):
    reminded = Notification.objects.filter(kind="task.due")
    with time_machine.travel(at("2026-03-20T08:00"), tick=False):
        task = create(
            by,
            due_at=at("2026-03-23T09:00"),
            remind_before=60,
            assignee_id=people.ana.pk,
            observer_ids=[people.bruno.pk],
        )
        gone = create(by, due_at=at("2026-03-23T09:00"), remind_before=60, assignee_id=people.ana.pk)
        services.complete_tasks(task_ids=[gone.pk], by=by)

        services.change_tasks(task_ids=[task.pk], changes={"title": "Other words"}, by=by)
        planned = Reminder.objects.get(kind="task.due", record_id=task.pk).at
        services.change_tasks(task_ids=[task.pk], changes={"due_at": at("2026-03-24T09:00")}, by=by)
        moved = Reminder.objects.get(kind="task.due", record_id=task.pk).at
        Reminder.objects.update(at=at("2026-03-20T07:59"))
        timeline.remind(kind="task.due")
        timeline.remind(kind="task.due")

    assert (planned, moved) == (at("2026-03-23T08:00"), at("2026-03-24T08:00"))
    assert set(reminded.values_list("member_id", "record_id")) == {
        (people.ana.pk, task.pk),
        (people.bruno.pk, task.pk),
    }


def test_a_day_is_reminded_of_from_its_morning_and_no_reminder_means_none(by):
    with time_machine.travel(at("2026-03-20T08:00"), tick=False):
        task = create(by, due_at=at("2026-03-24T23:59:59"), due_is_day=True, remind_before=1440)
        first = Reminder.objects.get(kind="task.due").at
        services.change_tasks(task_ids=[task.pk], changes={"remind_before": None}, by=by)

    assert first == at("2026-03-23T09:00")
    assert not Reminder.objects.filter(kind="task.due").exists()
    with pytest.raises(services.TaskRefusedError, match="no such reminder"):
        services.change_tasks(task_ids=[task.pk], changes={"remind_before": 7}, by=by)


def test_the_card_sets_a_reminder_and_holds_files(client_as, people, by):
    task, ana = create(by, due_at=at("2030-03-24T09:00")), client_as(people.ana)
    files.keep_file(
        name="offer.txt",
        body=io.BytesIO(b"offer"),
        size=5,
        member=people.ana,
        by=files.member_by(people.ana),
        kind="task",
        entity_id=task.pk,
    )

    answer = ana.post(f"/tasks/{task.pk}/fields/reminder/", {"value": "30"}, headers=HTMX)
    page = ana.get(f"/tasks/{task.pk}/").content.decode()

    assert "30 minutes before" in answer.content.decode()
    assert Task.objects.get().remind_before == 30
    assert "offer.txt" in page


@pytest.mark.parametrize(
    "written",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=40",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20300101",
        "FREQ=WEEKLY;COUNT=1",
        "FREQ=DAILY;UNTIL=20200101",
    ],
)
@pytest.mark.parametrize("shift", [0, 1, 200])
def test_what_is_counted_here_is_what_the_library_counts(written, shift):
    here = ZoneInfo("Europe/Lisbon")
    anchor = dt.datetime(2026, 3, 1, 9, 30, tzinfo=here)
    first, end = anchor + dt.timedelta(days=shift), anchor + dt.timedelta(days=900)
    rule = Rule.read(written)
    until = f"{rule.until:%Y%m%d}T235959" if rule.until else None

    found = between(rule, anchor, zone=here, first=first, end=end, limit=5_000)

    start, since, last = (moment.replace(tzinfo=None) for moment in (anchor, first, end))
    known = itertools.takewhile(
        lambda moment: moment < last, rrulestr(str(rule.but(UNTIL=until)), dtstart=start)
    )
    assert found == [moment.replace(tzinfo=here) for moment in known if moment > start and moment >= since]
