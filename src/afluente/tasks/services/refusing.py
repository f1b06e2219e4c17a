"""What is said when a task or a board cannot be like this."""

from __future__ import annotations


class TaskRefusedError(ValueError):
    """A task that cannot be like this; its text is a sentence for people, `field` what it is about."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field
