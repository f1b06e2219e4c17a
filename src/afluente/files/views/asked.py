"""What the views of files have in common: finding what an address names, and saying what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afluente.files import policies, services

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.files.events import By
    from afluente.files.models import File, Folder


def number(text: object) -> int | None:
    """A number that fits a column; None for any other text."""
    typed = str(text or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def folder_asked(member: Membership, text: object) -> Folder | None:
    """The folder with this number; None for the top. Raises Http404 for one that is not there."""
    if not str(text or ""):
        return None
    return get_object_or_404(policies.folders_visible_to(member), pk=number(text) or 0)


def file_seen(member: Membership, pk: int) -> File:
    """Raises Http404 when `member` does not see it."""
    return get_object_or_404(policies.visible_to(member), pk=pk)


def file_changeable(member: Membership, pk: int) -> File:
    """Raises Http404 when `member` may not change it."""
    return get_object_or_404(policies.changeable_by(member), pk=pk)


def record_asked(member: Membership, kind: str, entity: object) -> tuple[str, int | None]:
    """The record that files are to be attached to; ("", None) when none is named.

    Raises Http404 for one that `member` may not change.
    """
    if not kind:
        return "", None
    entity_id = number(entity)
    if entity_id is None or not policies.is_editable(member, kind, entity_id):
        raise Http404
    return kind, entity_id


def who(request: Any) -> By:
    """Who acts in this request of a member."""
    return services.member_by(request.member)


def may_bring(member: Membership, kind: str) -> None:
    """Into the store itself only with the right to; with a record, its editors may.

    Raises PermissionDenied.
    """
    if not kind and not policies.may_bring(member):
        raise PermissionDenied


@dataclass(frozen=True)
class Brought:
    """A file that came with a form."""

    name: str
    body: Any
    size: int


def brought(request: HttpRequest, field: str) -> list[Brought]:
    """The files that a form brought along."""
    return [Brought(one.name or "", one.file, one.size or 0) for one in request.FILES.getlist(field)]


def is_script(request: HttpRequest) -> bool:
    """Whether our own script asks, which draws by itself what follows."""
    return request.headers.get("X-Requested-With") == "fetch"


def nothing(status: int = 204) -> HttpResponse:
    return HttpResponse(status=status)
