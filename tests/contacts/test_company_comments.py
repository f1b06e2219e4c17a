"""What people write about a company: on its page, in threads, with mentions and files, and by the API."""

from __future__ import annotations

import io

import pytest

from afluente.accounts.models import Action, Area, Membership, Reach, Rights
from afluente.accounts.services import create_role
from afluente.contacts import services
from afluente.deals.services.companies import set_company
from afluente.timeline import selectors as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Comment, Event, Notification
from afluente.timeline.services import add_comment
from tests import cast, make
from tests.calls import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(people):
    by = Actor("member", people.ana.pk, people.ana.user.name)
    return services.create_company(name="Padaria Sol", by=by, assignee_id=people.ana.pk)


def page(browser, firm, **query):
    return browser.get(f"/companies/{firm.pk}/", {"tab": "history", **query}).content.decode()


def write(browser, firm, text="Bread at six", **data):
    return browser.post(f"/companies/{firm.pk}/comments/", {"text": text, **data})


def test_a_comment_stands_in_the_history_and_is_changed_deleted_and_brought_back(client_as, people, firm):
    ana = client_as(people.ana)

    answer = write(ana, firm)
    (comment,) = Comment.objects.all()
    shown = page(ana, firm)
    changed = ana.post(f"/comments/{comment.pk}/", {"text": "Bread at five"})
    ana.post(f"/comments/{comment.pk}/deletion/")
    gone = page(ana, firm)
    ana.post(f"/comments/{comment.pk}/restoration/")

    assert (answer.status_code, answer["Location"]) == (302, f"/companies/{firm.pk}/?tab=history")
    assert comment.record == ("company", firm.pk)
    assert "Bread at six" in shown
    assert changed["Location"] == f"/companies/{firm.pk}/?tab=history"
    assert "Bread at" not in gone
    assert "Bread at five" in page(ana, firm)


def test_the_history_shows_everything_or_comments_only(client_as, people, firm):
    ana = client_as(people.ana)
    write(ana, firm)

    assert ("Company added" in page(ana, firm), "Company added" in page(ana, firm, show="comments")) == (
        True,
        False,
    )
    assert "Bread at six" in page(ana, firm, show="comments")


def test_a_mention_tells_and_leads_to_the_comment(client_as, people, firm):
    write(client_as(people.ana), firm, "@Dora Nunes look", mention=str(people.dora.pk))

    told = Notification.objects.get(member=people.dora)
    opened = client_as(people.dora).post(f"/notifications/{told.pk}/opening/")

    assert (told.kind, told.record_kind, told.record_id) == ("mention", "company", firm.pk)
    event = Comment.objects.get().event_id
    assert opened["Location"] == f"/companies/{firm.pk}/?tab=history&at={event}#event-{event}"
    asked = client_as(people.ana).get(f"/comments/people/?company={firm.pk}&q=do").content.decode()
    assert "Dora Nunes" in asked


def test_a_thread_is_answered_and_the_writer_is_told(client_as, people, firm):
    root = add_comment(text="When?", by=people.ana, company_id=firm.pk)

    client_as(people.dora).post(f"/comments/{root.pk}/replies/", {"text": "At six"})

    reply = Comment.objects.get(parent=root)
    assert (reply.company_id, reply.contact_id, reply.deal_id) == (firm.pk, None, None)
    assert Notification.objects.get(member=people.ana).kind == "reply"
    assert "1 reply" in page(client_as(people.ana), firm)


def test_files_come_with_it(client_as, people, firm):
    ana = client_as(people.ana)
    kept = ana.post("/comments/files/", {"file": io.BytesIO(b"flour")}).json()

    write(ana, firm, "", file=str(kept["id"]))

    assert f"/files/{kept['id']}/" in page(ana, firm)


def test_an_empty_comment_is_refused_with_the_page_around_it(client_as, people, firm):
    answer = write(client_as(people.ana), firm, "  ")

    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert "Padaria Sol" in answer.content.decode()


def test_who_does_not_see_companies_neither_reads_nor_writes_about_them(client_as, people, firm):
    comment = add_comment(text="Secret", by=people.ana, company_id=firm.pk)
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL})
    role = create_role(name="Contacts alone", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.bruno.pk).update(role="custom", custom_role=role)
    bruno = client_as(Membership.objects.select_related("user", "workspace").get(pk=people.bruno.pk))

    answers = [
        write(bruno, firm),
        bruno.get(f"/comments/{comment.pk}/replies/"),
        bruno.get(f"/comments/people/?company={firm.pk}&q=do"),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 404]
    assert Comment.objects.count() == 1


def test_lines_of_deals_are_shown_to_who_sees_the_deal(client_as, people, firm):
    deal = make.deal(name="Flour", assignee=people.carla)
    firm_of_all = services.create_company(
        name="Open", by=Actor("member", people.bruno.pk, "Bruno"), assignee_id=people.bruno.pk
    )
    set_company(deal_ids=[deal.pk], company=firm_of_all, by=Actor("member", people.carla.pk, "Carla"))

    assert Event.objects.filter(company_id=firm_of_all.pk, deal_id=deal.pk).exists()
    assert "Flour" not in page(client_as(people.bruno), firm_of_all)
    assert "Flour" in page(client_as(people.ana), firm_of_all)


def test_programs_write_read_change_delete_and_bring_back(people, firm):
    secret = token_of(people.ana, ["contacts:read", "contacts:write"])
    browser = cast.Browser()

    def call(verb, path, body=None):
        return browser.generic(
            verb,
            f"/api/v1/companies/{firm.pk}/{path}",
            body or "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

    made = call("POST", "comments", '{"text": "From a program"}')
    number = made.json()["id"]
    changed = call("PATCH", f"comments/{number}", '{"text": "Better"}')
    listed = call("GET", "comments").json()["items"]
    history = call("GET", "history").json()["items"]
    gone = call("DELETE", f"comments/{number}")
    empty = call("GET", "comments").json()["items"]
    back = call("POST", f"comments/{number}/restoration")

    assert [one.status_code for one in (made, changed, gone, back)] == [201, 200, 204, 200]
    assert [(one["id"], one["text"]) for one in listed] == [(number, "Better")]
    assert [(one["kind"], one["comment"]) for one in history] == [
        ("comment.added", "Better"),
        ("company.created", None),
    ]
    assert empty == []
    assert Event.objects.filter(company_id=firm.pk, actor_kind="token").count() == 3


def test_a_comment_on_a_company_is_not_one_on_a_contact_of_that_number(people, firm):
    contact = make.contact(name="Lia")
    Comment.objects.all().delete()
    add_comment(text="Of the company", by=people.ana, company_id=contact.pk)

    assert list(timeline.of_record("contact", contact.pk)) == []
    assert [one.text for one in timeline.of_record("company", contact.pk)] == ["Of the company"]
