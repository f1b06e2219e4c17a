"""Working hours, holidays and absences as settings; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from afluente.accounts.models import Workspace
from afluente.automation import services
from afluente.automation.models import Token
from afluente.deals import services as deals
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
OFFICE = [[[540, 1080]]] * 5 + [[], []]  # Monday to Friday, 09:00 to 18:00


@pytest.fixture
def stage(people):
    Workspace.objects.filter(pk=people.workspace.pk).update(timezone=SAO_PAULO.key)
    services.save_company_week(week=OFFICE)
    return make.stage(pipeline=make.pipeline(), name="S")


def at(day: int, hour: int = 15, month: int = 1) -> dt.datetime:
    """A moment of 2028, which begins on a Saturday."""
    return dt.datetime(2028, month, day, hour, tzinfo=SAO_PAULO)


def due() -> dt.datetime:
    found = Token.objects.get(state="gated").due_at
    assert found is not None
    return found.astimezone(SAO_PAULO)


def test_cases_38_and_39_on_saturday_it_waits_for_monday_or_for_the_day_after_the_holiday(stage):
    publish(stage, rule("a", company_hours=True, where=["name.is:Ana"]))
    deal = open_in(stage)
    work(at(1))
    assert due() == at(3, 9)

    services.save_holiday(day=dt.date(2028, 1, 3), name="New year")
    work(at(3, 9))
    assert due() == at(4, 9)
    deals.change_deal(deal_id=deal.pk, changes={"name": "Lia"}, by=SYSTEM)
    work(at(4, 9))
    assert lines(deal) == ["a skipped condition_false"]


def test_case_40_it_waits_for_who_is_away_and_runs_for_who_is_there(stage, people):
    services.add_absence(member=people.bruno, since=at(1), until=at(10, 9))
    publish(stage, rule("a", person_hours=True))
    deal = open_in(stage, assignee_id=people.bruno.pk)
    work(at(5))
    assert due() == at(10, 9)

    deals.assign_deals(deal_ids=[deal.pk], assignee=people.carla, by=SYSTEM)
    assert work(at(6)) == 0
    work(at(10, 9))
    assert lines(deal) == ["a applied"]


def test_case_41_where_nobody_ever_works_it_is_skipped(stage):
    services.save_company_week(week=[[]] * 7)
    publish(stage, rule("a", company_hours=True))
    deal = open_in(stage)
    work(at(5))

    assert lines(deal) == ["a skipped no_working_time"]


def test_case_43_an_own_night_shift_is_open_at_two(stage, people):
    services.save_person_hours(member=people.bruno, week=[[[1200, 1680]]] * 7)
    publish(stage, rule("a", person_hours=True))
    deal = open_in(stage, assignee_id=people.bruno.pk)
    people.bruno.user.timezone = SAO_PAULO.key
    people.bruno.user.save()
    work(at(6, 2))

    assert lines(deal) == ["a applied"]


def test_without_settings_somebody_is_always_there(stage):
    services.save_company_week(week=None)
    publish(stage, rule("a", company_hours=True, person_hours=True))
    deal = open_in(stage)
    work(at(1, 3))

    assert lines(deal) == ["a applied"]


def test_hours_are_read_and_kept_over_the_api(people):
    program = Program(people.ana, "deals:read", "deals:write")
    bruno = people.bruno.pk
    assert program.get("working-hours").json() == {"week": None, "holidays": [], "people": [], "absences": []}
    program.send("put", "working-hours", {"week": OFFICE})
    program.send("put", "working-hours/holidays/2026-12-25", {"name": "Christmas"})
    program.send("put", f"working-hours/people/{bruno}", {"supervisor_id": people.carla.pk})
    away = program.send(
        "post",
        "working-hours/absences",
        {"member_id": bruno, "since": "2031-01-01T00:00:00Z", "until": "2031-01-10T00:00:00Z"},
    )
    kept = program.get("working-hours").json()

    assert (away.status_code, kept["week"]) == (201, OFFICE)
    assert kept["holidays"] == [{"day": "2026-12-25", "name": "Christmas", "hours": []}]
    assert kept["people"] == [{"member_id": bruno, "week": None, "supervisor_id": people.carla.pk}]
    assert [one["id"] for one in kept["absences"]] == [away.json()["id"]]
    assert program.send("delete", f"working-hours/absences/{away.json()['id']}", {}).status_code == 204
    assert program.send("delete", "working-hours/holidays/2026-12-25", {}).status_code == 204
    assert program.send("delete", "working-hours/holidays/2026-12-25", {}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("put", "working-hours", {"week": [[[600, 500]]] + [[]] * 6}, "week[0]"),
        ("put", "working-hours", {"week": [[[0, 600], [500, 700]]] + [[]] * 6}, "week[0]"),
        (
            "post",
            "working-hours/absences",
            {"member_id": 999999, "since": "2031-01-01T00:00:00Z", "until": "2031-01-02T00:00:00Z"},
            "member_id",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused(people, method, path, body, field):
    answer = Program(people.ana, "deals:read", "deals:write").send(method, path, body)

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


def test_whoever_may_not_configure_may_only_look(people):
    program = Program(people.bruno, "deals:read", "deals:write")

    assert program.send("put", "working-hours", {"week": None}).status_code == 403
    assert program.send("put", "working-hours/holidays/2026-12-25", {}).status_code == 403
