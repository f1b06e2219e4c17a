"""Files of a comment that is not sent yet: found again, sent once, and let go when it is given up."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.files.models import Attachment, File
from afluente.kernel import blobs
from afluente.timeline.events import Actor
from afluente.timeline.jobs import give_up_file
from afluente.timeline.models import Comment, DraftFile
from afluente.timeline.services.drafting import MOST
from tests import make

pytestmark = pytest.mark.django_db
URL, DRAFTS = "/comments/files/", "/comments/drafts/"


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    """A folder of its own for the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()


@pytest.fixture
def records(people):
    """The pages on which somebody writes, by kind, with the name of their box."""
    contact, deal = make.contact(), make.deal(assignee=people.ana)
    firm = contacts.create_company(name="Sol", by=Actor("member", people.ana.pk, "Ana"))
    return {
        "contact": (f"/contacts/{contact.pk}/", f"comment:contact:{contact.pk}"),
        "deal": (f"/deals/{deal.pk}/", f"comment:deal:{deal.pk}"),
        "company": (f"/companies/{firm.pk}/?tab=history", f"comment:company:{firm.pk}"),
    }


def bring(browser, draft, name="Offer.txt"):
    return browser.post(URL, {"file": SimpleUploadedFile(name, b"Value: 4,800"), "draft": draft}).json()["id"]


def has(browser, url, number):
    return f'name="file" value="{number}"' in browser.get(url).content.decode()


@pytest.mark.parametrize("kind", ["contact", "deal", "company"])
def test_a_file_is_there_again_after_a_reload_and_gone_when_it_was_sent(people, client_as, records, kind):
    (url, draft), ana = records[kind], client_as(people.ana)
    number = bring(ana, draft)
    kept = has(ana, url, number)

    sent = ana.post(f"{url.partition('?')[0]}comments/", {"text": "", "file": [number]})

    assert (kept, sent.status_code in {302, 303}, has(ana, url, number)) == (True, True, False)
    assert Attachment.objects.get(file_id=number).entity_id == Comment.objects.get().pk
    assert not DraftFile.objects.exists()


def test_it_is_nobody_elses_and_of_no_other_box(people, client_as, records):
    url, draft = records["contact"]
    number = bring(client_as(people.ana), draft)

    assert not has(client_as(people.dora), url, number)
    assert not has(client_as(people.ana), records["deal"][0], number)


def test_a_file_of_the_store_is_chosen_and_taken_out_and_stays_in_the_store(people, client_as, records):
    _url, draft = records["contact"]
    ana = client_as(people.ana)
    number = ana.post(URL, {"file": SimpleUploadedFile("Logo.txt", b"logo")}).json()["id"]

    chosen = ana.post(DRAFTS, {"draft": draft, "file": number}).content.decode()
    again = ana.get(DRAFTS, {"draft": draft}).content.decode()
    out = ana.post(DRAFTS, {"draft": draft, "file": number, "out": "1"}).content.decode()

    assert ("Logo.txt" in chosen, "Logo.txt" in again, "Logo.txt" in out) == (True, True, False)
    assert File.objects.get(pk=number).state == File.State.READY


def test_a_file_brought_for_the_comment_alone_goes_with_its_cross(people, client_as, records):
    ana, (_, draft) = client_as(people.ana), records["contact"]
    number = bring(ana, draft)

    ana.post(DRAFTS, {"draft": draft, "file": number, "out": "1"})

    assert File.objects.get(pk=number).state == File.State.DELETED


def test_a_reply_keeps_its_own(people, client_as, records):
    ana, (url, _) = client_as(people.ana), records["contact"]
    ana.post(f"{url}comments/", {"text": "First"})
    root = Comment.objects.get()
    number = bring(ana, f"reply:{root.pk}")
    replies = f"/comments/{root.pk}/replies/"

    kept = has(ana, replies, number)
    ana.post(replies, {"text": "", "file": [number]})

    assert (kept, has(ana, replies, number), DraftFile.objects.count()) == (True, False, 0)


def test_a_comment_given_up_lets_its_files_go_after_two_weeks(people, client_as, records):
    ana, (_, draft) = client_as(people.ana), records["contact"]
    brought = bring(ana, draft)
    attached = bring(ana, draft, "Kept.txt")
    contact = make.contact()
    ana.post(f"/contacts/{contact.pk}/comments/", {"text": "", "file": [attached]})
    rows = list(DraftFile.objects.values_list("pk", flat=True))
    assert len(rows) == 2

    for number in rows:
        give_up_file(draft_file_id=number)

    assert not DraftFile.objects.exists()
    assert File.objects.get(pk=brought).state == File.State.DELETED
    assert File.objects.get(pk=attached).state == File.State.READY


def test_a_job_waits_for_each(people, client_as, records):
    bring(client_as(people.ana), records["contact"][1])

    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at - now() FROM kernel_job WHERE name = %s", ["timeline.draft_file"])
        (waits,) = (row[0] for row in cursor.fetchall())
    assert abs(waits - dt.timedelta(days=14)) < dt.timedelta(minutes=5)


def test_what_is_no_box_or_no_file_is_refused_and_a_box_holds_so_many(people, client_as, records):
    ana, bruno = client_as(people.ana), client_as(people.bruno)
    draft = records["contact"][1]
    secret = bring(ana, draft)

    assert ana.post(DRAFTS, {"draft": "elsewhere", "file": secret}).status_code == 404
    assert "file" not in ana.get(DRAFTS, {"draft": "elsewhere"}).content.decode()
    assert bruno.post(DRAFTS, {"draft": draft, "file": secret}).status_code == 404
    for n in range(MOST + 1):
        bring(ana, "comment:contact:77", f"{n}.txt")
    assert DraftFile.objects.filter(draft="comment:contact:77").count() == MOST


def test_a_page_asks_as_often_for_three_files_as_for_one(people, client_as, records):
    ana, (url, draft) = client_as(people.ana), records["contact"]

    def cost():
        with CaptureQueriesContext(connection) as captured:
            ana.get(url)
        return len(captured)

    bring(ana, draft)
    cost()
    one = cost()
    bring(ana, draft, "2.txt")
    bring(ana, draft, "3.txt")

    assert cost() == one
