"""Answers kept by Idempotency-Key."""

from __future__ import annotations

import hashlib

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

# One call per key at a time; given back by COMMIT, so the next one finds the answer.
HOLD = "SELECT pg_try_advisory_xact_lock(%s)"
ANSWER = """
SELECT status, content, request_digest FROM intake_keyedcall
 WHERE workspace_id = %s AND token_id = %s AND key = %s
"""
KEEP = """
INSERT INTO intake_keyedcall (workspace_id, token_id, key, request_digest, status, content, created_at)
VALUES (%s, %s, %s, %s, %s, %s, now())
"""


def hold_key(token_id: int, key: str) -> bool:
    """Whether this call may go on; False while another one with the same key is being answered."""
    name = f"key:{current_workspace_id()}:{token_id}:{key}".encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [number])
        return bool(cursor.fetchone()[0])


def keyed_answer(token_id: int, key: str) -> tuple[int, bytes, str] | None:
    """Status, content and request digest of the first call with this key; None when it is the first."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, [current_workspace_id(), token_id, key])
        row = cursor.fetchone()
        return (row[0], bytes(row[1]), row[2]) if row else None


def keep_answer(token_id: int, key: str, request_digest: str, status: int, content: bytes) -> None:
    """Keep an answer for at least a day (the clean-up removes older ones)."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [current_workspace_id(), token_id, key, request_digest, status, content])
