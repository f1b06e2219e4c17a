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
_OF = r"( \((contact|contato|контакт)\))?"  # whose column it is
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
            (r"create date( \(.*\))?", "created_at"),  # the zone of the portal in brackets
        ),
    ),
    # English and Russian as the vendor's own files of texts call the columns of its list of contacts and the
    # kinds of phones and e-mails: crm.contact.list/lang/{en,ru}/component.php, crm_field_multi.php.
    Layout(
        "bitrix24",
        "Bitrix24",
        (
            "(middle|second) name",
            "work e-mail|work phone",
            "responsible( person)?|created by|contact type|type",
        ),
        (
            ("id", "external_id"),
            *_NAMES,
            ("(middle|second) name", "middle_name"),
            ("(work|home|other|newsletters?) ?e-?mail.*|e-?mail", "email"),
            ("(work|mobile|home|other|sms marketing) ?phone.*|mobile( phone)?|phone", "phone"),
            ("company( name)?", "company"),
            ("position", "position"),
            ("responsible( person)?", "assignee"),
            ("address|street address", "address"),
            ("city", "location"),
            ("comment", "note"),
            ("created( on)?", "created_at"),
            ("telegram.*", "messenger:telegram"),
            ("facebook account", "messenger:facebook"),
            ("viber.*", "messenger:viber"),
        ),
    ),
    Layout(
        "bitrix24",
        "Bitrix24",
        ("отчество", "рабочий e-mail|рабочий телефон", "ответственный|кем создан|тип контакта|тип"),
        (
            ("id", "external_id"),
            ("имя", "first_name"),
            ("отчество", "middle_name"),
            ("фамилия", "last_name"),
            ("((рабочий|частный|другой) )?e-mail( для рассылок)?", "email"),
            ("((рабочий|мобильный|домашний|другой) )?телефон( для рассылок)?", "phone"),
            ("компания|название компании", "company"),
            ("должность", "position"),
            ("ответственный", "assignee"),
            ("адрес", "address"),
            ("город|населенный пункт", "location"),
            ("комментарий", "note"),
            ("дата создания", "created_at"),
            ("контакт telegram", "messenger:telegram"),
            ("контакт facebook", "messenger:facebook"),
            ("контакт viber", "messenger:viber"),
        ),
    ),
    Layout(
        "kommo",
        "Kommo",
        (
            f"work phone{_OF}|phone \\(contact\\)",
            f"(work|private) email{_OF}",
            "(lead|contact)?.*responsible user.*",
        ),
        (
            ("id|contact id", "external_id"),
            *_NAMES,
            (f"full name{_OF}|contact name|name|contact|main contact", "full_name"),
            ("(work|private|personal|other|home) email.*", "email"),
            ("(work|mobile|home|other|work direct)( direct)? phone.*|mobile.*", "phone"),
            ("company( name)?|contact's company", "company"),
            ("position.*", "position"),
            (".*responsible user.*", "assignee"),
            ("tags?|contact tags", "tags"),
            (r"note \d+|notes?", "note"),
            ("created( at| on)?|date created", "created_at"),
        ),
    ),
    # Portuguese and Russian as programs written for such files read them: the part in brackets says whose
    # column it is, and in an export of leads the column ID is the lead's. Not confirmed by the vendor.
    Layout(
        "kommo",
        "Kommo",
        (
            f"tel. direto com.{_OF}|telefone residencial{_OF}",
            f"telefone comercial{_OF}",
            f"email (comercial|pessoal){_OF}",
        ),
        (
            ("id do contato", "external_id"),
            ("nome completo( do contato)?|contato principal|pessoa de contato", "full_name"),
            (f"primeiro nome{_OF}", "first_name"),
            (f"sobrenome{_OF}", "last_name"),
            (f"email (comercial|pessoal){_OF}|outro email{_OF}", "email"),
            (
                f"telefone (comercial|residencial){_OF}|tel. direto com.{_OF}|celular{_OF}|outro telefone{_OF}",
                "phone",
            ),
            ("empresa do contato|contato da empresa|empresa lead 's", "company"),
            (f"posicao{_OF}|cargo{_OF}", "position"),
            ("(lead |contato )?usuario responsavel", "assignee"),
            (f"endereco{_OF}", "address"),
            ("(lead|contato) tags|tags( do contato)?", "tags"),
            (r"nota \d+", "note"),
            ("(data de criacao|criado em).*", "created_at"),
        ),
    ),
    Layout(
        "kommo",
        "Kommo",
        (
            f"рабочий email{_OF}|мобильный телефон{_OF}",
            r"рабочий телефон \(контакт\)",
            r"полное имя( \(контакт\)| контакта)|основной контакт",
        ),
        (
            (r"id контакта|id \(контакт\)", "external_id"),
            (r"полное имя( \(контакт\)| контакта)|основной контакт", "full_name"),
            (f"(рабочий|личный|другой) email{_OF}", "email"),
            (f"(рабочий|рабочий прямой|мобильный|домашний|другой) телефон{_OF}", "phone"),
            (r"название \(компания\)|компания( контакта)?", "company"),
            (f"должность{_OF}", "position"),
            ("ответственный( за контакт)?", "assignee"),
            (r"адрес \((контакт|компания)\)", "address"),
            ("теги( сделки| контакта)?", "tags"),
            (r"примечание( \d+)?", "note"),
            (r"дата создания( \(контакт\))?", "created_at"),
        ),
    ),
    # Its export was not found described anywhere: the names of its fields, in English.
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


def recognise(headers: Sequence[str], layouts: Sequence[Layout] = LAYOUTS) -> Layout | None:
    """The system whose export has these headers."""
    folded = [_folded(header) for header in headers]
    for layout in layouts:
        if all(any(_fits(mark, name) for name in folded) for mark in layout.marks):
            return layout
    return None


def mapped(layout: Layout, headers: Sequence[str]) -> list[str]:
    """What each column of such an export means; "" for what this layout says nothing of."""
    return [
        next((target for pattern, target in layout.columns if _fits(pattern, _folded(header))), "")
        for header in headers
    ]


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(text.norm(pattern), name) is not None


def _folded(header: str) -> str:
    return " ".join(re.sub(r" \(\d+\)$", "", text.norm(header)).split())
