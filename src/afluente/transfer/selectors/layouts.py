"""Exports of other systems, recognised by their headers and mapped whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Layout:
    """What tells an export, and what its columns mean: patterns of folded headers, the first that fits
    counts. All of `marks` must be among the headers.
    """

    slug: str
    name: str
    marks: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


_NAMES = (("(first|given) name|nome", "first_name"), ("(last|family) name|surname|sobrenome", "last_name"))
LAYOUTS = (
    Layout(
        "google",
        "Google",
        ("e-mail 1 - value|phone 1 - value", "(given|first) name", "(family|last) name"),
        (
            *_NAMES,
            ("(additional|middle) name", "middle_name"),
            (r"e-mail \d+ - value", "email"),
            (r"phone \d+ - value", "phone"),
            (r"organization( 1 -)? name", "company"),
            (r"organization( 1 -)? title", "position"),
            (r"address 1 - formatted", "address"),
            (r"address 1 - city", "location"),
            ("labels|group membership", "tags"),
            ("notes", "note"),
        ),
    ),
    Layout(
        "pipedrive",
        "Pipedrive",
        ("person - (name|first name)", "person - (email|phone|id|owner|organization).*"),
        (
            ("person - first name", "first_name"),
            ("person - last name", "last_name"),
            ("person - name", "full_name"),
            ("person - email.*", "email"),
            ("person - phone.*", "phone"),
            ("person - organization|organization - name", "company"),
            ("person - job title", "position"),
            ("person - owner", "assignee"),
            ("person - labels?", "tags"),
            ("person - (person created|add time|created)", "created_at"),
            ("person - postal address", "address"),
            ("person - notes?", "note"),
            ("person - id", "external_id"),
        ),
    ),
    Layout(
        "hubspot",
        "HubSpot",
        ("record id( - contact)?", "contact owner|lifecycle stage|lead status"),
        (
            ("record id( - contact)?", "external_id"),
            *_NAMES,
            ("email|work email|additional email addresses", "email"),
            ("phone number|mobile phone number|whatsapp phone number", "phone"),
            ("company name|associated company", "company"),
            ("job title", "position"),
            ("contact owner", "assignee"),
            ("street address", "address"),
            ("city", "location"),
            ("create date", "created_at"),
        ),
    ),
    Layout(
        "bitrix24",
        "Bitrix24",
        ("second name", "work e-mail|work phone", "responsible( person)?|created by|contact type|type"),
        (
            ("id", "external_id"),
            *_NAMES,
            ("second name", "middle_name"),
            ("(work|home|other|newsletters?) ?e-?mail.*", "email"),
            ("(work|mobile|home|other|sms marketing) ?phone.*|mobile( phone)?", "phone"),
            ("company( name)?", "company"),
            ("position", "position"),
            ("responsible( person)?", "assignee"),
            ("address|street address", "address"),
            ("city", "location"),
            ("comment", "note"),
            ("created( on)?", "created_at"),
            ("telegram.*", "messenger:telegram"),
            ("facebook.*", "messenger:facebook"),
            ("viber.*", "messenger:viber"),
        ),
    ),
    Layout(
        "kommo",
        "Kommo",
        ("work phone|phone \\(contact\\)", "work email|private email", "(lead|contact)?.*responsible user.*"),
        (
            ("id|contact id", "external_id"),
            *_NAMES,
            ("full name|contact name|name|contact", "full_name"),
            ("(work|private|other|home) email.*", "email"),
            ("(work|mobile|home|other|work direct|faks|fax)( direct)? phone.*|mobile", "phone"),
            ("company( name)?|contact's company", "company"),
            ("position.*", "position"),
            (".*responsible user.*", "assignee"),
            ("tags?|contact tags", "tags"),
            (r"note \d+|notes?", "note"),
            ("created( at| on)?|date created", "created_at"),
        ),
    ),
    Layout(
        "sendpulse",
        "SendPulse",
        (
            "contact id|id contact|variable.*|subscription date|date added|added",
            "e-?mail",
            "phone.*|source|responsible|name",
        ),
        (
            ("contact id|id contact", "external_id"),
            *_NAMES,
            ("name", "full_name"),
            ("e-?mails?.*", "email"),
            ("phones?.*", "phone"),
            ("responsible.*", "assignee"),
            ("tags?", "tags"),
            ("telegram.*", "messenger:telegram"),
            ("instagram.*", "messenger:instagram"),
            ("whatsapp.*", "messenger:whatsapp"),
            ("facebook.*|messenger", "messenger:facebook"),
            ("viber.*", "messenger:viber"),
            ("(creation|subscription) date|date added|added|created( at)?", "created_at"),
        ),
    ),
)
NAMES = {layout.slug: layout.name for layout in LAYOUTS}


def recognise(headers: Sequence[str]) -> Layout | None:
    """The system whose export has these headers."""
    folded = [_folded(header) for header in headers]
    for layout in LAYOUTS:
        if all(any(re.fullmatch(mark, name) for name in folded) for mark in layout.marks):
            return layout
    return None


def mapped(layout: Layout, headers: Sequence[str]) -> list[str]:
    """What each column of such an export means; "" for what this layout says nothing of."""
    return [
        next((target for pattern, target in layout.columns if re.fullmatch(pattern, _folded(header))), "")
        for header in headers
    ]


def _folded(header: str) -> str:
    return " ".join(re.sub(r" \(\d+\)$", "", text.norm(header)).split())
