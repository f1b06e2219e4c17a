"""The page of notifications and its drop-down; and what cannot wait is mailed at once, alone."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from afluente.timeline import services
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification
from tests import make
from tests.timeline import reminders as kit

pytestmark = pytest.mark.django_db
PAGE = "/notifications/"
BY = Actor("member", 1, "Ana Souza")


def tell(member, contact, *kinds: str) -> None:
    services.notify(
        [
            services.Notice(
                member_id=member.pk, kind=kind, record_kind="contact", record_id=contact.pk, actor=BY
            )
            for kind in kinds
        ]
    )


def test_what_concerns_one_record_stands_together(people, client_as):
    one, other = make.contact(name="Camila Prado"), make.contact(name="Davi Lima")
    for contact in (one, other, one):
        tell(people.dora, contact, "contact.assigned")

    html = client_as(people.dora).get(PAGE).content.decode()

    assert html.index("1 more about Camila Prado") < html.index("Davi Lima</b>")
    assert "more about Davi Lima" not in html


def test_everything_about_one_record_is_read_at_once_and_taken_back(people, client_as):
    one, other = make.contact(), make.contact()
    for contact in (one, one, other):
        tell(people.dora, contact, "contact.assigned")
    browser = client_as(people.dora)

    answer = browser.post(
        f"{PAGE}reading/", {"record": f"contact-{one.pk}"}, headers={"X-Requested-With": "fetch"}
    )
    left = Notification.objects.filter(read_at=None).values_list("record_id", flat=True)

    assert list(left) == [other.pk]
    said = json.loads(answer["HX-Trigger"])["af:toast"]
    browser.post(said["undo"], headers={"X-Requested-With": "fetch"})
    assert Notification.objects.filter(read_at=None).count() == 3


@pytest.mark.parametrize("record", ["contact-x", "contact", "-1", "contact-99999999999999999999"])
def test_a_record_that_is_none_marks_nothing(people, client_as, record):
    tell(people.dora, make.contact(), "contact.assigned")

    assert client_as(people.dora).post(f"{PAGE}reading/", {"record": record}).status_code == 303
    assert Notification.objects.filter(read_at=None).count() == 1


def test_one_kind_is_shown_alone(people, client_as):
    tell(people.dora, make.contact(name="Camila Prado"), "contact.assigned")
    tell(people.dora, make.contact(name="Davi Lima"), "mention")

    html = client_as(people.dora).get(f"{PAGE}?kind=mention").content.decode()

    assert "Davi Lima" in html
    assert "Camila Prado" not in html


def test_the_drop_down_shows_the_newest_few(people, client_as):
    for _ in range(10):
        tell(people.dora, make.contact(), "contact.assigned")

    html = client_as(people.dora).get(f"{PAGE}?peek=1").content.decode()

    assert html.count('class="notice unread"') == 8
    assert "<html" not in html


def test_a_reminder_is_mailed_at_once_and_the_rest_waits_for_its_hour(people, mailoutbox):
    kit.register(is_urgent=True)
    services.save_ways(member=people.dora, ways=services.Ways(channels={}, rhythm="daily", mail_hour=8))
    tell(people.dora, make.contact(name="Davi Lima"), "mention")
    kit.remind_of(make.contact(name="Camila Prado", assignee=people.dora).pk, at=kit.ago(1))
    services.remind(kind=kit.KIND)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text FROM kernel_job WHERE name = %s AND due_at <= now()", [services.MAIL_JOB]
        )
        due = [json.loads(row[0]) for row in cursor.fetchall()]

    for args in due:
        services.mail_unread(**args)

    assert due == [{"member_id": people.dora.pk, "is_urgent": True}]
    (letter,) = mailoutbox
    assert "Camila Prado" in letter.body
    assert "Davi Lima" not in letter.body
