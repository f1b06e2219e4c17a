"""What the line of the filter above a page of tasks is drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from afluente.contacts.selectors.saved import kept_tabs

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.tasks import selectors


def filter_frame(request: Request, asked: selectors.TaskFilter, page: str) -> dict[str, Any]:
    """The filter `asked` over the page at `page`, and the filters kept for tasks."""
    return {
        "asked": asked,
        "query": asked.query(),
        "page_url": page,
        "panel_url": reverse("contacts:filter", kwargs={"entity": "task"}) + asked.query(page=page),
        "chips": asked.chips(request.member, page),
        "problems": asked.problems(request.member) if asked else [],
        "kept": kept_tabs(
            member=request.member, entity="task", data=request.GET, start=page, pairs=[("page", page)]
        ),
    }
