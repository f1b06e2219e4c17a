"""Ways through the tree of folders."""

from __future__ import annotations

from afluente.files.models import Folder

DEEPEST = 20


def path_of(folder: Folder) -> list[Folder]:
    """The folder and those above it, the topmost first."""
    known = {one.pk: one for one in Folder.objects.all()}
    way: list[Folder] = []
    step: Folder | None = known.get(folder.pk)
    while step is not None and len(way) <= DEEPEST:
        way.insert(0, step)
        step = known.get(step.parent_id) if step.parent_id else None
    return way


def within(folder: Folder) -> list[int]:
    """The folder and all below it."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Folder.objects.values_list("pk", "parent_id"):
        below.setdefault(parent, []).append(pk)
    found = [folder.pk]
    for pk in found:
        found.extend(below.get(pk, ()))
    return found
