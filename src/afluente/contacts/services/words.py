"""Words that nobody has any more (ADR 0145): they find nobody, but may be what somebody wanted erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import ContactWord
from afluente.contacts.selectors import searching
from afluente.contacts.statements import search
from afluente.kernel import jobs
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterable

SWEEP_JOB = "contacts.words"


def forget_words(texts: Iterable[tuple[str, str]]) -> None:
    """Forget the words of these texts that nobody else has, and have the others looked through by a job.

    `texts` are pairs of a kind and a text; whoever had them has left the index already.
    """
    by_kind: dict[str, set[str]] = {}
    for kind, said in texts:
        by_kind.setdefault(kind, set()).update(searching.every_word(said))
    for kind, words in by_kind.items():
        _forget(ContactWord.objects.filter(kind=kind, word__in=words).values_list("pk", "kind", "word"))
    workspace_id = current_workspace_id()
    jobs.enqueue(SWEEP_JOB, {}, workspace_id=workspace_id, key=str(workspace_id))


def sweep_words(*, after: int, limit: int) -> int:
    """Forget those that nobody has among `limit` words above `after`; the last one, 0 at the end."""
    rows = ContactWord.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "kind", "word")
    found = list(rows[:limit])
    _forget(found)
    return found[-1][0] if found else 0


def _forget(rows: Iterable[tuple[int, str, str]]) -> None:
    asked = [(pk, searching.exact(kind + word[: searching.LONGEST])) for pk, kind, word in rows]
    search.forget_words([pk for pk, _ in asked], [query for _, query in asked])
