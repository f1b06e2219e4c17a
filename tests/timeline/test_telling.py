"""What members are told of the log: deals and contacts that became theirs, new deals, and when letters leave."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.timeline import services
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification, Preference
from afluente.timeline.selectors import notifications
from afluente.timeline.services.planning import leaves_at
from tests import make

pytestmark = pytest.mark.django_db
SOURCE = Actor("source", 1, "Site")


def tell() -> None:
    """What the worker does with the jobs that were queued."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_job WHERE name = %s RETURNING args -> 'events'", [services.TELL_JOB]
        )
        for (numbers,) in cursor.fetchall():
            services.tell(events=numbers if isinstance(numbers, list) else json.loads(numbers))


def opened(pipeline, *, count=1, assignee=None, by=SOURCE) -> list[int]:
    stage = pipeline.stages.order_by("position")[0]
    new = deals.NewDeal(
        name="Portal", pipeline_id=pipeline.pk, stage_id=stage.pk, currency="BRL",
        assignee_id=assignee.pk if assignee else None,
    )  # fmt: skip
    made = deals.open_deals(deals=[new] * count, by=by)
    tell()
    return made


def read(member) -> list[str]:
    return [line.plain for line in notifications.page(member=member, unread=True, before=None)[0]]


def wants_new(member, *, pipelines=()):
    services.save_ways(
        member=member,
        ways=services.Ways(channels={"deal.opened": ["app"]}, choices={"deal.opened": pipelines}),
    )


def test_a_new_deal_is_told_to_who_asked_for_its_pipeline(people):  # SP-263
    sales, other = make.pipeline(), make.pipeline()
    wants_new(people.ana)
    wants_new(people.dora, pipelines=[other.pk])

    opened(sales)

    assert (read(people.ana), read(people.dora)) == (["New deal: Portal"], [])
    opened(other)
    assert len(read(people.ana)) == 2
    assert read(people.dora) == ["New deal: Portal"]


def test_a_new_deal_that_may_not_be_seen_is_not_told(people):
    for member in (people.ana, people.bruno):
        wants_new(member)

    opened(make.pipeline(), assignee=people.carla)

    assert Notification.objects.filter(member=people.bruno).count() == 0
    assert len(read(people.ana)) == 1


def test_nobody_asked_means_nobody_is_told_of_new_deals(people):
    opened(make.pipeline())

    assert not Notification.objects.exists()


def test_whoever_is_given_a_deal_is_told_once_and_others_not(people):
    wants_new(people.bruno)
    (pk,) = opened(make.pipeline(), assignee=people.bruno)

    assert read(people.bruno) == ["The new deal Portal is yours"]
    deals.assign_deals(deal_ids=[pk], assignee=people.ana, by=Actor("member", people.dora.pk, "Dora Nunes"))
    tell()
    assert read(people.ana) == ["Dora Nunes gave you the deal Portal"]
    deals.assign_deals(deal_ids=[pk], assignee=people.dora, by=Actor("member", people.dora.pk, "Dora Nunes"))
    tell()
    assert read(people.dora) == []


def test_many_at_once_are_one_line(people):
    opened(make.pipeline(), count=12, assignee=people.ana)

    assert read(people.ana) == ["The new deal Portal is yours and 11 more"]


def test_whoever_is_given_a_contact_is_told(people):
    contact = make.contact(name="Camila Prado")
    by = Actor("member", people.ana.pk, "Ana Souza")

    contacts.assign_contact(contact_id=contact.pk, to=people.dora, by=by)
    tell()

    assert read(people.dora) == ["Ana Souza gave you the contact Camila Prado"]


def test_telling_costs_the_same_for_many(people):
    pipeline = make.pipeline()
    wants_new(people.ana)
    stage = pipeline.stages.order_by("position")[0]
    new = deals.NewDeal(name="P", pipeline_id=pipeline.pk, stage_id=stage.pk, currency="BRL")
    costs = []
    for count in (1, 5):
        deals.open_deals(deals=[new] * count, by=SOURCE)
        with CaptureQueriesContext(connection) as asked:
            tell()
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_an_order_that_is_taken_back_tells_nobody(people):
    pipeline = make.pipeline()
    wants_new(people.ana)
    stage = pipeline.stages.order_by("position")[0]
    new = deals.NewDeal(name="P", pipeline_id=pipeline.pk, stage_id=stage.pk, currency="BRL")
    made = deals.open_deals(deals=[new], by=SOURCE)
    deals.delete_deals(deal_ids=made, by=SOURCE)

    tell()

    assert not Notification.objects.exists()


SP = zoneinfo.ZoneInfo("America/Sao_Paulo")
NOW = dt.datetime(2026, 11, 22, 12, 20, tzinfo=dt.UTC)  # 9:20 in São Paulo


@pytest.mark.parametrize(
    ("wish", "moment"),
    [
        ({"mail_after": 60}, dt.datetime(2026, 11, 22, 13, 20, tzinfo=dt.UTC)),
        ({"rhythm": "hourly"}, dt.datetime(2026, 11, 22, 13, 0, tzinfo=dt.UTC)),
        ({"rhythm": "daily", "mail_hour": 18}, dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)),
        ({"rhythm": "daily", "mail_hour": 9}, dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)),
    ],
)
def test_letters_leave_by_the_rhythm_of_their_reader(wish, moment):
    assert leaves_at(Preference(**wish), SP, NOW) == moment


def test_the_daily_letter_keeps_its_hour_when_clocks_change():
    warsaw = zoneinfo.ZoneInfo("Europe/Warsaw")
    evening = dt.datetime(2026, 10, 24, 20, 0, tzinfo=dt.UTC)  # clocks go back that night

    moment = leaves_at(Preference(rhythm="daily", mail_hour=8), warsaw, evening)

    assert moment.astimezone(warsaw).time() == dt.time(8)


def test_a_waiting_letter_follows_a_new_rhythm(people):
    services.notify(
        [services.Notice(member_id=people.dora.pk, kind="mention", record_kind="contact",
                         record_id=make.contact().pk, actor=SOURCE)]
    )  # fmt: skip

    services.save_ways(member=people.dora, ways=services.Ways(channels={}, rhythm="hourly"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at FROM kernel_job WHERE name = %s", [services.MAIL_JOB])
        ((due,),) = cursor.fetchall()
    assert (due.minute, due.second) == (0, 0)


def test_a_company_that_becomes_somebodys_is_told_to_them_alone(people):
    company = contacts.create_company(name="Padaria Trigal", by=Actor("member", people.ana.pk, "Ana Souza"))
    for assignee in (people.bruno, people.bruno, people.ana):
        contacts.change_company(
            company_id=company.pk,
            changes={"assignee_id": assignee.pk},
            by=Actor("member", people.ana.pk, "Ana Souza"),
        )
        tell()
    made = contacts.create_company(
        name="Ateliê", assignee_id=people.bruno.pk, by=Actor("member", people.ana.pk, "Ana Souza")
    )
    tell()

    told = Notification.objects.order_by("pk").values_list("kind", "member_id", "record_id")
    assert list(told) == [
        ("company.assigned", people.bruno.pk, company.pk),
        ("company.assigned", people.bruno.pk, made.pk),
    ]
