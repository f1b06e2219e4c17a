"""What a webhook heard last, for its mapping editor."""

from __future__ import annotations

from afluente.capture.models import LastBody
from afluente.kernel import clock

LIMIT = 262_144  # bytes kept; enough to map by, whatever was sent


def remember_body(*, source_id: int, body: bytes, content_type: str) -> None:
    """Keep `body` as the last one `source_id` received, in one statement. Longer ones are cut."""
    values = {"body": body[:LIMIT], "content_type": content_type[:100], "received_at": clock.now()}
    LastBody.objects.bulk_create(
        [LastBody(source_id=source_id, **values)],
        update_conflicts=True,
        update_fields=list(values),
        unique_fields=["workspace", "source"],
    )


def forget_body(*, source_id: int) -> None:
    """Drop what was kept: it may hold somebody's data that is no longer needed."""
    LastBody.objects.filter(source_id=source_id).delete()
