"""Comments: written, changed, deleted and brought back by whom it is theirs."""

import pytest

from afluente.timeline import services
from afluente.timeline.models import Comment, Event
from tests import make

pytestmark = pytest.mark.django_db


def said(member, contact, text="Olá"):
    return services.add_comment(text=text, by=member, contact_id=contact.pk)


def test_a_comment_is_one_event(people):
    contact = make.contact()

    comment = said(people.ana, contact, "Uma\r\nlinha ")

    assert comment.text == "Uma\nlinha"
    assert Event.objects.get().pk == comment.event_id
    assert Event.objects.get().actor_name == "Ana Souza"


@pytest.mark.parametrize(
    ("text", "is_kept"), [("x" * 5000, True), ("x" * 5001, False), ("  \n ", False), ("", False)]
)
def test_a_comment_holds_one_to_five_thousand_characters(people, text, is_kept):
    contact = make.contact()

    if is_kept:
        said(people.ana, contact, text)
    else:
        with pytest.raises(services.CommentRefusedError):
            said(people.ana, contact, text)

    assert Comment.objects.count() == int(is_kept)
    assert Event.objects.count() == int(is_kept)


def test_editing_marks_it_and_wakes_open_screens(people):
    comment = said(people.ana, make.contact())

    services.edit_comment(comment=comment, text="Oi", by=people.ana)

    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is not None) == ("Oi", True)
    assert Event.objects.filter(kind="comment.changed", data__what="edited").count() == 1


def test_deleting_and_bringing_back(people):
    comment = said(people.ana, make.contact())

    services.delete_comment(comment=comment, by=people.ana)
    services.delete_comment(comment=comment, by=people.ana)
    services.restore_comment(comment=comment, by=people.ana)

    comment.refresh_from_db()
    assert comment.deleted_at is None
    assert Event.objects.filter(kind="comment.changed").count() == 2


@pytest.mark.parametrize(
    ("who", "edits", "deletes"),
    [("ana", 404, 404), ("dora", 404, 404), ("bruno", 302, 302), ("carla", 404, 404)],
)
def test_own_words_are_changed_by_their_author_only(people, client_as, who, edits, deletes):
    comment = said(people.bruno, make.contact())
    member = getattr(people, who)
    allowed_to_delete = 302 if member.is_admin else deletes
    browser = client_as(member)

    assert browser.post(f"/comments/{comment.pk}/", {"text": "Oi"}).status_code == edits
    assert browser.post(f"/comments/{comment.pk}/deletion/").status_code == allowed_to_delete


def test_an_edited_comment_that_is_too_long_keeps_the_old_words(people, client_as):
    comment = said(people.ana, make.contact())

    answer = client_as(people.ana).post(f"/comments/{comment.pk}/", {"text": "x" * 5001})

    comment.refresh_from_db()
    assert (answer.status_code, comment.text) == (422, "Olá")


def test_a_stranger_meets_nothing(people, stranger, client_as):
    comment = said(people.ana, make.contact())

    for path in ("", "deletion/", "restoration/"):
        assert client_as(stranger).post(f"/comments/{comment.pk}/{path}", {"text": "x"}).status_code == 404
