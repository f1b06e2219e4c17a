"""What imports and exports keep about a person (kernel.personal)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.files import services as files
from afluente.kernel import personal, text
from afluente.transfer.models import Export, ExternalId, Import, ImportRow
from afluente.transfer.services.exporting import expire_export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    rows = ImportRow.objects.filter(contact_id__in=subject.ids).order_by("pk")
    numbers = ExternalId.objects.filter(contact_id__in=subject.ids)
    return [
        *personal.plain(rows.values("batch__name", "number", "outcome", "changes", "reason")),
        *personal.plain(numbers.values("system", "value")),
    ]


def _erase(subject: Subject) -> int:
    """Files of imports and exports go as a whole: nobody can say whose rows are in them."""
    rows = ImportRow.objects.filter(contact_id__in=subject.ids)
    count = int(rows.update(changes={}, reason="", note=""))
    ExternalId.objects.filter(contact_id__in=subject.ids).delete()
    for one in Import.objects.exclude(state__in=Import.BUSY).select_related("file", "errors"):
        kept = [file for file in (one.file, one.errors) if file is not None]
        one.file = one.errors = None
        one.sample, one.fixes, one.report = [], {}, {}
        if one.state in {Import.State.DRAFT, Import.State.CHECKED, Import.State.PAUSED}:
            one.state = Import.State.CANCELLED
        one.save()
        for file in kept:
            files.purge_file(file=file)
        count += len(kept)
    for export in Export.objects.filter(state=Export.State.READY):
        expire_export(export_id=export.pk)
        count += 1
    # Of whom an export was asked may name the person; once it is over nobody needs it.
    over = Export.objects.exclude(state__in=[Export.State.WAITING, Export.State.RUNNING])
    over.exclude(selection={}).update(selection={})
    return count + _rename(subject)


def _rename(subject: Subject) -> int:
    """Imports whose file was called after the person get a number for a name, wherever it was written."""
    words = {_bare(word) for word in subject.words} - {""}
    named = [
        one
        for one in Import.objects.only("name", "state")
        if any(word in _bare(one.name) for word in words if len(word) >= personal.SHORTEST)
    ]
    # Contacts and their history say which file they came from.
    personal.strike(replace(subject, words=tuple({one.name[:100] for one in named})))
    for one in named:
        end = one.name.rpartition(".")[2]
        Import.objects.filter(pk=one.pk).update(name=f"#{one.pk}.{end[:5]}")
    return len(named)


def _bare(name: str) -> str:
    """«João Silva» and «joao_silva» are one: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", text.norm(name))


HOLDING = personal.Holding(
    slug="transfer",
    label=_("Imports and exports"),
    tables=(
        "transfer_import",
        "transfer_importrow",
        "transfer_externalid",
        "transfer_export",
        "transfer_schedule",
    ),
    collect=_collect,
    erase=_erase,
    fate=_("What the rows said is removed, and every file of imports and exports that is still kept."),
    struck=(
        ("transfer_import", "sample"),
        ("transfer_import", "report"),
        ("transfer_import", "fixes"),
        ("transfer_import", "name"),
        ("transfer_export", "selection"),
        ("transfer_export", "name"),
        ("transfer_schedule", "name"),
        ("transfer_importrow", "changes"),
        ("transfer_importrow", "reason"),
    ),
    order=28,
)
FREE = {
    "transfer_externalrecord": "Numbers of deals in other systems.",
    "transfer_remembered": "What columns of files mean.",
    "transfer_erasure": "Tombstones: numbers and keyed hashes.",
    # Of floors that know no contacts.
    "accounts_apitoken": "Names of tokens, digests.",
    "accounts_auditentry": "What colleagues did; contacts are named by number only.",
    "accounts_audithead": "A digest.",
    "accounts_customrole": "Names of roles.",
    "accounts_invitation": "Addresses of colleagues to be.",
    "accounts_membership": "Colleagues.",
    "accounts_team": "Names of teams.",
    "search_opened": "Which records a colleague opened last, by number.",
}
