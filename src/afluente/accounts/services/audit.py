"""The audit log: lines are added, each sealed with the one before (P-4). Nothing takes one out."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from afluente.accounts.models import AuditEntry, AuditHead
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership


@transaction.atomic
def record_audit(
    *,
    kind: str,
    by: Membership | None,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down who did what, in the caller's transaction: both are kept, or neither.

    `kind` is one of `selectors.audit.KINDS`, such as `role.changed` or `export.made`; `subject` names what
    it was done to; `before` and `after` hold what differs, as plain values and never a secret.
    """
    AuditHead.objects.bulk_create([AuditHead(workspace_id=current_workspace_id())], ignore_conflicts=True)
    head = AuditHead.objects.select_for_update().get()
    entry = AuditEntry(
        number=head.length + 1,
        at=clock.now(),
        kind=kind,
        actor_id=by.pk if by else None,
        actor_name=by.user.name if by else "",
        subject=subject[:200],
        before=dict(before or {}),
        after=dict(after or {}),
    )
    entry.workspace_id = current_workspace_id()
    entry.digest = seal(entry, head.digest)
    entry.save()
    head.length, head.digest = entry.number, entry.digest
    head.save(update_fields=["length", "digest"])
    return entry


def seal(entry: AuditEntry, previous: str) -> str:
    """The seal of a line: of all it says and of the seal before it, with the key of this installation.

    Whoever changes the table without the key cannot make it fit again.
    """
    said = json.dumps(
        [
            previous,
            entry.workspace_id,
            entry.number,
            entry.at.timestamp(),
            entry.kind,
            entry.actor_id,
            entry.actor_name,
            entry.subject,
            entry.before,
            entry.after,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    key = hmac.new(settings.SECRET_KEY.encode(), b"afluente audit", hashlib.sha256).digest()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def first_broken() -> int | None:
    """The number of the first line that does not fit what comes before it; None when all fit.

    Finds a line that was changed, taken out or put elsewhere, at the end too.
    """
    previous, expected = "", 1
    for entry in AuditEntry.objects.order_by("number").iterator():
        if entry.number != expected or not hmac.compare_digest(entry.digest, seal(entry, previous)):
            return expected
        previous, expected = entry.digest, expected + 1
    head = AuditHead.objects.first()
    length, digest = (head.length, head.digest) if head else (0, "")
    return None if (length, digest) == (expected - 1, previous) else expected
