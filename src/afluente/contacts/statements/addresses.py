"""What a contact is reached by, read at once."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from afluente.kernel.workspace import current_workspace_id


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


# The page of a contact needs all three; asked one by one they cost three times as much.
ADDRESSES = """
SELECT 'email', 'email', id, email, coalesce(key, ''), is_primary FROM contacts_contactemail
WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
UNION ALL
SELECT 'phone', 'phone', id, raw, coalesce(e164, ''), is_primary FROM contacts_contactphone
WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
UNION ALL
SELECT 'messenger', kind, id, value, '', is_primary FROM contacts_contactmessenger
WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
ORDER BY 6 DESC, 3
"""


def addresses_of(contact_id: int) -> list[AddressRow]:
    """All addresses of a contact: of each part the primary one first, then in the order they were added."""
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, {"workspace": current_workspace_id(), "contact": contact_id})
        return [AddressRow(*row) for row in cursor.fetchall()]
