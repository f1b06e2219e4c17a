"""The search index as a whole; services that change a contact keep their own row of it (ADR 0050)."""

from __future__ import annotations

from afluente.contacts.models import Contact
from afluente.contacts.statements import search


def reindex_contacts(*, after: int, limit: int) -> int:
    """Index up to `limit` contacts with numbers above `after` as they are now; the last number, 0 at the end."""
    ids = Contact.objects.present().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit]
    found = list(ids)
    search.index_contacts(found)
    return found[-1] if found else 0
