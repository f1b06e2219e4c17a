"""What a column can mean, and what it most likely does mean."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts.models import ContactMessenger
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

NEW = "new:"  # before the type of a field that is to be made for the column
FIELD = "field:"  # before the number of a field
MESSENGER = "messenger:"
# Targets that several columns may have: every value counts.
MANY = frozenset({"email", "phone", "company", "tags", "note", "address"})

FIXED: dict[str, StrOrPromise] = {
    "full_name": _("Whole name"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "company": _("Company"),
    "position": _("Position"),
    "tags": _("Tags"),
    "assignee": _("Responsible"),
    "location": _("Location"),
    "address": _("Address"),
    "note": _("Note, as a comment"),
    "external_id": _("Number in the other system"),
    "created_at": _("Date added"),
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_term": "utm_term",
    "utm_content": "utm_content",
}
# What people agreed to be sent, by channel. Never guessed: somebody has to say so, and where they agreed.
CONSENTS = {"consent_email": "email", "consent_sms": "sms", "consent_ads": "ads"}
_AGREES: dict[str, StrOrPromise] = {
    "consent_email": _("Agrees to e-mail"),
    "consent_sms": _("Agrees to SMS"),
    "consent_ads": _("Agrees to ad audiences"),
}
NEW_KINDS = ("text", "number", "moment", "link", "checkbox", "select", "multiselect")

# Names of columns in English, Portuguese and Polish, folded (kernel.text.norm), digits aside.
_ALIASES = {
    "full_name": "name|full name|contact|contact name|contact person|person|display name|file as|nome|nome completo|contato"
    "|nome do contato|cliente|nazwa|imie i nazwisko|kontakt|osoba|osoba kontaktowa",
    "first_name": "first name|given name|firstname|forename|nome proprio|primeiro nome|prenome|imie",
    "middle_name": "middle name|second name|additional name|segundo nome|nome do meio|drugie imie",
    "last_name": "last name|family name|surname|lastname|sobrenome|ultimo nome|apelido|nazwisko",
    "email": "email|e-mail|e mail|mail|email address|e-mail address|email work|email home|work email|personal email|endereco de email"
    "|endereco de e-mail|correio eletronico|adres e-mail|adres email|poczta|email comercial|e-mail comercial",
    "phone": "phone|phone number|telephone|tel|mobile|mobile phone|mobile phone number|cell|cell phone|work phone|home phone|telefone"
    "|celular|fone|telemovel|numero de telefone|telefone comercial|telefone celular|telefon|numer telefonu|komorka"
    "|telefon komorkowy|nr telefonu|phone work|phone mobile|phone home",
    "company": "company|company name|organization|organisation|organization name|account|account name|employer|associated company"
    "|empresa|nome da empresa|organizacao|companhia|firma|nazwa firmy|organizacja|spolka",
    "position": "position|job title|title|role|organization title|cargo|funcao|stanowisko|posada",
    "tags": "tags|tag|labels|label|groups|group membership|etiquetas|marcadores|rotulos|etykiety|tagi|grupy",
    "assignee": "owner|contact owner|responsible|responsible person|responsible user|assignee|assigned to|responsavel|proprietario"
    "|dono|atribuido a|opiekun|wlasciciel|osoba odpowiedzialna|przypisany do",
    "location": "location|city|town|region|cidade|localizacao|localidade|municipio|miasto|lokalizacja|miejscowosc",
    "address": "address|street|street address|postal address|mailing address|full address|endereco|logradouro|rua|adres|ulica",
    "note": "note|notes|comment|comments|description|remarks|nota|notas|observacao|observacoes|comentario|comentarios|obs"
    "|notatka|notatki|uwagi|komentarz|opis",
    "external_id": "id|record id|contact id|external id|uid|codigo|id do contato|identyfikator|id kontaktu",
    "created_at": "created|created at|create date|date created|created on|added|date added|add time|creation date|criado em"
    "|data de criacao|data de cadastro|cadastro|adicionado em|utworzono|data utworzenia|data dodania",
    "messenger:telegram": "telegram|telegram username",
    "messenger:instagram": "instagram|instagram username",
    "messenger:facebook": "facebook|messenger|facebook messenger",
    "messenger:whatsapp": "whatsapp|whats app|whatsapp number|zap",
    "messenger:viber": "viber",
    "utm_source": "utm_source|utm source",
    "utm_medium": "utm_medium|utm medium",
    "utm_campaign": "utm_campaign|utm campaign",
    "utm_term": "utm_term|utm term",
    "utm_content": "utm_content|utm content",
}
_BY_NAME = {name: target for target, names in _ALIASES.items() for name in names.split("|")}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"\+?[\d\s().-]{8,22}")
_MOMENT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([T ,].*)?")
_DECIMAL = re.compile(r"[+-]?\d[\d.,]*")


@dataclass(frozen=True)
class Target:
    """A meaning to choose for a column."""

    code: str
    label: StrOrPromise
    group: StrOrPromise


def targets(*, may_make_fields: bool) -> list[Target]:
    """Every meaning, in the order of the menu: contact, messengers, consent, own fields, new ones."""
    found = [Target(code, label, _("Contact")) for code, label in FIXED.items()]
    found += [
        Target(f"{MESSENGER}{kind.value}", kind.label, _("Messengers")) for kind in ContactMessenger.Kind
    ]
    found += [Target(code, label, _("Consent")) for code, label in _AGREES.items()]
    fields = [field for field in contacts.fields_of(contacts.CONTACT) if not field.is_archived]
    found += [Target(f"{FIELD}{field.id}", field.name, _("Your fields")) for field in fields]
    if may_make_fields:
        labels = kind_labels()
        found += [Target(f"{NEW}{kind}", labels[kind], _("New field")) for kind in NEW_KINDS]
    return found


def kind_labels() -> dict[str, StrOrPromise]:
    """What the types of fields are called."""
    from afluente.contacts.models import Field  # noqa: PLC0415

    return {kind.value: kind.label for kind in Field.Kind}


def signature(headers: Sequence[str]) -> str:
    """The same for files whose columns are called the same, in the same order."""
    return hashlib.sha256("\n".join(folded(header) for header in headers).encode()).hexdigest()


def guess(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    """What each column most likely means; "" for what is to be left out."""
    own = {
        text.norm(field.name): field.id for field in contacts.fields_of(contacts.CONTACT) if field.is_active
    }
    found: list[str] = []
    for place, header in enumerate(headers):
        cells = [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
        target = _by_name(header, own) or _by_content(cells)
        if target in found and target not in MANY and not target.startswith(MESSENGER):
            target = ""
        found.append(target)
    return _settled(found)


def _settled(found: list[str]) -> list[str]:
    """A column called «Nome» or «Name» beside one for last names holds first names."""
    if "last_name" in found and "full_name" in found:
        is_taken = "first_name" in found
        return [
            "" if one == "full_name" and is_taken else "first_name" if one == "full_name" else one
            for one in found
        ]
    return found


def _by_name(header: str, own: dict[str, int]) -> str:
    name = text.norm(header).strip()
    if name in own:
        return f"{FIELD}{own[name]}"
    plain = folded(header)
    if plain in _BY_NAME:
        return _BY_NAME[plain]
    return next((_BY_NAME[part] for part in _parts(plain) if part in _BY_NAME), "")


def _parts(name: str) -> list[str]:
    """«person - phone» and «email (home)» without what stands before a dash or in brackets."""
    return [
        part.strip() for part in (re.sub(r"\(.*?\)", "", name), name.rpartition(" - ")[2]) if part.strip()
    ]


def folded(header: str) -> str:
    """The name of a column without accents, case and a number at its end."""
    name = re.sub(r"[\s_]+", " ", text.norm(header).replace("utm_", "utm-")).strip()
    return re.sub(r"\s*#?\(?\d+\)?$", "", name.replace("utm-", "utm_")).strip()


def _by_content(cells: Sequence[str]) -> str:
    if not cells:
        return ""
    for target, pattern in (("email", _EMAIL), ("phone", _PHONE)):
        fitting = sum(1 for cell in cells if pattern.fullmatch(cell) and not _MOMENT.fullmatch(cell))
        if fitting >= 0.8 * len(cells):
            return target
    return ""


def guess_kind(cells: Sequence[str]) -> str:
    """The type that a new field for these values would have."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if filled and all(_MOMENT.fullmatch(cell) for cell in filled):
        return "moment"
    if filled and all(_DECIMAL.fullmatch(cell) and not cell.startswith("0") for cell in filled):
        return "number"
    if filled and all(cell.startswith(("http://", "https://")) for cell in filled):
        return "link"
    return "text"
