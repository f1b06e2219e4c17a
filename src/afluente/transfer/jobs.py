"""Imports in the background."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.kernel.jobs import job
from afluente.kernel.workspace import scope
from afluente.transfer import services
from afluente.transfer.models import Import

PATIENCE = 20  # workers that may die at one import before somebody is asked


@job(services.LOOK, atomic=False, retries=2, label=_("Read the beginning of an import"))
def look(workspace_id: int, import_id: int, **_later: Any) -> None:
    """A large file was sent."""
    with scope(workspace_id):
        given = Import.objects.select_related("file").filter(pk=import_id, state=Import.State.READING).first()
        if given is not None:
            services.look_at(given)


@job(services.FORGET, label=_("Forget an import without a file"))
def forget(import_id: int, **_later: Any) -> None:
    """Its file was to come in parts, and never came whole."""
    services.forget_import(import_id=import_id)


@job(services.CHECK, atomic=False, retries=2, label=_("Check the rows of an import"))
def check(workspace_id: int, import_id: int, **_later: Any) -> None:
    """What the columns mean has been said."""
    services.check_import(workspace_id=workspace_id, import_id=import_id)


@job(services.RUN, atomic=False, retries=PATIENCE, label=_("Import contacts"))
def run(workspace_id: int, import_id: int, **_later: Any) -> None:
    """Somebody has pressed Start. Run again it goes on where it stopped."""
    services.run_import(workspace_id=workspace_id, import_id=import_id)
    services.keep_errors(workspace_id=workspace_id, import_id=import_id)


@job(services.UNDO, atomic=False, retries=PATIENCE, label=_("Take an import back"))
def undo(workspace_id: int, import_id: int, **_later: Any) -> None:
    """Somebody has pressed Undo. Run again it goes on where it stopped."""
    services.take_back(workspace_id=workspace_id, import_id=import_id)


@job(services.EXPORT, atomic=False, retries=3, label=_("Export contacts"))
def export(workspace_id: int, export_id: int, **_later: Any) -> None:
    """Somebody asked for a file."""
    services.make_export(workspace_id=workspace_id, export_id=export_id)


@job(services.SCHEDULED, label=_("Automatic export"))
def scheduled(schedule_id: int, **_later: Any) -> None:
    """The hour of an automatic export has come."""
    services.run_schedule(schedule_id=schedule_id)


@job(services.EXPIRE, label=_("Remove an old export"))
def expire(export_id: int, **_later: Any) -> None:
    """The days in which a file could be downloaded are over."""
    services.expire_export(export_id=export_id)


@job(services.ERASE, label=_("Erase a person"))
def erase(erasure_id: int, **_later: Any) -> None:
    """Somebody confirmed an erasure."""
    services.erase(erasure_id=erasure_id)
