"""The page of the search, the lines of its box, and what was opened."""

from __future__ import annotations

import html
import re

import pytest

from afluente.accounts.models import Reach, Role
from afluente.contacts import policies as contact_policies
from afluente.contacts.statements import search as index
from afluente.deals import policies as deal_policies
from afluente.search.models import Opened
from afluente.tasks import policies as task_policies
from tests import cast, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lia(people):
    made = make.contact(name="Lia Prado", assignee=people.ana)
    index.index_contacts([made.pk])
    return made


def test_the_page_works_without_script(people, lia):
    browser = cast.browser(people.ana)

    page = browser.get("/search/?q=lia").content.decode()

    assert f'href="/contacts/{lia.pk}/"' in page
    assert "<mark>Lia</mark> Prado" in page
    assert "Nothing fits" in browser.get("/search/?q=zzz").content.decode()
    assert browser.get("/search/").status_code == 200
    assert browser.get("/search/?q=lia&in=nothing").status_code == 404


def test_all_results_of_one_source_are_a_page(people):
    pipeline = make.pipeline()
    for number in range(12):
        make.deal(name=f"Roof {number}", stage=pipeline.stages.first())
    browser = cast.browser(people.ana)

    everything = browser.get("/search/?q=roof").content.decode()
    deals = browser.get("/search/?q=roof&in=deals").content.decode()

    assert "/search/?q=roof&amp;in=deals" in everything
    assert (everything.count("<mark>Roof</mark>"), deals.count("<mark>Roof</mark>")) == (10, 12)


def test_the_lines_of_the_box_are_options(people, lia):
    lines = cast.browser(people.ana).get("/search/lines/?q=lia").content.decode()

    assert 'role="listbox"' in lines
    assert lines.count('role="option"') >= 1
    assert 'data-said="' in lines
    assert "<html" not in lines


def test_every_page_has_the_box_and_a_record_says_that_it_was_opened(people, lia):
    browser = cast.browser(people.ana)

    page = browser.get(f"/contacts/{lia.pk}/").content.decode()

    assert 'role="combobox"' in page
    assert f'data-opened="contacts:{lia.pk}"' in page
    assert "data-opened" not in browser.get("/contacts/").content.decode()
    assert browser.post("/search/opened/", {"kind": "contacts", "record": lia.pk}).status_code == 204
    assert Opened.objects.get().record == lia.pk
    assert "Opened lately" in browser.get("/search/lines/").content.decode()


@pytest.mark.parametrize("record", ["", "x", "9" * 30, "-1", "12"])
def test_nonsense_is_not_noted(people, record):
    answer = cast.browser(people.ana).post("/search/opened/", {"kind": "contacts", "record": record})

    assert answer.status_code == 204
    assert not Opened.objects.exists()


ROLES = [role for role in Role.values if role != Role.CUSTOM]


@pytest.mark.parametrize("reach", [Reach.OWN, Reach.TEAM, Reach.ALL])
@pytest.mark.parametrize("role", ROLES)
def test_every_line_that_a_role_is_shown_opens_for_it_and_no_other_record_is_found(people, role, reach):
    owners = (people.ana, people.bruno, people.carla, None)
    contacts = [make.contact(name=f"Lúcia {n}", assignee=owner) for n, owner in enumerate(owners)]
    index.index_contacts([one.pk for one in contacts])
    deals = [make.deal(name=f"Lúcia deal {n}", assignee=owner) for n, owner in enumerate(owners)]
    tasks = [make.task(title=f"Lúcia task {n}", assignee=owner) for n, owner in enumerate(owners)]
    member = make.member(name="Olga", role=role, reach=reach, team=people.sales)
    browser = cast.browser(member)

    found = {}
    for typed in ("", "lucia", ">", "@lucia", f"#{deals[0].number}", "a"):
        page = browser.get("/search/lines/", {"q": typed}).content.decode()
        for url in re.findall(r'<a class="mi[^"]*" href="([^"]+)"', page):
            found.setdefault(html.unescape(url), typed)

    closed = {url: browser.get(url).status_code for url in found if url.startswith("/")}
    assert {url: status for url, status in closed.items() if status != 200} == {}
    present = (
        ("contacts", contact_policies.visible_to(member), contacts),
        ("deals", deal_policies.visible_to(member), deals),
        ("tasks", task_policies.visible_to(member), tasks),
    )
    for kind, seen, rows in present:
        shown = {int(number) for url in found for number in re.findall(rf"^/{kind}/(\d+)/$", url)}
        assert shown == set(seen.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)), kind
