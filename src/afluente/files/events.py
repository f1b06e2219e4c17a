"""Facts about files that slices above act on (kernel.bus)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class By:
    """Who acts: a member or a token, with the name as it was then."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class FileAttached:
    """A file is shown with a record from now on. `kind` is contact, deal, task, comment or company."""

    kind: str
    entity_id: int
    file_id: int
    name: str
    by: By


@dataclass(frozen=True, kw_only=True)
class FileDetached:
    """A file is no longer shown with a record; `is_deleted` when it left the store, too."""

    kind: str
    entity_id: int
    file_id: int
    name: str
    is_deleted: bool
    by: By
