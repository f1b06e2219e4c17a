"""What is answered when nobody caught an error, and that it can be looked up."""

from __future__ import annotations

import logging

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import RequestFactory

from afluente.config import refusals
from afluente.kernel import asgi

PATH = "/accounts/password/reset/key/1-secret/"


def answer_to(problem: Exception) -> int:
    asgi.request_id.set("abcdef0123456789")
    try:
        raise problem  # noqa: TRY301  as a view does
    except Exception:  # noqa: BLE001  whatever it is, as Django does
        return refusals.server_error(RequestFactory().get(PATH)).status_code


def test_an_error_is_written_down_under_the_id_that_people_are_told(caplog):
    with caplog.at_level(logging.ERROR):
        status = answer_to(RuntimeError("boom"))

    assert status == 500
    assert "abcdef0123456789" in caplog.text
    assert "RuntimeError: boom" in caplog.text
    assert "secret" not in caplog.text


def test_a_database_that_is_away_is_no_error_of_ours(caplog):
    with caplog.at_level(logging.ERROR):
        status = answer_to(OperationalError("gone"))

    assert status == 503
    assert not caplog.records


@pytest.mark.parametrize("host", ["my_crm.example", "<script>alert(1)</script>"])
def test_a_host_that_is_no_name_is_told_which_setting_counts_and_is_not_repeated(client, host):
    answer = client.get("/contacts/", headers={"Host": host, "Accept-Language": "pt-BR"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "AFLUENTE_BASE_URL" in page
    assert 'lang="pt-br"' in page
    assert host not in page


def test_programs_are_refused_in_json(client):
    answer = client.get("/api/v1/deals/", headers={"Host": "my_crm.example"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "host_invalid")


def test_what_makes_no_sense_gets_a_page_of_ours():
    answer = refusals.bad_request(RequestFactory().get(PATH), SuspiciousOperation("cut in half"))

    assert answer.status_code == 400
    assert b"This could not be understood." in answer.content
    assert b"cut in half" not in answer.content
