"""What a file is, told by its bytes: its media type, and whether it is a program.

Nothing is unpacked or run here. Of an archive only the list of names is read, within limits.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
from typing import IO

HEAD = 4096  # bytes that decide most cases
MOST_NAMES = 20_000  # entries of an archive that are looked at
LONGEST_LIST = 8_388_608  # bytes of an archive's list of names

# Endings that a system runs when somebody opens the file.
_PROGRAMS = (
    "exe com bat cmd ps1 psm1 psd1 vbs vbe js jse mjs cjs wsf wsh ws scr pif cpl msi msp mst msix msixbundle appx "
    "jar jnlp apk xapk aab ipa dex class dll sys drv ocx so dylib elf app dmg pkg run sh bash zsh csh ksh fish "
    "command desktop lnk url hta reg inf scf sct gadget chm xll application appref-ms ps1xml msh msc deb rpm snap "
    "appimage action workflow py pyc pyw pyz rb pl php phar jsp asp aspx"
)
PROGRAMS = frozenset(_PROGRAMS.split())
# As the middle of a name these are as often words: www.example.com.pdf, chart.js.png.
_ALSO_WORDS = frozenset(
    {"com", "js", "app", "run", "url", "action", "command", "class", "so", "py", "pl", "rb", "sh"}
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "ELF"),
    (b"\xfe\xed\xfa\xce", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Java"),
    (b"\xca\xfe\xd0\x0d", "Java"),
    (b"dex\n0", "Android"),
    (b"\x00asm", "WebAssembly"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
    (b"ITSF\x03\x00\x00\x00", "Windows help"),
    (b"!<arch>\ndebian-binary", "Debian package"),
    (b"\xed\xab\xee\xdb", "RPM package"),
)
# Texts that a system runs. Only what stands at the beginning counts, so that a letter about a
# script is no script.
_SCRIPT = re.compile(
    rb"\A(?:#!|@echo\b|@?setlocal\b|@?rem[ \t]|<#|#requires\b|param\s*\(|set-strictmode\b|set-executionpolicy\b"
    rb"|\$erroractionpreference\b|on error resume next\b|option explicit\b"
    rb"|dim\s+\w+[^\n]*\r?\n\s*(?:dim\b|set\b)|set\s+\w+\s*=\s*(?:createobject|wscript)\b"
    rb"|(?:var|let|const)\s+\w+\s*=\s*new\s+activexobject|new\s+activexobject|wscript\."
    rb"|windows registry editor|regedit4|\[internetshortcut\]|\[desktop entry\]|<\?php|<job\b|<package\b)",
    re.IGNORECASE,
)
_APPLICATION = re.compile(rb"<hta:application|<script[^>]+language\s*=\s*[\"']?vbscript", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MSI = (b"\x84\x10\x0c\x00", b"\x86\x10\x0c\x00", b"\x82\x10\x0c\x00")  # class ids of msi, msp, mst
_CLASS_REST = b"\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"

_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (_OLE, "application/x-ole-storage"),
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def program_by_name(name: str) -> str:
    """The ending that makes `name` a program, also before another ending; "" when there is none."""
    plain = unicodedata.normalize("NFKC", name).lower().rstrip(". \u3002\uff0e")
    endings = [part.strip() for part in re.split(r"[.\u3002]", plain)][1:]
    if endings and endings[-1] in PROGRAMS:
        return endings[-1]
    return next((one for one in endings[:-1] if one in PROGRAMS - _ALSO_WORDS), "")


def program_by_head(head: bytes) -> str:
    """What kind of program begins like this; "" for anything else."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    # A letter may begin with these two signs; a program is never plain text.
    if head[:2] in {b"MZ", b"ZM"} and any(sign < 9 or sign > 126 for sign in head[:512]):
        return "Windows"
    text = _as_text(head)
    if _SCRIPT.match(text) or _APPLICATION.search(text):
        return "script"
    return ""


def program_inside(file: IO[bytes], head: bytes) -> str:
    """What only the whole file tells: installers, and archives that are programs."""
    if head.startswith(_OLE):
        return "Windows installer" if _is_installer(file, head) else ""
    names = _names(file) if _may_be_zip(file, head) else set()
    if "AndroidManifest.xml" in names or "classes.dex" in names:
        return "Android"
    if any(name.endswith(".class") for name in names) or any(
        re.fullmatch(r"Payload/[^/]+\.app/Info\.plist", name) for name in names
    ):
        return "Java or iOS"
    if "META-INF/MANIFEST.MF" in names and not any(name.startswith(tuple(_OFFICE)) for name in names):
        return "Java"
    return "Windows package" if "AppxManifest.xml" in names else ""


def media_type(head: bytes, file: IO[bytes]) -> str:
    """What the bytes are; `application/octet-stream` when they do not say."""
    for magic, kind in _TYPES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "application/octet-stream")
    if head[4:8] == b"ftyp":
        return _boxed(head[8:12])
    if head.startswith(b"PK"):
        return _packed(file)
    text = _as_text(head).lstrip().lower()
    if b"<svg" in text:
        return "image/svg+xml"
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "text/html"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


def _as_text(head: bytes) -> bytes:
    """Without a byte order mark, from whichever Unicode, as bytes to search."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").encode("utf-8", "ignore").lstrip()
    return head.lstrip(b" \t\r\n\x0b\x0c")


def _boxed(brand: bytes) -> str:
    if brand in {b"heic", b"heix", b"mif1", b"msf1"}:
        return "image/heic"
    if brand == b"avif":
        return "image/avif"
    if brand in {b"M4A ", b"M4B "}:
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def _packed(file: IO[bytes]) -> str:
    names = _names(file)
    for folder, kind in _OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    return "application/vnd.oasis.opendocument" if "META-INF/manifest.xml" in names else "application/zip"


def _may_be_zip(file: IO[bytes], head: bytes) -> bool:
    """Also when something else stands before the archive: its end says what it is."""
    if head.startswith(b"PK"):
        return True
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 66_000))
    return b"PK\x05\x06" in file.read(66_000)


def _names(file: IO[bytes]) -> set[str]:
    """The names in an archive; none when it is broken or its list is too long to be honest."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 66_000))
    tail = file.read(66_000)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return set()
    count, length = struct.unpack_from("<HI", tail, place + 10)
    if count > MOST_NAMES or length > LONGEST_LIST:
        return set()
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return set()


def _is_installer(file: IO[bytes], head: bytes) -> bool:
    """Whether the root of a compound file has the class of an installer."""
    if len(head) < 52:
        return False
    shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<I", head, 48)[0]
    if shift not in {9, 12}:
        return True  # no honest one: better refused
    file.seek((first + 1) << shift)
    entry = file.read(128)
    return entry[80:84] in _MSI and entry[84:96] == _CLASS_REST
