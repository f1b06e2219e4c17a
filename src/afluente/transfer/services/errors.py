"""The rows that did not come in, as a file that can be mended and sent again."""

from __future__ import annotations

import csv
import io
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext

from afluente.files import services as files
from afluente.kernel.workspace import scope
from afluente.transfer.models import Import, ImportRow
from afluente.transfer.selectors import reading
from afluente.transfer.selectors.cells import guarded
from afluente.transfer.selectors.preview import labels
from afluente.transfer.selectors.tables import Shape, UnreadableError
from afluente.transfer.selectors.wording import sign_of
from afluente.transfer.services.starting import KIND

if TYPE_CHECKING:
    from typing import IO


def keep_errors(*, workspace_id: int, import_id: int) -> None:
    """Keep the failed rows of an ended import with their reasons: CSV in UTF-8. Twice is once."""
    with scope(workspace_id):
        given = Import.objects.select_related("file", "member__user").get(pk=import_id)
        if given.state in {Import.State.RUNNING, Import.State.PAUSED}:
            return  # more may fail: the file would lack them
        if given.errors_id or given.file is None or given.member is None or not given.failed_count:
            return
        failed = ImportRow.objects.filter(batch_id=import_id, outcome=ImportRow.Outcome.FAILED)
        reasons = dict(failed.values_list("number", "reason"))
    with translation.override(given.member.user.language), TemporaryFile() as body:
        _write(given, reasons, body)
        size = body.tell()
        body.seek(0)
        with scope(workspace_id):
            kept = files.keep_file(
                name=f"{given.name.rpartition('.')[0] or given.name} {gettext('errors')}.csv",
                body=body,
                size=size,
                member=given.member,
                by=files.member_by(given.member),
                kind=KIND,
                entity_id=given.pk,
            )
            Import.objects.filter(pk=import_id, errors=None).update(errors=kept)


def _write(given: Import, reasons: dict[int, str], body: IO[bytes]) -> None:
    shape = Shape.read(given.shape)
    text = io.TextIOWrapper(body, encoding="utf-8-sig", newline="", write_through=True)
    out = csv.writer(text, delimiter=sign_of(shape), lineterminator="\r\n")
    out.writerow([*(guarded(label) for label in labels(given)), gettext("Row"), gettext("Reason")])
    if given.file is None:
        raise UnreadableError
    with reading.local_copy(given.file) as path:
        for row in reading.data_rows(path, shape):
            if row.number in reasons:
                known, beyond = ([guarded(cell) for cell in cells] for cells in (row.cells, row.rest))
                out.writerow([*known, row.number, guarded(reasons[row.number]), *beyond])
    text.detach()
