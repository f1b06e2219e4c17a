"""The numbers that contacts have in other systems, as the contact's page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Action
from afluente.contacts import policies
from afluente.transfer.models import ExternalId

if TYPE_CHECKING:
    from afluente.accounts.models import Membership


def externals_context(
    *, member: Membership, contact_id: int, problem: str = "", typed: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """What the section is drawn with; `problem` says why what was `typed` (system, number) is not kept."""
    return {
        "contact_id": contact_id,
        "externals": list(ExternalId.objects.filter(contact_id=contact_id).order_by("system", "pk")),
        "may_edit": policies.may(member, contact_id, Action.EDIT),
        "problem": problem,
        "typed": typed,
    }
