"""What a workspace has decided about its contacts."""

from __future__ import annotations

from afluente.contacts.models import ContactSettings


def default_assignee_id() -> int | None:
    """Who gets what arrives when neither the deal rule nor the pipeline names anybody; None for nobody.

    The person may have left meanwhile: whoever asks checks that.
    """
    found: int | None = ContactSettings.objects.values_list("default_assignee_id", flat=True).first()
    return found
