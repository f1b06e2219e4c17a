"""Files with comments: brought from the device, chosen from the store, shown to whom the comment is."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.files import jobs as file_jobs
from afluente.files import policies as file_policies
from afluente.files.models import Attachment, File
from afluente.kernel import blobs
from afluente.timeline import selectors, services
from afluente.timeline.models import Comment
from tests import make

pytestmark = pytest.mark.django_db
assert file_jobs  # a worker knows them
URL = "/comments/files/"


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    """A folder of its own for the bytes."""
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()


def bring(browser, name="Proposta.txt", content=b"Valor: 4.800"):
    return browser.post(URL, {"file": SimpleUploadedFile(name, content)})


def test_a_file_from_the_device_goes_with_the_comment(people, client_as):
    contact = make.contact(assignee=people.bruno)
    browser = client_as(people.bruno)
    number = json.loads(bring(browser).content)["id"]
    seen_before = file_policies.visible_to(people.carla).filter(pk=number).exists()

    browser.post(f"/contacts/{contact.pk}/comments/", {"text": "Veja", "file": [number]})

    html = browser.get(f"/contacts/{contact.pk}/").content.decode()
    assert "Proposta.txt" in html
    assert Attachment.objects.get().entity_id == Comment.objects.get().pk
    assert not seen_before
    assert not file_policies.visible_to(people.carla).filter(pk=number).exists()
    assert file_policies.visible_to(people.ana).filter(pk=number).exists()


def test_a_file_needs_no_words_but_nothing_at_all_is_refused(people, client_as):
    contact = make.contact()
    browser = client_as(people.ana)
    url = f"/contacts/{contact.pk}/comments/"
    number = json.loads(bring(browser).content)["id"]

    alone = browser.post(url, {"text": "", "file": [number]}).status_code
    unknown = browser.post(url, {"text": "", "file": ["999999"]}).status_code

    assert (alone, unknown, Comment.objects.count()) == (302, 422, 1)


def test_what_somebody_does_not_see_is_not_attached(people, client_as):
    number = json.loads(bring(client_as(people.bruno)).content)["id"]
    contact = make.contact()

    client_as(people.carla).post(f"/contacts/{contact.pk}/comments/", {"text": "Oi", "file": [number]})

    assert Comment.objects.count() == 1
    assert not Attachment.objects.exists()


def test_a_program_in_disguise_is_refused_with_a_sentence(people, client_as):
    answer = bring(client_as(people.ana), "foto.jpg", b"MZ\x90\x00" + b"\0" * 60)

    assert answer.status_code == 422
    assert json.loads(answer.content)["error"]
    assert not File.objects.exists()


def test_nothing_brought_is_said(people, client_as):
    assert client_as(people.ana).post(URL).status_code == 422


def test_the_store_offers_what_one_sees(people, client_as):
    bring(client_as(people.bruno), "Contrato.txt")

    own = client_as(people.bruno).get(f"{URL}?q=contr").content.decode()
    other = client_as(people.carla).get(URL).content.decode()

    assert "Contrato.txt" in own
    assert "Contrato.txt" not in other


def test_a_deleted_comment_takes_its_file_out_of_sight(people, client_as):
    contact = make.contact()
    number = json.loads(bring(client_as(people.bruno)).content)["id"]
    comment = services.add_comment(text="", files=[number], by=people.bruno, contact_id=contact.pk)
    before = file_policies.visible_to(people.carla).filter(pk=number).exists()

    services.delete_comment(comment=comment, by=people.bruno)

    assert (before, file_policies.visible_to(people.carla).filter(pk=number).exists()) == (True, False)


def test_files_are_told_to_other_programs(people, client_as):
    contact = make.contact()
    number = json.loads(bring(client_as(people.ana)).content)["id"]
    services.add_comment(text="Veja", files=[number], by=people.ana, contact_id=contact.pk)

    items, _ = selectors.comments_about(
        kind="contact", number=contact.pk, parent_id=None, before=None, limit=5
    )

    assert items[0]["files"] == [{"id": number, "name": "Proposta.txt", "size": 12}]
