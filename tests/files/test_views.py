"""The page of the store and the files of a record, as a browser meets them (crm.md 5.11)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.files import services
from afluente.files.models import Attachment, File, Folder
from afluente.timeline.models import Event
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(ana, client_as):
    return client_as(ana)


def text(answer):
    return answer.content.decode()


def test_files_come_in_without_any_script(browser):
    sent = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]

    answer = browser.post("/files/", {"file": sent}, follow=True)

    assert {file.name for file in File.objects.all()} == {"a.txt", "b.txt"}
    assert "2 files were kept" in text(answer)


def test_a_refusal_says_why_and_keeps_the_rest(browser):
    sent = [SimpleUploadedFile("a.exe", b"one"), SimpleUploadedFile("b.txt", b"two")]

    answer = browser.post("/files/", {"file": sent})

    assert (answer.status_code, File.objects.get().name) == (422, "b.txt")
    assert "Programs are not kept here" in text(answer)


def test_a_folder_is_made_renamed_moved_and_deleted_with_a_way_back(browser, ana, bring):
    browser.post("/files/folders/", {"name": "Offers"})
    offers = Folder.objects.get()
    file = bring(ana, folder=offers)
    browser.post("/files/folders/", {"name": "2026", "folder": offers.pk})
    year = Folder.objects.get(name="2026")

    assert browser.post(f"/files/folders/{offers.pk}/name/", {"name": "Sent"}).status_code == 302
    assert (
        browser.post(f"/files/folders/{offers.pk}/place/", {"folder": year.pk}, headers=HTMX).status_code
        == 422
    )
    asked = text(browser.get(f"/files/folders/{offers.pk}/deletion/", headers=HTMX))
    browser.post(f"/files/folders/{offers.pk}/deletion/", headers=HTMX)
    file.refresh_from_db()
    assert ("1 file goes with it" in asked, file.state) == (True, File.State.DELETED)

    browser.post(f"/files/folders/{offers.pk}/restoration/")

    file.refresh_from_db()
    assert (file.state, file.folder_id) == (File.State.READY, offers.pk)
    assert set(Folder.objects.filter(deleted_at=None).values_list("name", flat=True)) == {"Sent", "2026"}


def test_a_name_that_is_taken_is_refused(browser):
    browser.post("/files/folders/", {"name": "Offers"})

    answer = browser.post("/files/folders/", {"name": "offers"}, headers=HTMX)

    assert (answer.status_code, Folder.objects.count()) == (422, 1)
    assert "There is already a folder" in text(answer)


def test_a_stroke_in_the_name_of_a_folder_loses_nothing_before_it(browser):
    browser.post("/files/folders/", {"name": "Offers / 2026 <b>"})

    assert Folder.objects.get().name == "Offers - 2026 _b_"


def test_a_file_is_renamed_and_moved(browser, ana, bring):
    file = bring(ana)
    folder = services.create_folder(name="Offers", parent=None, member=ana)

    browser.post(f"/files/{file.pk}/name/", {"name": "Price list.txt"}, headers=HTMX)
    refused = browser.post(f"/files/{file.pk}/name/", {"name": "price.exe"}, headers=HTMX)
    answer = browser.post(f"/files/{file.pk}/place/", {"folder": folder.pk}, headers=HTMX)

    file.refresh_from_db()
    assert (file.name, file.folder_id, refused.status_code) == ("Price list.txt", folder.pk, 422)
    assert "Moved to Offers" in answer["HX-Trigger"]


def test_what_is_in_use_is_said_before_it_is_deleted(browser, ana, bring):
    contact = make.contact(name="Camila Albuquerque")
    file = bring(ana, kind="contact", entity_id=contact.pk)

    asked = text(browser.get(f"/files/{file.pk}/deletion/", headers=HTMX))
    browser.post(f"/files/{file.pk}/deletion/", headers=HTMX)

    assert "It is in use" in asked
    assert "Camila Albuquerque" in asked
    assert File.objects.get().state == File.State.DELETED
    assert "offer.txt" not in text(browser.get(f"/files/of/contact/{contact.pk}/", headers=HTMX))
    browser.post(f"/files/{file.pk}/restoration/")
    assert "offer.txt" in text(browser.get(f"/files/of/contact/{contact.pk}/", headers=HTMX))


def test_the_card_of_a_contact_has_the_four_acts_of_each_file(browser, ana, bring):
    contact = make.contact()
    file = bring(ana, kind="contact", entity_id=contact.pk)

    page = text(browser.get(f"/contacts/{contact.pk}/"))

    for act in ("Download", "Show in folder", "Remove from this contact", "Delete from the store, too"):
        assert act in page
    assert f"/files/{file.pk}/content/" in page


def test_the_card_of_a_deal_words_them_its_own_way(browser, ana, bring):
    deal = make.deal()
    bring(ana, kind="deal", entity_id=deal.pk)

    assert "Remove from this deal" in text(browser.get(f"/deals/{deal.pk}/"))


def test_a_file_of_the_store_is_attached_and_taken_off_again(browser, ana, bring):
    contact = make.contact()
    file = bring(ana, "price list.txt")
    address = f"/files/of/contact/{contact.pk}/"

    chooser = text(browser.get(f"/files/choice/?kind=contact&record={contact.pk}&q=price", headers=HTMX))
    browser.post(address, {"file": file.pk}, headers=HTMX)
    assert '<h2 class="xl">From the store</h2>' in chooser
    assert ("price list.txt" in chooser, Attachment.objects.count()) == (True, 1)
    answer = browser.post(f"{address}{file.pk}/detachment/", headers=HTMX)

    assert (Attachment.objects.count(), File.objects.get().state) == (0, File.State.READY)
    assert f"{address}{file.pk}/detachment/?back=1" in answer["HX-Trigger"]
    browser.post(f"{address}{file.pk}/detachment/?back=1", headers={"X-Requested-With": "fetch"})
    assert Attachment.objects.count() == 1
    kinds = list(Event.objects.filter(contact_id=contact.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["file.attached", "file.detached", "file.attached"]


def test_a_new_file_comes_to_a_contact_without_script(browser):
    contact = make.contact()

    answer = browser.post(
        f"/files/of/contact/{contact.pk}/", {"upload": SimpleUploadedFile("a.txt", b"one")}, follow=True
    )

    assert (Attachment.objects.count(), answer.redirect_chain[-1][0]) == (1, f"/contacts/{contact.pk}/")
    assert "File <b>a.txt</b> attached" in text(answer)


def test_who_does_not_see_a_record_neither_sees_nor_adds_its_files(ana, bruno, client_as, bring):
    contact = make.contact(assignee=ana)
    file = bring(ana, kind="contact", entity_id=contact.pk)
    address = f"/files/of/contact/{contact.pk}/"
    browser = client_as(bruno)

    assert browser.get(address, headers=HTMX).status_code == 404
    assert browser.post(address, {"upload": SimpleUploadedFile("a.txt", b"one")}).status_code == 404
    assert browser.post(f"{address}{file.pk}/detachment/").status_code == 404
    assert (File.objects.count(), Attachment.objects.count()) == (1, 1)


def test_a_search_finds_files_and_folders_everywhere(browser, ana, bring):
    folder = services.create_folder(name="Offers 2026", parent=None, member=ana)
    bring(ana, "offer for Camila.txt", folder=folder)
    bring(ana, "invoice.txt")

    page = text(browser.get("/files/?q=offer", headers=HTMX))

    assert ("Offers 2026" in page, "offer for Camila.txt" in page, "invoice.txt" in page) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("where", ["/files/", "contact"])
def test_a_page_costs_the_same_queries_however_many_files(browser, ana, bring, where):
    contact = make.contact()
    address = where if where.startswith("/") else f"/contacts/{contact.pk}/"
    place = {} if where.startswith("/") else {"kind": "contact", "entity_id": contact.pk}

    def cost():
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        return len(asked)

    bring(ana, **place)
    one = cost()
    for number in range(3):
        bring(ana, f"{number}.txt", **place)

    assert cost() == one


def test_the_quota_is_set_by_administrators_only(ana, bruno, client_as):
    assert client_as(bruno).get("/settings/files/").status_code == 404

    client_as(ana).post("/settings/files/", {"megabytes": "5"})

    assert "of 5\N{NO-BREAK SPACE}MB" in text(client_as(ana).get("/settings/files/"))
