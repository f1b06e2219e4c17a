"""What members are told: the bell, the page, reading with a way back, and the letter."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import User
from afluente.kernel.changes import Batch, Change, Viewer, encode
from afluente.kernel.snapshots import Cursor, Snapshot
from afluente.timeline import policies, services
from afluente.timeline.models import Notification
from afluente.timeline.selectors import notifications
from tests import make

pytestmark = pytest.mark.django_db
BELL = "/counts/?of=timeline:notifications"


def told(people, contact=None, text="@Dora Nunes veja", by=None):
    about = contact or make.contact(name="Camila Prado")
    return services.add_comment(text=text, by=by or people.ana, contact_id=about.pk)


def unread(browser):
    return browser.get(BELL).json()["timeline:notifications"][0]


def queued():
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM kernel_job WHERE name = %s", [services.MAIL_JOB])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_the_page_says_who_where_and_what(people, client_as):
    comment = told(people, text="@Dora Nunes <b>veja</b>")

    html = client_as(people.dora).get("/notifications/").content.decode()

    assert "<b>Ana Souza</b> mentioned you on <b>Camila Prado</b>" in html
    assert "@Dora Nunes &lt;b&gt;veja&lt;/b&gt;" in html
    (line,) = notifications.page(member=people.dora, unread=True, before=None)[0]
    assert line.url == f"/contacts/{comment.contact_id}/?at={comment.event_id}#event-{comment.event_id}"


def test_opening_reads_it_and_leads_to_the_comment(people, client_as):
    told(people)
    notice = Notification.objects.get()
    browser = client_as(people.dora)

    answer = browser.post(f"/notifications/{notice.pk}/opening/")

    assert (answer.status_code, unread(browser)) == (303, 0)
    assert browser.get(answer["Location"]).status_code == 200
    assert "Everything is read" in browser.get("/notifications/").content.decode()
    assert "Camila Prado" in browser.get("/notifications/?show=all").content.decode()


def test_nobody_reads_what_another_is_told(people, client_as):
    told(people)
    notice = Notification.objects.get()

    for path in ("opening", "reading"):
        assert client_as(people.ana).post(f"/notifications/{notice.pk}/{path}/").status_code == 404
    assert Notification.objects.get().read_at is None


def test_marking_all_is_taken_back_exactly(people, client_as):
    contact = make.contact()
    told(people, contact)
    client_as(people.dora).post(f"/notifications/{Notification.objects.get().pk}/reading/")
    told(people, contact)
    told(people, contact)
    browser = client_as(people.dora)

    answer = browser.post("/notifications/reading/", headers={"HX-Request": "true"})
    undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])[1]
    after = unread(browser)
    browser.post(undo, headers={"X-Requested-With": "fetch"})

    assert (after, unread(browser)) == (0, 2)


def test_one_is_marked_and_unmarked(people, client_as):
    told(people)
    url = f"/notifications/{Notification.objects.get().pk}/reading/"
    browser = client_as(people.dora)

    browser.post(url)
    browser.post(url, {"unread": "1"})

    assert unread(browser) == 1


def test_what_may_not_be_seen_any_more_is_neither_counted_nor_shown(people):
    contact = make.contact()
    told(people, contact, "@Bruno Lima")
    before = notifications.unread_count(people.bruno)
    type(contact).objects.filter(pk=contact.pk).update(assignee=people.ana)

    assert (before, notifications.unread_count(people.bruno)) == (1, 0)
    assert notifications.page(member=people.bruno, unread=False, before=None) == ([], None)


def test_what_was_deleted_is_not_told(people):
    comment = told(people)

    services.delete_comment(comment=comment, by=people.ana)

    assert notifications.unread_count(people.dora) == 0


def test_the_page_is_read_by_key_at_one_cost(people, client_as):
    contact = make.contact()
    told(people, contact)
    with CaptureQueriesContext(connection) as few:
        notifications.page(member=people.dora, unread=True, before=None)
    for _ in range(34):
        told(people, make.contact())
    with CaptureQueriesContext(connection) as more:
        first, following = notifications.page(member=people.dora, unread=True, before=None)
    second, end = notifications.page(member=people.dora, unread=True, before=following)

    assert len(more) == len(few)
    assert (len(first), len(second), end) == (30, 5, None)


def test_the_bell_costs_one_query_and_is_in_the_frame(people, client_as):
    told(people)
    with CaptureQueriesContext(connection) as asked:
        notifications.unread_count(people.dora)
    assert len(asked) == 1

    html = client_as(people.dora).get("/contacts/").content.decode()

    assert (
        '<em class="n hot" data-count="timeline:notifications" data-on="notification.*" data-titled' in html
    )
    assert client_as(people.dora).get("/counts/").json()["timeline:notifications"] == [1, "1"]


def test_nobody_else_hears_of_it_on_the_stream(people):
    seen = Snapshot.parse("10:10:")
    batch = Batch(
        Snapshot.parse("20:20:"), [Change(1, 12, "notification.added", None, None, member=people.dora.pk)]
    )

    def heard(member):
        viewer = Viewer(member.workspace_id, member.pk, member.user_id, "", "")
        return encode(batch, viewer, {}, since=Cursor(seen))

    assert b"notification.added" in heard(people.dora)
    assert heard(people.ana) == b""


def test_the_stream_reads_whom_an_event_concerns(people):
    from afluente.timeline.selectors import feed

    cursor = Cursor(Snapshot.parse("3:3:"))
    told(people)

    found = {change.kind: change.member for change in feed.since(cursor).changes}

    assert found == {"comment.added": None, "notification.added": people.dora.pk}


def test_each_way_can_be_switched_off(people, client_as):
    browser = client_as(people.dora)
    answer = browser.post(
        "/settings/notifications/",
        {"mention.mail": "on", "rhythm": "soon", "mail_after": "5", "mail_hour": "8"},
    )

    told(people)

    notice = Notification.objects.get()
    assert (answer.status_code, notice.in_app, notifications.unread_count(people.dora)) == (303, False, 0)
    assert queued() == [{"member_id": people.dora.pk}]
    browser.post("/settings/notifications/", {"rhythm": "soon", "mail_after": "5", "mail_hour": "8"})
    told(people)
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("delay", ["", "7", "x"])
def test_an_unknown_patience_is_refused(people, client_as, delay):
    answer = client_as(people.dora).post("/settings/notifications/", {"mail_after": delay})

    assert answer.status_code == 422


def test_one_letter_tells_everything_that_was_not_read_and_only_once(people, mailoutbox):
    User.objects.filter(pk=people.dora.user_id).update(language="pt-br")
    told(people, text="@Dora Nunes um & dois")
    told(people, text="@Dora Nunes três")
    assert len(queued()) == 1  # one letter waits for both

    services.mail_unread(member_id=people.dora.pk)
    services.mail_unread(member_id=people.dora.pk)

    (letter,) = mailoutbox
    assert letter.to == [people.dora.user.email]
    assert "um & dois" in letter.body
    assert "três" in letter.body
    assert "mencionou você" in letter.subject


def test_a_letter_of_many_says_how_many_it_does_not_tell(people, mailoutbox):
    User.objects.filter(pk=people.dora.user_id).update(language="en")
    for number in range(25):
        told(people, text=f"@Dora Nunes number {number}.")

    assert services.mail_unread(member_id=people.dora.pk) == 25

    (letter,) = mailoutbox
    assert letter.body.count("number ") == 20
    assert "5 more stand in Afluente." in letter.body
    assert "and 24 more" in letter.subject


def test_no_letter_about_what_was_read_or_may_not_be_seen(people, mailoutbox):
    contact = make.contact()
    told(people, contact, "@Dora Nunes, @Bruno Lima")
    services.mark_read(found=policies.notifications_of(people.dora))
    type(contact).objects.filter(pk=contact.pk).update(assignee=people.ana)

    for member in (people.dora, people.bruno):
        services.mail_unread(member_id=member.pk)

    assert mailoutbox == []


def test_the_letter_waits_as_long_as_its_reader_wants(people):
    services.save_ways(member=people.dora, ways=services.Ways(channels={}, mail_after=60))
    told(people)

    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at - now() FROM kernel_job WHERE name = %s", [services.MAIL_JOB])
        (wait,) = cursor.fetchone()
    assert dt.timedelta(minutes=59) < wait < dt.timedelta(minutes=61)
