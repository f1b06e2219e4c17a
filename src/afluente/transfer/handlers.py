"""What transfer brings to pages and stores that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.files import policies as files
from afluente.transfer import policies, services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership


def import_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Imports that files belong to, as far as `member` sees them."""
    found = policies.imports_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: files.Subject(one.name, reverse("transfer:import", args=[one.pk])) for one in found}


IMPORT_FILES = files.Kind(
    name=services.KIND,
    label=_("Import"),
    folder=_("Imports"),
    removal=_("Remove from this import"),
    visible_to=policies.imports_visible_to,
    editable_by=policies.imports_changeable_by,
    subjects=import_subjects,
)


def export_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Exports that files belong to, as far as `member` sees them."""
    found = policies.exports_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: files.Subject(one.name, reverse("transfer:exports")) for one in found}


EXPORT_FILES = files.Kind(
    name=services.EXPORT_KIND,
    label=_("Export"),
    folder=_("Exports"),
    removal=_("Remove from this export"),
    visible_to=policies.exports_visible_to,
    editable_by=policies.exports_visible_to,
    subjects=export_subjects,
)
