"""What contacts are reached by, read at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence


class AddressRow(NamedTuple):
    """An e-mail (`part` "email"), a phone or a messenger; `key` is what it is compared by, if it is whole.

    `kind` is the part, or which messenger it is.
    """

    part: str
    kind: str
    id: int
    shown: str
    key: str
    is_primary: bool


# Pages and lists need all three; asked one by one they cost three times as much.
ADDRESSES = """
SELECT contact_id, 'email', 'email', id, email, coalesce(key, ''), is_primary FROM contacts_contactemail
WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
UNION ALL
SELECT contact_id, 'phone', 'phone', id, raw, coalesce(e164, ''), is_primary FROM contacts_contactphone
WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
UNION ALL
SELECT contact_id, 'messenger', kind, id, value, '', is_primary FROM contacts_contactmessenger
WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
ORDER BY 7 DESC, 4
"""


def addresses_of(contact_ids: Sequence[int]) -> dict[int, list[AddressRow]]:
    """All addresses of each contact that has any: of each part the primary one first, then in the order they
    were added.
    """
    found: dict[int, list[AddressRow]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, {"workspace": current_workspace_id(), "contacts": list(contact_ids)})
        for contact_id, *row in cursor.fetchall():
            found[contact_id].append(AddressRow(*row))
    return dict(found)
