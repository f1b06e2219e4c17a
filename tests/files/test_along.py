"""Files that come with a contact or a deal while it is added (SP-100, SP-101)."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.contacts.models import Contact
from afluente.deals.models import Deal
from afluente.files import services
from afluente.files.models import Attachment, File
from afluente.kernel import blobs
from tests import make

pytestmark = pytest.mark.django_db
FORMS = {"contact": "/contacts/new/", "deal": "/deals/add/"}
each = pytest.mark.parametrize("kind", FORMS)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    """A folder of its own for the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()


@pytest.fixture
def stage(db, people):
    return make.stage_of(make.pipeline())


def keep(member, name, **more):
    return services.keep_file(
        name=name, body=io.BytesIO(b"words"), size=5, member=member, by=services.member_by(member), **more
    )


def filled(kind, stage, **more):
    values = {"first_name": "Lia"} if kind == "contact" else {"name": "Boat", "stage": stage.pk}
    return {**values, **more}


def record(kind):
    return (Contact if kind == "contact" else Deal).objects.get()


@each
def test_files_of_the_store_and_of_the_device_come_with_what_is_added(client_as, people, stage, kind):
    ana, stored = client_as(people.ana), keep(people.ana, "Terms.txt")
    page = ana.get(FORMS[kind]).content.decode()

    brought = SimpleUploadedFile("Photo.txt", b"photo")
    ana.post(FORMS[kind], filled(kind, stage, stored=[stored.pk], files=[brought]))

    assert f'name="stored" value="{stored.pk}"' in page
    links = Attachment.objects.filter(kind=kind, entity_id=record(kind).pk).values_list(
        "file__name", flat=True
    )
    assert sorted(links) == ["Photo.txt", "Terms.txt"]


@each
def test_files_that_somebody_does_not_see_are_neither_offered_nor_attached(client_as, people, stage, kind):
    hers = keep(people.carla, "Secret.txt", kind="comment")
    bruno = client_as(people.bruno)

    offered = bruno.get(FORMS[kind]).content.decode()
    bruno.post(FORMS[kind], filled(kind, stage, stored=[hers.pk, "nonsense", 10**17]))

    assert "Secret.txt" not in offered
    assert not Attachment.objects.filter(kind=kind, entity_id=record(kind).pk).exists()


@each
def test_what_was_chosen_stays_when_the_form_is_refused(client_as, people, stage, kind):
    stored = keep(people.ana, "Terms.txt")

    answer = client_as(people.ana).post(FORMS[kind], {"stored": [stored.pk]})

    assert answer.status_code == 422
    assert f'name="stored" value="{stored.pk}" checked' in answer.content.decode()


@each
def test_a_file_that_cannot_be_kept_is_named_and_the_record_is_added(client_as, people, stage, kind):
    bad = SimpleUploadedFile("offer.txt.exe", b"MZ" + b"0" * 200)

    page = client_as(people.ana).post(FORMS[kind], filled(kind, stage, files=[bad]), follow=True)

    assert "offer.txt.exe was not kept" in page.content.decode()
    assert record(kind)
    assert not File.objects.filter(state=File.State.READY).exists()


def test_the_store_is_searched_and_what_was_ticked_stays(client_as, people):
    ticked, other = keep(people.ana, "Terms.txt"), keep(people.ana, "Price list.txt")
    for n in range(9):
        keep(people.ana, f"Scan {n}.txt")
    ana = client_as(people.ana)

    newest = ana.get("/files/along/").content.decode()
    found = ana.get("/files/along/", {"q": "price", "stored": [ticked.pk]}).content.decode()

    assert newest.count("<label") == 8
    assert "Price list.txt" not in newest
    assert f'value="{ticked.pk}" checked' in found
    assert f'value="{other.pk}">' in found
    assert found.count("<label") == 2
