"""What is changed on the page of a deal is taken back by the link of its notice."""

from __future__ import annotations

import html
import json
import re

import pytest

from afluente.deals import services
from afluente.deals.models import Deal
from afluente.deals.services.due import due_on
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_without_script_a_move_and_a_reopening_are_taken_back_by_their_notice(client_as, people):
    pipeline = make.pipeline()
    browser, deal = client_as(people.dora), make.deal(stage=make.stage_of(pipeline))
    home, lost = deal.stage_id, make.stage_of(pipeline, "Lost")

    def undo(answer):
        found = re.search(r'action="(/deals/\d+/moves/\?[^"]*undo[^"]*)"', answer.content.decode())
        assert found is not None
        again = browser.post(html.unescape(found[1]), follow=True)
        assert "undo=1" not in again.content.decode()

    undo(browser.post(f"/deals/{deal.pk}/moves/", {"stage": lost.pk, "reason": "Price"}, follow=True))
    assert Deal.objects.get(pk=deal.pk).stage_id == home
    services.move_deals(deal_ids=[deal.pk], to=lost, by=SYSTEM, lost_reason="Time")
    undo(browser.post(f"/deals/{deal.pk}/reopening/", follow=True))
    deal.refresh_from_db()
    assert (deal.stage_id, deal.lost_reason) == (lost.pk, "Time")


@pytest.mark.parametrize("field", ["name", "amount", "type", "assignee", "due"])
def test_a_change_is_taken_back_exactly(client_as, people, field):
    browser = client_as(people.dora)
    kinds = [services.create_type(name=name, by=SYSTEM) for name in ("Sale", "Resale")]
    deal = make.deal(amount="1234.5", type=kinds[0], assignee=people.bruno, name="Kitchen & bath")
    services.set_due(deal_ids=[deal.pk], due=due_on(clock.now().date(), None, 60), by=SYSTEM)
    columns = ("name", "amount", "type_id", "assignee_id", "due_at", "is_due_day", "remind_before")
    before = Deal.objects.values(*columns).get(pk=deal.pk)
    sent = {
        "name": {"value": "Other"},
        "amount": {"value": "9"},
        "type": {"value": kinds[1].pk},
        "assignee": {"value": people.ana.pk},
        "due": {"day": "2031-01-31", "time": "10:00"},
    }[field]
    url = f"/deals/{deal.pk}/{field}/"

    answer = browser.post(url, sent, headers=HTMX)

    assert Deal.objects.values(*columns).get(pk=deal.pk) != before
    way_back = json.loads(answer.headers["HX-Trigger"])["af:toast"]["undo"]
    again = browser.post(url, sent, headers=HTMX)
    assert "af:toast" not in again.headers.get("HX-Trigger", "")
    browser.post(way_back, headers={"X-Requested-With": "fetch"})
    assert Deal.objects.values(*columns).get(pk=deal.pk) == before
