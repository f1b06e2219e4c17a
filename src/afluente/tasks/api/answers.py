"""What every address of the API of tasks answers alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Status

from afluente.accounts.requests import member_of
from afluente.tasks import policies
from afluente.tasks.api.shapes import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.tasks import services
    from afluente.tasks.api.naming import MistakeError

NAMES = {"parent": "parent_id", "step": "step_id"}
REFUSALS: dict[int, Any] = {403: Refused, 404: Refused, 422: Refused}


def refuse(status: int, code: str, message: str, field: str | None = None) -> Status[Any]:
    """An answer that says what is wrong, and where."""
    return Status(status, {"error": {"code": code, "message": message, "field": field}})


def refused(mistake: MistakeError | services.TaskRefusedError) -> Status[Any]:
    """What cannot be like this, under the name that the API has for it."""
    return refuse(422, "invalid", str(mistake), NAMES.get(mistake.field, mistake.field))


def not_allowed() -> Status[Any]:
    return refuse(403, "not_allowed", "Whoever made this token may not do that.")


def no_task() -> Status[Any]:
    return refuse(404, "not_found", "There is no such task.")


def out_of_reach(request: HttpRequest, task_id: int) -> Status[Any] | None:
    """404 for a task that the token's maker does not see, 403 for one they only see."""
    if policies.editable_by(member_of(request)).filter(pk=task_id).exists():
        return None
    return not_allowed() if policies.visible_to(member_of(request)).filter(pk=task_id).exists() else no_task()
