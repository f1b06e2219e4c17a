"""Reminders of due dates are planned with the deal, and told to its assignee."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.deals import services
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Notification, Reminder
from tests import make

pytestmark = pytest.mark.django_db


def in_hours(hours, remind_before=60):
    return services.Due(clock.now() + dt.timedelta(hours=hours), remind_before=remind_before)


def test_a_reminder_follows_the_due_date(people):
    deal = make.deal(assignee=people.ana)

    due = in_hours(5)
    services.set_due(deal_ids=[deal.pk], due=due, by=SYSTEM)

    assert Reminder.objects.get().at == due.at - dt.timedelta(hours=1)
    services.set_due(deal_ids=[deal.pk], due=services.Due(due.at), by=SYSTEM)
    assert not Reminder.objects.exists()


def test_a_stage_with_hours_plans_reminders_of_what_enters_and_opens(people):
    stage = services.change_stage(
        stage_id=make.stage_of(make.pipeline(), "In progress").pk,
        changes={"due_hours": 48, "remind_before": 1440},
        by=SYSTEM,
    )
    deal = make.deal()

    services.move_deals(deal_ids=[deal.pk], to=stage, by=SYSTEM)
    new = services.NewDeal(name="", pipeline_id=stage.pipeline_id, stage_id=stage.pk, currency="BRL")
    (opened,) = services.open_deals(deals=[new], by=SYSTEM)

    assert set(Reminder.objects.values_list("record_id", flat=True)) == {deal.pk, opened}


def test_the_assignee_is_told_once_and_nobody_of_a_closed_deal(people):
    pipeline = make.pipeline()
    mine = make.deal(stage=make.stage_of(pipeline), assignee=people.ana)
    closed = make.deal(stage=make.stage_of(pipeline), assignee=people.ana)
    services.set_due(deal_ids=[mine.pk, closed.pk], due=in_hours(0.5), by=SYSTEM)
    services.move_deals(deal_ids=[closed.pk], to=make.stage_of(pipeline, "Won"), by=SYSTEM)

    timeline.remind(kind=services.DUE)
    timeline.remind(kind=services.DUE)

    found = Notification.objects.filter(kind=services.DUE)
    assert [(one.member_id, one.record_id) for one in found] == [(people.ana.pk, mine.pk)]
