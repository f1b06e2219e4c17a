"""What comes in from files and goes out into files, and what was erased for good."""

from afluente.transfer.models.erasures import Erasure
from afluente.transfer.models.exports import Export, Schedule
from afluente.transfer.models.imports import ExternalId, ExternalRecord, Import, ImportRow, Remembered

__all__ = [
    "Erasure",
    "Export",
    "ExternalId",
    "ExternalRecord",
    "Import",
    "ImportRow",
    "Remembered",
    "Schedule",
]
