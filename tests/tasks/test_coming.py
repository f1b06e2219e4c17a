"""What comes next in a deal: its nearest open task, call or meeting, on boards and in lists."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.deals import selectors
from afluente.kernel import clock
from afluente.tasks import services
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(people):
    return make.pipeline()


def plan(deal, title, *, hours=None, kind="task", assignee=None):
    at = clock.now() + dt.timedelta(hours=hours) if hours is not None else None
    times = {"start_at": at, "due_at": at} if kind != "task" else {"due_at": at}
    (made,) = services.create_tasks(
        tasks=[
            services.NewTask(
                title=title,
                kind=kind,
                deal_ids=[deal.pk],
                assignee_id=assignee.pk if assignee else None,
                **times,
            )
        ],
        by=SYSTEM,
    )
    return made


def test_the_nearest_open_one_counts(people, pipeline):
    deal, bare, someday = make.deal(), make.deal(), make.deal()
    plan(deal, "Later", hours=90)
    plan(deal, "Some day")
    late = plan(deal, "Was due", hours=-3)
    plan(someday, "Think about it")

    found = selectors.nexts(member=people.dora, deal_ids=[deal.pk, bare.pk, someday.pk])

    assert found[deal.pk].id == late
    assert selectors.tone_of(found[deal.pk]) == "late"
    assert bare.pk not in found
    assert selectors.tone_of(None) == "none"
    assert selectors.tone_of(found[someday.pk]) == "planned"
    services.complete_tasks(task_ids=[late], by=SYSTEM)
    found = selectors.nexts(member=people.dora, deal_ids=[deal.pk])
    assert found[deal.pk].title == "Later"


def test_a_call_counts_from_when_it_begins(people, pipeline):
    deal = make.deal()
    plan(deal, "Task", hours=30)
    plan(deal, "Call", hours=20, kind="call")

    (found,) = selectors.nexts(member=people.dora, deal_ids=[deal.pk]).values()

    assert (found.title, found.icon) == ("Call", "phone")


def test_board_and_list_show_it_with_one_query_for_all(client_as, people, pipeline):
    browser = client_as(people.dora)
    urls = [f"/deals/pipelines/{pipeline.pk}/", f"/deals/pipelines/{pipeline.pk}/?status=list"]
    plan(make.deal(), "Was due", hours=-3)

    def cost(url):
        with CaptureQueriesContext(connection) as found:
            page = browser.get(url).content.decode()
        return page, len(found)

    for url in urls:
        cost(url)
    before = [cost(url)[1] for url in urls]
    for n in range(4):
        plan(make.deal(), f"Later {n}", hours=200 + n)
    make.deal()

    pages = [cost(url) for url in urls]

    assert [n for _, n in pages] == before
    for page, _ in pages:
        assert "next-act late" in page
        assert page.count("next-act planned") == 4
        assert page.count("next-act none") == 1
