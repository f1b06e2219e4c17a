"""What is answered when nobody caught an error, and that it can be looked up."""

from __future__ import annotations

import logging

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
