"""Settings, working hours: kept without script, and refused with words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from afluente.automation import selectors

URL = "/settings/working-hours/"


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def week(**more: str) -> dict[str, str]:
    usual = {f"d{day}-0-from": "09:00" for day in range(5)} | {f"d{day}-0-until": "18:00" for day in range(5)}
    return {"act": "week", **usual, **more}


def test_the_week_is_kept_with_breaks_and_over_midnight(browser):
    assert reverse("automation:hours") == URL
    more = {
        "d0-0-until": "12:00",
        "d0-1-from": "13:00",
        "d0-1-until": "18:00",
        "d5-0-from": "20:00",
        "d5-0-until": "04:00",
    }
    assert browser.post(URL, week(**more)).status_code == 303

    kept = selectors.kept_hours()["week"]
    assert kept[0] == [[540, 720], [780, 1080]]
    assert kept[5] == [[1200, 1680]]
    assert kept[6] == []
    assert 'value="13:00"' in browser.get(URL).content.decode()
    browser.post(URL, {"act": "week", "always": "on"})
    assert selectors.kept_hours()["week"] is None


@pytest.mark.parametrize("wrong", [{"d0-1-from": "10:00", "d0-1-until": "11:00"}, {"d6-0-from": "10:00"}])
def test_shifts_that_cannot_be_are_refused_and_what_was_typed_stays(browser, wrong):
    answer = browser.post(URL, week(**wrong))

    assert answer.status_code == 422
    assert "Shifts must not lie over each other" in answer.content.decode()
    assert 'value="10:00"' in answer.content.decode()
    assert selectors.kept_hours()["week"] is None


def test_holidays_absences_and_supervisors(browser, people):
    browser.post(URL, {"act": "holiday", "day": "2026-12-25", "name": "Christmas"})
    browser.post(
        URL, {"act": "absence", "person": people.bruno.pk, "since": "2030-01-02", "until": "2030-01-05"}
    )
    browser.post(URL, {"act": "supervisor", "person": people.bruno.pk, "supervisor": people.ana.pk})

    kept = selectors.kept_hours()
    assert [one["day"] for one in kept["holidays"]] == [dt.date(2026, 12, 25)]
    away = kept["absences"][0]
    assert away["until"] - away["since"] == dt.timedelta(days=4)
    assert kept["people"] == [{"member_id": people.bruno.pk, "week": None, "supervisor_id": people.ana.pk}]
    assert "Christmas" in browser.get(URL).content.decode()

    browser.post(URL, {"act": "drop", "day": "2026-12-25"})
    browser.post(URL, {"act": "drop", "absence": away["id"]})
    kept = selectors.kept_hours()
    assert (kept["holidays"], kept["absences"]) == ([], [])


def test_what_is_wrong_is_said(browser, people):
    wrong = {"act": "absence", "person": people.bruno.pk, "since": "2030-01-05", "until": "2030-01-02"}
    assert browser.post(URL, wrong).status_code == 422
    own = {"act": "supervisor", "person": people.ana.pk, "supervisor": people.ana.pk}
    assert browser.post(URL, own).status_code == 422
    assert browser.post(URL, {"act": "holiday", "day": "soon"}).status_code == 422


def test_only_who_configures_pipelines_gets_in(client_as, people):
    assert client_as(people.bruno).get(URL).status_code == 403
