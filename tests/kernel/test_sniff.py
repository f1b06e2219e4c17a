"""What a file is, by its bytes (S-10)."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from afluente.kernel import sniff


def packed(*names: str) -> bytes:
    """An archive with entries of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def compound(class_start: bytes) -> bytes:
    """A compound file whose root has this class, as installers and old documents are."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 0)
    entry = bytearray(512)
    entry[80:96] = class_start + sniff._CLASS_REST
    return bytes(head + entry)


PROGRAMS = {
    "windows": b"MZ\x90\x00" + b"\x00" * 200,
    "com": b"MZ\xeb\x10",
    "elf": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
    "mach-o": b"\xcf\xfa\xed\xfe" + b"\x00" * 60,
    "fat mach-o": b"\xca\xfe\xba\xbe\x00\x00\x00\x02",
    "shell": b"#!/bin/sh\nrm -rf ~\n",
    "shell with mark": b"\xef\xbb\xbf#!/usr/bin/env python\n",
    "batch": b"\r\n@ECHO OFF\r\ndel *.*\r\n",
    "batch in utf-16": "\ufeff@echo off\r\n".encode("utf-16-le"),
    "powershell": b"param ([string]$a)\nRemove-Item $a",
    "vbs": b'Set shell = CreateObject("WScript.Shell")\n',
    "jscript": b'var a = new ActiveXObject("WScript.Shell");',
    "hta": b"<html><head><HTA:APPLICATION ID='x'></head>",
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 60,
    "web shortcut": b"[InternetShortcut]\r\nURL=file://x",
    "registry": b"Windows Registry Editor Version 5.00",
    "dex": b"dex\n035\x00",
    "php": b"<?php system($_GET[0]);",
}


@pytest.mark.parametrize("head", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_known_by_how_it_begins(head):
    assert sniff.program_by_head(head)


@pytest.mark.parametrize(
    "data",
    [
        packed("META-INF/MANIFEST.MF", "a/B.class"),
        packed("AndroidManifest.xml"),
        packed("Payload/x.app/Info.plist"),
        b"GIF89a" + packed("META-INF/MANIFEST.MF", "a/B.class"),
        compound(b"\x84\x10\x0c\x00"),
    ],
    ids=["jar", "apk", "ipa", "picture that is a jar", "msi"],
)
def test_an_archive_that_is_a_program_is_known_by_what_is_in_it(data):
    assert sniff.program_inside(io.BytesIO(data), data[:4096])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<?xml version='1.0'?><svg onload='x'>", "image/svg+xml"),
        (b"  <!DOCTYPE html><p>", "text/html"),
        (b"MZ is how this letter begins", "text/plain"),
        (b"Dear all,\n@echo off is a command.", "text/plain"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), sniff._OFFICE["xl/"]),
        (packed("setup.exe", "read.me"), "application/zip"),
        (compound(b"\x06\x09\x02\x00"), "application/x-ole-storage"),
        (b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_what_is_no_program_has_a_media_type(data, kind):
    file = io.BytesIO(data)

    assert (sniff.program_by_head(data[:4096]), sniff.program_inside(file, data[:4096])) == ("", "")
    assert sniff.media_type(data[:4096], file) == kind


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.EXE",
        "a.pdf.exe",
        "a.exe.pdf",
        "a.exe.",
        "a.exe ",
        "a\uff0eexe",
        "a.scr",
        "x.hta.jpg",
        "a.msi",
        "a.lnk",
    ],
)
def test_a_program_is_known_by_its_name(name):
    assert sniff.program_by_name(name)


@pytest.mark.parametrize(
    "name", ["a.pdf", "exe", "www.example.com.pdf", "chart.js.png", "a.docx", ".profile.txt"]
)
def test_a_name_that_is_no_program(name):
    assert sniff.program_by_name(name) == ""


def test_a_list_of_names_that_claims_too_much_is_not_read():
    data = bytearray(packed("META-INF/MANIFEST.MF", "B.class"))
    struct.pack_into("<H", data, len(data) - 12, 60_000)

    assert sniff.program_inside(io.BytesIO(bytes(data)), bytes(data[:4096])) == ""
