"""What the steps of an import show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.kernel.sayings import read
from afluente.timeline.selectors import kinds
from afluente.transfer.models import ImportRow
from afluente.transfer.selectors import targets, vcards
from afluente.transfer.selectors.tables import VCARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import KnownField
    from afluente.transfer.models import Import
    from afluente.transfer.selectors.targets import Target

MOST_FIXES = 250  # values on one page: a form of a browser has its limits
ACTS = ("to", "clear", "skip")
_HIDDEN = {"values", "import", "assignee_before"}


def target_groups(found: Sequence[Target]) -> list[tuple[Any, list[Target]]]:
    """The meanings under their headings."""
    groups: dict[str, tuple[Any, list[Target]]] = {}
    for one in found:
        groups.setdefault(str(one.group), (one.group, []))[1].append(one)
    return list(groups.values())


def labels(given: Import) -> list[str]:
    """The headers as they are read. A card has none of its own: they are called in the present language."""
    if given.shape.get("kind") != VCARD:
        return list(given.headers)
    return [str(vcards.COLUMNS.get(header, header)) for header in given.headers]


def columns(given: Import, mapping: Sequence[str]) -> list[dict[str, Any]]:
    """Each column with its first values and what it means."""
    found = []
    for place, (header, label) in enumerate(zip(given.headers, labels(given), strict=True)):
        cells = [row[place] for row in given.sample if place < len(row) and row[place].strip()]
        found.append(
            {
                "place": place,
                "header": header,
                "label": label,
                "cells": list(dict.fromkeys(cell[:60] for cell in cells))[:3],
                "target": mapping[place] if place < len(mapping) else "",
                "kind": f"{targets.NEW}{targets.guess_kind(cells)}",
            }
        )
    return found


def bad_columns(given: Import, fields: Sequence[KnownField]) -> list[dict[str, Any]]:
    """Columns with values nobody can use, the most frequent first; `fields` are those of such records."""
    known_fields = {f"{targets.FIELD}{one.id}": one for one in fields}
    left, found, called = MOST_FIXES, [], labels(given)
    for column, values in given.report.get("bad", {}).items():
        place = int(column)
        target = given.mapping[place] if place < len(given.mapping) else ""
        listed = [
            {"raw": raw, "count": count, "why": read(why), "is_fatal": is_fatal, "key": f"{column}-{number}"}
            for number, (raw, count, why, is_fatal) in enumerate(values[:left])
        ]
        left -= len(listed)
        if listed:
            known = known_fields.get(target)
            found.append(
                {
                    "column": column,
                    "header": given.headers[place],
                    "label": called[place],
                    "values": listed,
                    "more": given.report.get("more", {}).get(column, 0) + len(values) - len(listed),
                    "choices": [option.label for option in known.offered] if known else [],
                }
            )
    return found


def fixes(sent: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
    """What the form of the step Values says: by column and value, the act and what is to stand there."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, act in sent.items():
        if not name.startswith("act-") or act not in ACTS:
            continue
        key = name.removeprefix("act-")
        column, raw, to = key.partition("-")[0], sent.get(f"raw-{key}", ""), sent.get(f"to-{key}", "").strip()
        if column.isdigit() and raw and not (act == "to" and not to):
            found.setdefault(column, {})[raw] = {"act": act, "to": to[:500]} if act == "to" else {"act": act}
    return found


def reasons(given: Import) -> list[tuple[str, int]]:
    """Why rows cannot come in, the most frequent first."""
    return [(read(why), count) for why, count in given.report.get("reasons", [])]


def samples(given: Import) -> list[dict[str, Any]]:
    """Some rows of each outcome, as the preview shows them."""
    told = given.report.get("samples", {})
    called = dict(zip(given.headers, labels(given), strict=True))
    return [
        {
            "outcome": outcome,
            "label": outcome.label,
            "count": given.report.get(outcome, 0),
            "rows": [
                {
                    **row,
                    "reason": read(row["reason"]),
                    "cells": [[called.get(header, header), cell] for header, cell in row["cells"]],
                    "lines": _lines(row.get("changes", {})),
                }
                for row in told.get(outcome, [])
            ],
        }
        for outcome in ImportRow.Outcome
        if given.report.get(outcome)
    ]


def _lines(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Before and after of each changed field."""
    return [
        {"label": kinds.field_label(name), "before": _words(pair[0]), "after": _words(pair[1])}
        for name, pair in changes.items()
        if name not in _HIDDEN and isinstance(pair, list) and len(pair) == 2
    ]


def _words(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")
