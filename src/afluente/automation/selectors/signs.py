"""The signs of actions on cards."""

from __future__ import annotations

ICONS = {
    "move": "move-right",
    "open_deal": "square-kanban",
    "copy": "copy",
    "delete": "trash-2",
    "convert": "user-check",
    "document": "file-text",
    "assign": "user-check",
    "modify": "pencil",
    "set": "pencil",
    "notify": "bell",
    "control": "shield-alert",
    "post": "radio",
    "comment": "message-circle",
    "task": "list-checks",
    "call": "phone-outgoing",
    "meeting": "calendar",
    "end_tasks": "check",
    "add_tags": "tag",
    "remove_tags": "tag",
    "send_email": "mail",
    "email": "mail",
    "sms": "message-circle",
    "send_sms": "message-circle",
    "webhook": "webhook",
    "audience": "users",
}


def icon_of(action: str) -> str:
    """The sign of an action."""
    return ICONS.get(action, "zap")
