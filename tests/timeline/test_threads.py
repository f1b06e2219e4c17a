"""Replies: how many and whose, where they show, and what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.timeline import selectors, services
from afluente.timeline.models import Comment, Event
from tests import make

pytestmark = pytest.mark.django_db


def feed(member, contact, **query):
    return selectors.contact_feed(
        member=member, contact_id=contact.pk, page_url="/c/", comment_url="/c/comments/", query=query
    )


def entries(found):
    return [entry for day in found.days for entry in day.entries]


def said(member, contact, text="Olá", parent=None):
    return services.add_comment(text=text, by=member, contact_id=contact.pk, parent=parent)


def htmx(target):
    return {"HX-Request": "true", "HX-Target": target}


def test_replies_stand_in_their_thread_and_not_in_the_history(people):
    contact = make.contact()
    root = said(people.ana, contact)
    said(people.dora, contact, "Sim", parent=root)
    said(people.dora, contact, "Já", parent=root)

    (entry,) = entries(feed(people.ana, contact))

    assert entry.comment == root
    assert entry.thread.count == 2
    assert [face["name"] for face in entry.thread.people] == ["Dora Nunes"]


def test_an_answer_to_an_answer_belongs_to_the_same_thread(people):
    contact = make.contact()
    root = said(people.ana, contact)

    second = said(people.dora, contact, parent=said(people.dora, contact, parent=root))

    assert second.parent_id == root.pk


def test_a_thread_is_opened_and_answered_in_place(people, client_as):
    contact = make.contact()
    root = said(people.ana, contact)
    url = f"/comments/{root.pk}/replies/"
    browser = client_as(people.dora)

    answer = browser.post(url, {"text": "Sim"}, headers=htmx(f"div#thread-{root.pk}"))
    page = browser.get(url)

    assert answer.status_code == 200
    assert f'id="thread-{root.pk}"' in answer.content.decode()
    assert "Sim" in answer.content.decode()
    assert "Sim" in page.content.decode()
    assert "<!doctype html>" in page.content.decode()
    assert browser.post(url, {"text": "E"}).status_code == 302


def test_a_refused_reply_keeps_its_words(people, client_as):
    root = said(people.ana, make.contact())

    answer = client_as(people.ana).post(f"/comments/{root.pk}/replies/", {"text": "x" * 5001})

    assert answer.status_code == 422
    assert "x" * 5001 in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_deleted_comment_with_answers_stays_as_their_place(people, client_as):
    contact = make.contact()
    root = said(people.ana, contact, "Segredo")
    said(people.dora, contact, "Sim", parent=root)
    services.delete_comment(comment=root, by=people.ana)

    html = client_as(people.ana).get(f"/contacts/{contact.pk}/").content.decode()

    assert "Segredo" not in html
    assert "This comment was deleted." in html
    assert "1 reply" in html
    assert client_as(people.ana).post(f"/comments/{root.pk}/replies/", {"text": "x"}).status_code == 404


def test_the_words_before_an_edit_are_in_the_log(people):
    comment = said(people.ana, make.contact(), "Um")

    services.edit_comment(comment=comment, text="Dois", by=people.ana)

    assert Event.objects.get(kind="comment.changed").data["text"] == ["Um", "Dois"]


def test_who_no_longer_sees_the_record_reads_and_changes_nothing(people, client_as):
    contact = make.contact(assignee=people.bruno)
    comment = said(people.bruno, contact)
    type(contact).objects.filter(pk=contact.pk).update(assignee=people.ana)
    browser = client_as(people.bruno)

    statuses = [
        browser.get(f"/comments/{comment.pk}/").status_code,
        browser.get(f"/comments/{comment.pk}/replies/").status_code,
        browser.post(f"/comments/{comment.pk}/replies/", {"text": "x"}).status_code,
        browser.post(f"/comments/{comment.pk}/deletion/").status_code,
        browser.get(f"/comments/people/?contact={contact.pk}&q=a").status_code,
    ]

    assert statuses == [404] * 5
    assert Comment.objects.filter(deleted_at=None).count() == 1


def test_a_history_with_threads_costs_the_same_for_one_and_for_many(people):
    one, many = make.contact(), make.contact()
    said(people.dora, one, parent=said(people.ana, one, "@Bruno Lima"))
    for _ in range(4):
        root = said(people.ana, many, "@Bruno Lima @Dora Nunes")
        for _ in range(3):
            said(people.dora, many, parent=root)

    with CaptureQueriesContext(connection) as few:
        feed(people.ana, one)
    with CaptureQueriesContext(connection) as more:
        feed(people.ana, many)

    assert len(more) == len(few)


def test_an_open_thread_costs_the_same_for_one_and_for_many(people, client_as):
    contact = make.contact()
    root = said(people.ana, contact)
    said(people.dora, contact, "@Ana Souza", parent=root)
    browser = client_as(people.ana)
    browser.get("/comments/people/")  # what a first request alone asks
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/comments/{root.pk}/replies/", headers=htmx("div#thread-1"))
    for _ in range(3):
        said(people.bruno, contact, "@Ana Souza", parent=root)
    with CaptureQueriesContext(connection) as more:
        browser.get(f"/comments/{root.pk}/replies/", headers=htmx("div#thread-1"))

    assert len(more) == len(few)


def test_a_link_to_an_old_comment_shows_it_with_its_thread_open(people):
    contact = make.contact()
    root = said(people.ana, contact, "Alt")
    said(people.dora, contact, "Sim", parent=root)
    for number in range(40):
        said(people.ana, contact, f"{number}")

    near = feed(people.ana, contact, at=str(root.event_id), thread=str(root.pk))

    (entry,) = entries(near)
    assert (entry.comment, near.is_past, entry.thread.is_open) == (root, True, True)
    assert [reply.comment.text for reply in entry.thread.replies] == ["Sim"]
