"""The file of rows that failed, in the language of whoever takes it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.kernel import blobs
from afluente.transfer.models import ImportRow
from afluente.transfer.selectors.cells import guarded
from afluente.transfer.selectors.tables import LONGEST_CELL, Shape

if TYPE_CHECKING:
    from afluente.transfer.models import Import

MOST = 4 * 2**20  # bytes that are put into other words while somebody waits; a larger file goes as it is


def sign_of(shape: Shape) -> str:
    """What stands between the cells of the file: what stood there in the one that was sent."""
    return shape.delimiter if shape.kind == "csv" else ","


def reworded(given: Import) -> bytes | None:
    """The kept file with its own two columns in the present language; None when it is too large for that."""
    if given.errors is None or given.errors.size > MOST:
        return None
    failed = ImportRow.objects.filter(batch_id=given.pk, outcome=ImportRow.Outcome.FAILED)
    reasons = {str(number): reason for number, reason in failed.values_list("number", "reason")}
    kept = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    sign, place = sign_of(Shape.read(given.shape)), len(given.headers)
    csv.field_size_limit(LONGEST_CELL * 10)
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=sign, lineterminator="\r\n")
    for line, cells in enumerate(csv.reader(io.StringIO(kept, newline=""), delimiter=sign)):
        if line == 0:
            cells[place : place + 2] = [gettext("Row"), gettext("Reason")]
        elif reason := reasons.get(cells[place], ""):
            cells[place + 1] = guarded(reason)
        out.writerow(cells)
    return text.getvalue().encode("utf-8-sig")
