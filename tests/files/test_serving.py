"""Bytes on their way out, and hostile files on their way in (S-10)."""

from __future__ import annotations

import io
import itertools
import zipfile

import pytest

from afluente.files import services
from afluente.files.models import File
from afluente.kernel import blobs, sniff
from tests import make
from tests.kernel.test_sniff import PROGRAMS, packed

SAFE = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}
HARMFUL = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "gif and script": b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)",
    "pdf and html": b"%PDF-1.7\n<html><script>alert(1)</script>",
    "png and html": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "jpeg and php": b"\xff\xd8\xff\xe0<?php system(0); ?>",
    "eml": b"From: a@b\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "mht": b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<script>",
    "swf": b"FWS\x09" + b"\x00" * 40,
    "slip": packed("../../../etc/cron.d/evil", "..\\..\\evil.txt"),
    "bomb": b"",
    "broken zip": b"PK\x03\x04" + b"\xff" * 300,
    "broken pdf": b"%PDF-1.7" + b"\xff" * 300,
}
NAMES = (
    "{}",
    "a.{}.txt",
    "\u202etxt.{}",
    "a\x00b.{}",
    "../../{}",
    "..\\..\\{}",
    "/etc/{}",
    "C:\\x\\{}",
    "con.{}",
    "x" * 300 + ".{}",
    'a"; filename=b.{}',
    "a\r\nSet-Cookie: x=1.{}",
)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\x00" * 100_000_000)
    return out.getvalue()


@pytest.fixture
def sea(bruno, client_as):
    return client_as(bruno)


def read(answer):
    return b"".join(answer.streaming_content)


def test_nothing_hostile_is_served_but_as_a_download(ana, bring, client_as, shelf):
    harmful = HARMFUL | {"bomb": bomb()}
    browser = client_as(ana)
    kept = [
        bring(ana, name.format(ending), data)
        for (kind, data), name in itertools.product(harmful.items(), NAMES)
        for ending in [kind.partition(" ")[0].replace("broken", "dat")]
    ]

    assert len(kept) >= 150
    for file in kept:
        answer = browser.get(f"/files/{file.pk}/content/")
        assert {name: answer[name] for name in SAFE} == SAFE
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert len(file.name.encode()) <= 255
        assert not set(file.name) & set('\\/\x00\r\n"\u202e<>:|?*')
    assert {path.parent.parent.parent for path in shelf.rglob("*") if path.is_file()} == {shelf}


@pytest.mark.parametrize("data", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_refused_whatever_its_name(ana, bring, lying, data):
    with pytest.raises(services.FileRefusedError):
        bring(ana, "harmless.txt", data)

    assert (File.objects.count(), lying()) == (0, [])


@pytest.mark.parametrize("ending", sorted(sniff.PROGRAMS))
def test_a_name_of_a_program_is_refused_whatever_is_in_it(ana, bring, ending):
    for name in (f"a.{ending}", f"a.pdf.{ending.upper()}", f"a.{ending}."):
        with pytest.raises(services.FileRefusedError):
            bring(ana, name, b"text")


def test_a_part_of_a_file_is_served(ana, bring, client_as):
    file = bring(ana, data=b"0123456789")
    browser = client_as(ana)

    for asked, status, told, data in (
        ("bytes=2-4", 206, "bytes 2-4/10", b"234"),
        ("bytes=8-", 206, "bytes 8-9/10", b"89"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=5-999", 206, "bytes 5-9/10", b"56789"),
        ("lines=1-2", 200, None, b"0123456789"),
    ):
        answer = browser.get(f"/files/{file.pk}/content/", headers={"range": asked})
        assert (answer.status_code, answer.get("Content-Range"), read(answer)) == (status, told, data)
    assert browser.get(f"/files/{file.pk}/content/", headers={"range": "bytes=10-"}).status_code == 416


def test_access_is_checked_at_each_fetch(ana, bruno, bring, client_as):
    contact = make.contact(assignee=bruno)
    file = bring(ana, kind="contact", entity_id=contact.pk)
    browser = client_as(bruno)
    assert browser.get(f"/files/{file.pk}/content/").status_code == 200

    contact.assignee = ana
    contact.save(update_fields=["assignee"])

    for way in ("", "content/", "preview/", "thumb/", "deletion/"):
        assert browser.get(f"/files/{file.pk}/{way}").status_code == 404


def test_what_stands_in_the_store_is_everybodys_and_what_came_with_a_record_is_not(ana, bruno, carla, bring):
    from afluente.files import policies

    shared = bring(ana, "price list.txt")
    contact = make.contact(assignee=carla)
    private = bring(carla, "contract.txt", kind="contact", entity_id=contact.pk)

    assert set(policies.visible_to(bruno)) == {shared}
    assert set(policies.visible_to(carla)) == {shared, private}
    assert set(policies.visible_to(ana)) == {shared, private}


def test_a_picture_is_drawn_anew(ana, bring, client_as, settings):
    from PIL import Image

    from afluente.files import jobs
    from tests.cast import outside

    out = io.BytesIO()
    Image.new("RGB", (2400, 1200), "teal").save(out, "JPEG", comment=b"<script>")
    file = bring(ana, "facade.jpg", out.getvalue())
    with outside():
        jobs.picture(workspace_id=ana.workspace_id, file_id=file.pk)
    browser = client_as(ana)

    for way, size in (("thumb", (320, 160)), ("preview", (1600, 800))):
        answer = browser.get(f"/files/{file.pk}/{way}/")
        data = read(answer)
        assert (answer["Content-Type"], Image.open(io.BytesIO(data)).size) == ("image/webp", size)
        assert b"script" not in data
        assert answer["Content-Security-Policy"].startswith("sandbox")


def test_the_first_page_of_a_document_is_drawn(ana, bring):
    import pypdfium2

    from afluente.files import jobs
    from tests.cast import outside

    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    file = bring(ana, "offer.pdf", out.getvalue())

    with outside():
        jobs.picture(workspace_id=ana.workspace_id, file_id=file.pk)

    assert File.objects.get().picture == File.Picture.MADE


@pytest.mark.parametrize("kind", ["flood", "broken", "lying"])
def test_a_hostile_picture_ends_without_one(ana, bring, kind):
    import struct
    import zlib

    from afluente.files import jobs
    from tests.cast import outside

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    flood = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 9_000_000))
    data = {"flood": flood, "broken": flood[:60], "lying": b"%PDF-1.7 nothing follows"}[kind]
    file = bring(ana, "picture.png", data)

    with outside():
        jobs.picture(workspace_id=ana.workspace_id, file_id=file.pk)

    assert File.objects.get().picture == File.Picture.NONE


def test_bytes_that_are_gone_are_said_to_be_gone(ana, bring, client_as):
    file = bring(ana)
    blobs.storage().delete(file.key)

    assert client_as(ana).get(f"/files/{file.pk}/content/").status_code == 404
