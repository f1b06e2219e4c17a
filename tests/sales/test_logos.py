"""The mark on documents: which pictures are taken, where it stands, and that issued papers keep theirs."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from afluente.sales import services
from afluente.sales.models import Logo, Seller
from afluente.timeline.events import SYSTEM
from tests.sales.test_documents import issue, make_one, sell

pytestmark = pytest.mark.django_db
URL = "/settings/documents/logo/"


def picture(kind="PNG", color=(200, 30, 30), size=(800, 200)):
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, color).save(out, kind)
    return out.getvalue()


def sent(content, name="mark.png"):
    return {"picture": SimpleUploadedFile(name, content, "image/png")}


def images_of(pdf):
    page = pypdfium2.PdfDocument(pdf)[0]
    return [one for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]


def test_a_picture_stands_on_the_paper_in_its_proportions(people):
    deal = sell()
    services.keep_logo(content=picture(), by=SYSTEM)

    issued = issue(make_one(deal))
    (image,) = images_of(services.draw(issued))

    left, bottom, right, top = image.get_bounds()
    assert (right - left) / (top - bottom) == pytest.approx(4, rel=0.01)
    assert (Logo.objects.get().width, Logo.objects.get().height) == (800, 200)


def test_a_photograph_is_taken_too(people):
    sell()

    logo = services.keep_logo(content=picture("JPEG", size=(300, 100)), by=SYSTEM)

    assert (logo.width, logo.height, bytes(logo.picture[8:12])) == (300, 100, b"WEBP")


def test_what_is_issued_keeps_its_mark(people):
    deal = sell()
    first = services.keep_logo(content=picture(), by=SYSTEM)
    issued = issue(make_one(deal))

    services.keep_logo(content=picture(color=(0, 0, 200)), by=SYSTEM)
    services.remove_logo(by=SYSTEM)

    issued.refresh_from_db()
    assert issued.seller["logo"] == first.digest
    assert len(images_of(services.draw(issued))) == 1
    assert images_of(services.draw(issue(make_one(deal)))) == []


@pytest.mark.parametrize(
    "content",
    [b"<svg onload='x()'>", b"\x89PNG\r\n\x1a\n broken", picture("GIF"), b"\xff\xd8\xff" + b"0" * 2_000_000],
)
def test_what_is_no_picture_of_that_kind_or_too_large_is_refused(people, client_as, content):
    sell()

    answer = client_as(people.ana).post(URL, sent(content), follow=True)

    assert "PNG" in answer.content.decode()
    assert (Logo.objects.count(), Seller.objects.get().logo) == (0, "")


def test_it_is_chosen_and_taken_away_in_the_settings(people, client_as):
    deal = sell()
    browser = client_as(people.ana)

    browser.post(URL, sent(picture()))
    shown = browser.get(URL)
    assert (shown["Content-Type"], browser.get("/settings/documents/").content.count(URL.encode())) == (
        "image/webp",
        2,
    )
    issued = issue(make_one(deal, "quote"))
    assert f"{URL}?of={issued.pk}" in browser.get(f"/documents/{issued.pk}/").content.decode()
    browser.post(URL, {"remove": "1"})

    assert browser.get(URL).status_code == 404
    assert browser.get(f"{URL}?of={issued.pk}").status_code == 200
    assert client_as(people.bruno).post(URL, sent(picture())).status_code == 403


def test_the_customer_sees_it_behind_the_secret_address(people, client_as):
    deal = sell()
    services.keep_logo(content=picture(), by=SYSTEM)
    issued = issue(make_one(deal, "quote"))
    link = client_as(people.ana).get(f"/documents/{issued.pk}/").context["link"]
    path = "/" + link.split("/", 3)[3]

    page = client_as().get(path).content.decode()

    assert f"{path}logo/" in page
    assert client_as().get(f"{path}logo/")["Content-Type"] == "image/webp"
