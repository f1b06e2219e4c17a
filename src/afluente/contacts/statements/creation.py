"""Making many contacts in one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from afluente.contacts.services.creation import NewContact

T = TypeVar("T")

# Ids first, so that the addresses can go in with the contacts. Foreign keys are checked when the
# whole statement ends. Addresses keep the order they were given in.
INSERT_CONTACTS = """
WITH given AS (
  SELECT nextval(pg_get_serial_sequence('contacts_contact', 'id')) AS id, g.*
    FROM ROWS FROM (unnest(%(first)s::text[], %(last)s::text[], %(source)s::text[], %(source_ref)s::bigint[],
                           %(source_name)s::text[], %(assignee)s::bigint[], %(location)s::text[],
                           %(address)s::text[], %(created)s::timestamptz[]),
                    jsonb_array_elements(%(utm)s::jsonb))
         WITH ORDINALITY AS g (first, last, source, source_ref, source_name, assignee, location, address,
                               created, utm, n)
), made AS (
  INSERT INTO contacts_contact
         (workspace_id, id, first_name, last_name, source, source_ref, source_name, assignee_id,
          location, address, utm_first, utm_last, created_at, updated_at)
  SELECT %(ws)s, id, first, last, source, source_ref, source_name, assignee, location, address, utm, utm,
         COALESCE(created, now()), now()
    FROM given
), emails AS (
  INSERT INTO contacts_contactemail (workspace_id, contact_id, email, key, is_primary)
  SELECT %(ws)s, given.id, e.email, e.key, e.main
    FROM unnest(%(e_n)s::int[], %(e_email)s::text[], %(e_key)s::text[], %(e_main)s::bool[])
         WITH ORDINALITY AS e (n, email, key, main, place) JOIN given USING (n)
   ORDER BY e.place
), phones AS (
  INSERT INTO contacts_contactphone (workspace_id, contact_id, raw, e164, is_primary)
  SELECT %(ws)s, given.id, p.raw, p.e164, p.main
    FROM unnest(%(p_n)s::int[], %(p_raw)s::text[], %(p_e164)s::text[], %(p_main)s::bool[])
         WITH ORDINALITY AS p (n, raw, e164, main, place) JOIN given USING (n)
   ORDER BY p.place
), messengers AS (
  INSERT INTO contacts_contactmessenger (workspace_id, contact_id, kind, value, external_id, is_primary)
  SELECT %(ws)s, given.id, m.kind, m.value, m.external, m.main
    FROM unnest(%(m_n)s::int[], %(m_kind)s::text[], %(m_value)s::text[], %(m_external)s::text[],
                %(m_main)s::bool[])
         WITH ORDINALITY AS m (n, kind, value, external, main, place) JOIN given USING (n)
   ORDER BY m.place
)
SELECT id FROM given ORDER BY n
"""


def insert_contacts(contacts: Sequence[NewContact]) -> list[int]:
    """Insert contacts with all their addresses; their ids in the order given."""
    emails = [
        (n, value.email, value.key, i == 0)
        for n, contact in enumerate(contacts, start=1)
        for i, value in enumerate(_once(contact.emails, lambda value: value.email))
    ]
    phones = [
        (n, value.raw, value.e164, i == 0)
        for n, contact in enumerate(contacts, start=1)
        for i, value in enumerate(_once(contact.phones, lambda value: value.raw))
    ]
    messengers = [
        (n, value.kind, value.value, value.external_id, i == 0)
        for n, contact in enumerate(contacts, start=1)
        for i, value in enumerate(_once(contact.messengers, lambda value: (value.kind, value.value)))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_CONTACTS,
            {
                "ws": current_workspace_id(),
                "first": [contact.first_name for contact in contacts],
                "last": [contact.last_name for contact in contacts],
                "source": [contact.source for contact in contacts],
                "source_ref": [contact.source_ref for contact in contacts],
                "source_name": [contact.source_name for contact in contacts],
                "assignee": [contact.assignee_id for contact in contacts],
                "location": [contact.location for contact in contacts],
                "address": [contact.address for contact in contacts],
                "created": [contact.created_at for contact in contacts],
                "utm": json.dumps([dict(contact.utm) for contact in contacts]),
                **columns(emails, "e_n", "e_email", "e_key", "e_main"),
                **columns(phones, "p_n", "p_raw", "p_e164", "p_main"),
                **columns(messengers, "m_n", "m_kind", "m_value", "m_external", "m_main"),
            },
        )
        return [row[0] for row in cursor.fetchall()]


def columns(rows: Sequence[tuple[object, ...]], *names: str) -> dict[str, list[object]]:
    """Rows turned into one list per column, as `unnest` wants them."""
    turned = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(values) for name, values in zip(names, turned, strict=True)}


def _once(values: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    """The first of each that share a key."""
    return list({key(value): value for value in reversed(list(values))}.values())[::-1]
