"""What the page that is opened all day reads by plain SQL, held against the same in the ORM's words."""

from __future__ import annotations

import io

import pytest
from django.db.models import Count, Exists, F, OuterRef

from afluente.files import selectors as file_selectors
from afluente.files import services as files
from afluente.files.models import Attachment, File
from afluente.files.statements import attached_to
from afluente.kernel import blobs
from afluente.timeline import services
from afluente.timeline.models import Comment
from afluente.timeline.statements import comments_of
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    """A folder of its own for the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()


def kept(member, kind, number, *, name="note.txt"):
    file = files.keep_file(
        name=name, body=io.BytesIO(b"words"), size=5, member=member, by=files.member_by(member)
    )
    files.attach_file(file=file, kind=kind, entity_id=number, member=member, by=files.member_by(member))
    return file


def twin_of_comments(events):
    replies = Comment.objects.filter(parent_id=OuterRef("pk"), deleted_at=None)
    held = Attachment.objects.filter(kind="comment", entity_id=OuterRef("pk"))
    found = Comment.objects.filter(event_id__in=events).select_related("author__user")
    return [
        (one, one.author.user.name, one.is_answered, one.has_files)
        for one in found.annotate(is_answered=Exists(replies), has_files=Exists(held)).order_by("pk")
    ]


def test_comments_come_with_their_authors_answers_and_files(people):
    contact = make.contact()
    said = [services.add_comment(text=f"Olá {n}", by=people.ana, contact_id=contact.pk) for n in range(4)]
    services.add_comment(text="Sim", by=people.dora, contact_id=contact.pk, parent=said[1])
    taken_back = services.add_comment(text="Não", by=people.dora, contact_id=contact.pk, parent=said[2])
    services.delete_comment(comment=taken_back, by=people.dora)
    kept(people.ana, "comment", said[3].pk)
    events = [one.event_id for one in said[1:]]

    found = sorted(comments_of(events), key=lambda row: row[0].pk)

    assert [(one, one.author.user.name, answered, carries) for one, answered, carries in found] == (
        twin_of_comments(events)
    )
    assert [row[1:] for row in found] == [(True, False), (False, False), (False, True)]
    assert [one.text for one, _, _ in found] == ["Olá 1", "Olá 2", "Olá 3"]


def test_no_events_ask_nothing(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert comments_of([]) == []


def test_files_of_a_record_know_their_uses_and_who_brought_them(people):
    contact, other = make.contact(), make.contact()
    first, second = kept(people.ana, "contact", contact.pk), kept(people.dora, "contact", contact.pk)
    files.attach_file(
        file=first, kind="contact", entity_id=other.pk, member=people.ana, by=files.member_by(people.ana)
    )
    kept(people.ana, "contact", other.pk)
    File.objects.filter(pk=second.pk).update(uploaded_by=None)
    gone = kept(people.ana, "contact", contact.pk)
    File.objects.filter(pk=gone.pk).update(state=File.State.DELETED)

    found = attached_to(kind="contact", entity_id=contact.pk, most=200)

    twin = (
        File.objects.filter(state="ready", attachments__kind="contact", attachments__entity_id=contact.pk)
        .annotate(by_name=F("uploaded_by__user__name"))
        .order_by("-pk")
    )
    uses = dict(Attachment.objects.values_list("file_id").annotate(n=Count("pk")))
    assert [(one, one.uses, one.by_name) for one in found] == [
        (one, uses[one.pk], one.by_name) for one in twin
    ]
    assert [(one.pk, one.uses, one.by_name) for one in found] == [
        (second.pk, 1, None),
        (first.pk, 2, people.ana.user.name),
    ]
    assert attached_to(kind="contact", entity_id=contact.pk, most=1) == [second]
    shown = file_selectors.attached_files(
        member=people.ana, kind="contact", entity_id=contact.pk, may_edit=True
    )
    assert [one.id for one in shown.files] == [second.pk, first.pk]
