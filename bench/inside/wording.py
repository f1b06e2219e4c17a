"""The product's own statement that writes the search index, for filling it in bulk."""

from __future__ import annotations

from typing import Any

from bench import inside


def wording() -> dict[str, Any]:
    """The text of the statement, with its placeholders."""
    from afluente.contacts.statements import search  # noqa: PLC0415  set up first

    return {"index": search.INDEX}


if __name__ == "__main__":
    inside.answer(wording)
