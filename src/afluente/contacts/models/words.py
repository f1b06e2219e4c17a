"""The words that names, places and texts are made of, each once: what «contains» looks through (ADR 0145)."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class ContactWord(WorkspaceModel):
    """A word that stands in the search index: of a name (`:`), of a place (`&`), of a text field (`~12:`).

    Folded as the index has it. Written by `statements.search.index_contacts`, never changed. Two
    transactions that meet a new word at once both write it, so that nobody waits for anybody: whoever
    reads takes each word once. A word that nobody has any more costs a look and finds nobody.
    """

    kind = models.CharField(max_length=24)
    word = models.CharField(max_length=200)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "kind", "word"], name="contact_word")]

    def __str__(self) -> str:
        return f"{self.kind}{self.word}"
