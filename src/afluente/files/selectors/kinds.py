"""What people call a media type, and its sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_EXACT: dict[str, tuple[StrOrPromise, str]] = {
    "application/pdf": (_("PDF"), "file-text"),
    "application/rtf": (_("Document"), "file-text"),
    "application/vnd.oasis.opendocument": (_("Document"), "file-text"),
    "application/x-ole-storage": (_("Office document"), "file-text"),
    "application/zip": (_("Archive"), "archive"),
    "application/gzip": (_("Archive"), "archive"),
    "application/vnd.rar": (_("Archive"), "archive"),
    "application/x-7z-compressed": (_("Archive"), "archive"),
    "text/plain": (_("Text"), "file-text"),
    "text/html": (_("Web page"), "file-text"),
}
_BEGINNINGS: tuple[tuple[str, StrOrPromise, str], ...] = (
    ("image/", _("Picture"), "image"),
    ("video/", _("Video"), "file"),
    ("audio/", _("Sound"), "file"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", _("Document"), "file-text"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", _("Table"), "file-spreadsheet"),
    ("application/vnd.openxmlformats-officedocument.presentationml", _("Slides"), "file-text"),
)


def kind_of(media_type: str) -> tuple[StrOrPromise, str]:
    """The word and the sign of a media type."""
    if media_type in _EXACT:
        return _EXACT[media_type]
    for beginning, word, sign in _BEGINNINGS:
        if media_type.startswith(beginning):
            return word, sign
    return _("File"), "file"
