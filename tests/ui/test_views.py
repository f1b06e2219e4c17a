"""The style guide and the preferences, over HTTP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_style_guide_is_hidden_from_visitors(client: Client):
    assert client.get("/styleguide/").status_code == 404


def test_the_style_guide_draws_every_component_in_debug_mode(client: Client, settings):
    settings.DEBUG = True

    page = client.get("/styleguide/").content.decode()

    assert page.count('class="card page stack"') == 10
    assert " style=" not in page


def test_a_theme_is_kept_on_this_device_and_used(client: Client, settings):
    settings.DEBUG = True

    answer = client.post("/preferences/", {"name": "theme", "value": "dark", "next": "/styleguide/"})

    assert (answer.status_code, answer["Location"]) == (303, "/styleguide/")
    assert 'data-theme="dark"' in client.get("/styleguide/").content.decode()


def test_script_is_answered_quietly(client: Client):
    answer = client.post(
        "/preferences/", {"name": "theme", "value": "dark"}, headers={"x-requested-with": "fetch"}
    )

    assert answer.status_code == 204


@pytest.mark.parametrize(("name", "value"), [("theme", "purple"), ("colour", "dark"), ("", "")])
def test_an_unknown_preference_is_refused_and_nothing_is_kept(client: Client, name: str, value: str):
    answer = client.post("/preferences/", {"name": name, "value": value})

    assert answer.status_code == 422
    assert "theme" not in client.cookies


def test_going_back_never_leaves_the_site(client: Client):
    answer = client.post(
        "/preferences/", {"name": "theme", "value": "light", "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_an_answer_that_failed_is_said_and_not_drawn(people, client_as):
    page = client_as(people.ana).get("/contacts/").content.decode()

    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])
    assert {"403", "404", "429", "5xx"} <= set(config["noSwap"])
    assert all(f'data-{kind}="' in page for kind in ("failed", "gone", "refused", "busy", "broken"))
