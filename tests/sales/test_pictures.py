"""The picture of a product: what is taken, where it is shown, and the way back."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from afluente.accounts.models import Role
from afluente.files import services as files
from afluente.files.models import Attachment, File
from afluente.kernel import blobs
from afluente.kernel.workspace import current_workspace_id
from afluente.sales.models import Product
from afluente.timeline.models import Event
from tests import make
from tests.calls import caller, token_of
from tests.cast import Browser
from tests.sales.test_products import product

pytestmark = pytest.mark.django_db
PROGRAM = b"MZ" + bytes(58) + b"\x40\x00\x00\x00PE\x00\x00" + bytes(400)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.FILES_URL, settings.FILES_DIR = None, tmp_path / "files"
    blobs.at.cache_clear()


def picture(kind="PNG", color=(200, 30, 30)):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(out, kind)
    return out.getvalue()


def sent(content, name="oak.png"):
    return SimpleUploadedFile(name, content, "image/png")


def drawn(found):
    """The worker has been at it."""
    found.refresh_from_db()
    files.draw_pictures(workspace_id=current_workspace_id(), file_id=found.image_id)
    return File.objects.get(pk=found.image_id)


def said(page):
    return page.content.decode()


def undo_of(page):
    return said(page).rpartition("?back=")[2].partition('"')[0].partition("&quot;")[0]


def test_a_picture_is_kept_in_the_store_and_shown_where_products_are(people, client_as):
    browser, found = client_as(people.ana), product()
    deal = make.deal()

    waiting = browser.post(f"/products/{found.pk}/picture/", {"picture": sent(picture())}, follow=True)
    file = drawn(found)

    assert "being drawn" in said(waiting)
    assert (file.name, file.folder.name, file.is_shared, file.size) == (
        "oak.png", "Products", False, len(picture()),
    )  # fmt: skip
    thumb = f"/files/{file.pk}/thumb/"
    for address in ("/products/", f"/products/{found.pk}/", f"/deals/{deal.pk}/lines/?q=oak"):
        assert thumb in said(browser.get(address)), address
    assert browser.get(thumb)["Content-Type"] == "image/webp"


def test_a_seller_who_only_sees_the_catalogue_sees_its_pictures(people, client_as):
    found = product()
    client_as(people.ana).post(f"/products/{found.pk}/picture/", {"picture": sent(picture())})
    file = drawn(found)
    other = make.member(role=Role.ANALYST)

    assert client_as(other).get(f"/files/{file.pk}/thumb/").status_code == 200


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PROGRAM, "oak.png", "Programs are not kept here"),
        (b"%PDF-1.7 offer", "oak.png", "That is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "oak.svg", "That is no picture"),
        (b"", "oak.png", "empty"),
    ],
)
def test_what_is_no_picture_is_refused_by_what_it_holds(people, client_as, content, name, words):
    browser, found = client_as(people.ana), product()

    answer = browser.post(f"/products/{found.pk}/picture/", {"picture": sent(content, name)}, follow=True)

    assert words in said(answer)
    assert (Product.objects.get().image_id, File.objects.count(), Attachment.objects.count()) == (None, 0, 0)


def test_a_full_store_takes_no_picture(people, client_as):
    browser, found = client_as(people.ana), product()
    files.change_quota(megabytes=0)

    answer = browser.post(f"/products/{found.pk}/picture/", {"picture": sent(picture())}, follow=True)

    assert "The store is full" in said(answer)
    assert (Product.objects.get().image_id, File.objects.count()) == (None, 0)


def test_a_broken_picture_says_so(people, client_as):
    browser, found = client_as(people.ana), product()
    browser.post(f"/products/{found.pk}/picture/", {"picture": sent(picture()[:60])})

    drawn(found)

    assert "cannot be read" in said(browser.get(f"/products/{found.pk}/"))
    assert "/thumb/" not in said(browser.get("/products/"))


def test_a_picture_taken_off_or_replaced_comes_back_by_undo(people, client_as):
    browser, found = client_as(people.ana), product()
    address = f"/products/{found.pk}/picture/"
    browser.post(address, {"picture": sent(picture())})
    first = drawn(found)

    replaced = browser.post(address, {"picture": sent(picture("JPEG"), "elm.jpg")}, follow=True)
    second = drawn(found)
    back = browser.post(f"{address}?back={undo_of(replaced)}", headers={"X-Requested-With": "fetch"})
    found.refresh_from_db()
    assert (back.status_code, found.image_id) == (204, first.pk)
    browser.post(address, {"remove": "1"})

    found.refresh_from_db()
    assert (found.image_id, second.pk == first.pk) == (None, False)
    assert File.objects.filter(state="ready").count() == 2  # they stay in the store
    assert not Attachment.objects.exists()
    kept = [one.data["image"] for one in Event.objects.filter(kind="product.changed").order_by("pk")]
    assert kept == [["", "oak.png"], ["oak.png", "elm.jpg"], ["elm.jpg", "oak.png"], ["oak.png", ""]]


def test_undo_names_no_other_file(people, client_as, bring_file):
    browser, found = client_as(people.ana), product()
    private = bring_file(people.ana)

    for told in ("", "x", str(private.pk), f"[{found.pk},{private.pk}]"):
        assert browser.post(f"/products/{found.pk}/picture/?back={told}").status_code == 404

    assert Product.objects.get().image_id is None


@pytest.fixture
def bring_file():
    def keep(member, content=b"An offer.", name="offer.txt", **more):
        by = files.member_by(member)
        return files.keep_file(
            name=name, body=io.BytesIO(content), size=len(content), member=member, by=by, **more
        )

    return keep


def test_a_picture_deleted_from_the_store_is_shown_no_more_until_it_is_back(people, client_as):
    browser, found = client_as(people.ana), product()
    browser.post(f"/products/{found.pk}/picture/", {"picture": sent(picture())})
    file = drawn(found)
    thumb = f"/files/{file.pk}/thumb/"

    assert "Oak table" in said(browser.get(f"/files/{file.pk}/deletion/"))  # where it is used, beforehand
    browser.post(f"/files/{file.pk}/deletion/")
    assert thumb not in said(browser.get("/products/"))
    files.restore_files(files=[file])
    assert thumb in said(browser.get("/products/"))
    files.purge_file(file=file)
    assert Product.objects.get().image_id is None


def test_who_may_not_change_products_puts_no_picture_on_them(people, client_as):
    found = product()
    other = make.member(role=Role.ANALYST)

    assert (
        client_as(other).post(f"/products/{found.pk}/picture/", {"picture": sent(picture())}).status_code
        == 403
    )
    made = client_as(people.ana).post(f"/files/of/product/{found.pk}/", {"upload": sent(picture())})
    assert (made.status_code, File.objects.count(), Attachment.objects.count()) == (404, 0, 0)


def test_a_new_product_may_bring_its_picture(people, client_as):
    sent_form = {"name": "Elm", "price": "1", "currency": "BRL", "picture": sent(picture())}

    client_as(people.ana).post("/products/new/", sent_form)

    assert Product.objects.get().image.name == "oak.png"


def test_programs_name_pictures_of_the_store_or_bring_them(people, bring_file):
    call, found = caller(people.ana, ["products:read", "products:write"]), product()
    kept = bring_file(people.ana, picture(), "elm.png")
    text = bring_file(people.ana)
    address = f"/products/{found.pk}"

    assert call("PATCH", address, {"image_id": kept.pk})[1]["image_id"] == kept.pk
    for wrong in (text.pk, 999_999):
        status, refused = call("PATCH", address, {"image_id": wrong})
        assert (status, refused["error"]["field"]) == (422, "image_id")
    assert call("GET", address)[1]["image_id"] == kept.pk
    assert call("PATCH", address, {"name": "Elm table"})[1]["image_id"] == kept.pk
    assert call("PATCH", address, {"image_id": None})[1]["image_id"] is None
    made = call("POST", "/products", {"name": "New", "price": "1", "image_id": kept.pk})
    assert (made[0], made[1]["image_id"]) == (201, kept.pk)


def test_programs_bring_a_picture_in_one_piece(people):
    found = product()
    secret = token_of(people.ana, ["products:read", "products:write"])
    browser, address = Browser(), f"/api/v1/products/{found.pk}/image"
    headers = {"Authorization": f"Bearer {secret}"}

    refused = browser.post(address, {"file": sent(PROGRAM)}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "file")
    assert File.objects.count() == 0
    made = browser.post(address, {"file": sent(picture())}, headers=headers)
    assert (made.status_code, made.json()["image_id"]) == (200, File.objects.get().pk)
