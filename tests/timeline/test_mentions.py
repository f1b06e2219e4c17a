"""Mentions: who is meant, who is told, and what happens when they cannot see the record."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Reach
from afluente.timeline import services
from afluente.timeline.models import Comment, Event, Mention, Notification
from afluente.timeline.selectors import mentioning
from tests import make

pytestmark = pytest.mark.django_db


def said(member, contact, text, **more):
    return services.add_comment(text=text, by=member, contact_id=contact.pk, **more)


def drawn(comment):
    fresh = Comment.objects.get(pk=comment.pk)
    return Template("{% load timeline %}{{ c|said }}").render(Context({"c": fresh}))


def test_a_mention_is_kept_as_a_number_and_read_under_the_present_name(people):
    comment = said(people.ana, make.contact(), "Veja, @Bruno Lima: <b>já</b>", mentions=[people.bruno.pk])
    type(people.bruno.user).objects.filter(pk=people.bruno.user_id).update(name="Bruno <Reis>")

    (kept,) = Mention.objects.all()

    assert (kept.member_id, comment.text[kept.start : kept.start + kept.length]) == (
        people.bruno.pk,
        "@Bruno Lima",
    )
    assert drawn(comment) == ('Veja, <span class="at">@Bruno &lt;Reis&gt;</span>: &lt;b&gt;já&lt;/b&gt;')


def test_of_two_with_one_name_the_chosen_one_is_meant(people):
    first, second = make.member(name="Bia Reis"), make.member(name="Bia Reis")
    contact = make.contact()

    chosen = said(people.ana, contact, "@Bia Reis", mentions=[second.pk])
    typed = said(people.ana, contact, "@bia reis")

    assert [one.member_id for one in chosen.mentions.all()] == [second.pk]
    assert not typed.mentions.exists()  # nobody knows which
    assert first.pk != second.pk


@pytest.mark.parametrize("text", ["@Bruno Limao", "x@Bruno Lima", "@ Bruno Lima", "@Bruno"])
def test_what_only_looks_like_a_name_mentions_nobody(people, text):
    said(people.ana, make.contact(), text, mentions=[people.bruno.pk])

    assert not Mention.objects.exists()


def test_who_has_left_is_not_mentioned_anew_and_is_named_plainly(people):
    contact = make.contact()
    comment = said(people.ana, contact, "@Bruno Lima", mentions=[people.bruno.pk])
    type(people.bruno).objects.filter(pk=people.bruno.pk).update(is_active=False)

    said(people.ana, contact, "@Bruno Lima", mentions=[people.bruno.pk])
    services.edit_comment(comment=comment, text="@Bruno Lima, oi", by=people.ana)

    assert Mention.objects.get().comment_id == comment.pk
    assert drawn(comment) == '<span title="No longer here">@Bruno Lima</span>, oi'


def test_a_mention_tells_once_however_often_it_is_edited(people):
    comment = said(people.ana, make.contact(), "@Dora Nunes e @Ana Souza", mentions=[people.dora.pk])

    services.edit_comment(comment=comment, text="@Dora Nunes!", by=people.ana)
    services.edit_comment(comment=comment, text="@Dora Nunes, @Bruno Lima", by=people.ana)

    told = Notification.objects.order_by("pk").values_list("member_id", "kind")
    assert list(told) == [(people.dora.pk, "mention"), (people.bruno.pk, "mention")]
    events = Event.objects.filter(kind="notification.added").order_by("pk")
    assert [event.data["member"] for event in events] == [people.dora.pk, people.bruno.pk]


def test_who_cannot_see_the_record_is_not_told_and_the_writer_is_warned(people, client_as):
    contact = make.contact(assignee=people.ana)
    url = f"/contacts/{contact.pk}/comments/"
    browser = client_as(people.ana)
    words = {"text": "@Bruno Lima", "mention": [people.bruno.pk]}

    warned = browser.post(url, words)

    assert warned.status_code == 422
    assert "Bruno Lima cannot see this record" in warned.content.decode()
    assert not Comment.objects.exists()
    assert browser.post(url, {**words, "knowing": "1"}).status_code == 302
    assert (Comment.objects.count(), Mention.objects.count(), Notification.objects.count()) == (1, 1, 0)


def test_the_others_of_a_thread_are_told_of_a_reply_once(people):
    contact = make.contact()
    root = said(people.ana, contact, "Oi")
    said(people.bruno, contact, "Sim", parent=root)
    Notification.objects.all().delete()

    said(people.dora, contact, "@Bruno Lima, vi", parent=root)

    told = Notification.objects.order_by("pk").values_list("member_id", "kind")
    assert set(told) == {(people.bruno.pk, "mention"), (people.ana.pk, "reply")}


def test_the_list_finds_without_accents_and_says_who_cannot_see(people, client_as):
    joao = make.member(name="João Évora", reach=Reach.OWN)
    contact = make.contact(assignee=people.ana)

    by_last = mentioning.people(member=people.ana, words="evo", record=("contact", contact.pk))
    html = client_as(people.ana).get(f"/comments/people/?contact={contact.pk}&q=JOAO").content.decode()

    assert [(one.member.pk, one.sees) for one in by_last] == [(joao.pk, False)]
    assert f'data-id="{joao.pk}"' in html
    assert "Cannot see this" in html


def test_the_list_costs_the_same_for_one_and_for_many(people):
    contact = make.contact()
    make.member(name="Zeca A")
    with CaptureQueriesContext(connection) as few:
        mentioning.people(member=people.ana, words="zeca", record=("contact", contact.pk))
    for _ in range(3):
        make.member(name="Zeca B", reach=Reach.OWN)
    with CaptureQueriesContext(connection) as more:
        mentioning.people(member=people.ana, words="zeca", record=("contact", contact.pk))

    assert len(more) == len(few) == 2
