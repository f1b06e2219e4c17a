"""What a column of a file of deals can mean, and what it most likely does mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY
from afluente.kernel import text
from afluente.transfer.selectors.targets import FIELD, NEW, NEW_KINDS, Target, folded, kind_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

MANY = frozenset({"email", "phone", "tags", "note"})
DEAL: dict[str, StrOrPromise] = {
    "title": _("Deal"),
    "pipeline": _("Pipeline"),
    "stage": _("Stage"),
    "status": _("Open, won or lost"),
    "amount": _("Value"),
    "currency": _("Currency"),
    "due": _("Due date"),
    "assignee": _("Assignee"),
    "type": pgettext_lazy("deal", "Type"),
    "lost_reason": _("Reason for losing"),
    "created_at": _("Opened"),
    "closed_at": _("Closed"),
    "number": _("Number"),
    "external_id": _("Number in the other system"),
}
PERSON: dict[str, StrOrPromise] = {
    "full_name": _("Person"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail of a person"),
    "phone": _("Phone of a person"),
    "company": _("Company"),
    "tags": _("Tags of the person"),
    "note": _("Note, as a comment on the person"),
}
# Names of columns in English, Portuguese and Polish, folded; what the labels above say is known besides.
_ALIASES = {
    "title": "deal name|deal title|title|name|opportunity|opportunity name|lead|lead name|lead title|subject|negocio|nome do negocio"
    "|titulo|oportunidade|nome|nome do lead|transakcja|nazwa transakcji|nazwa|tytul|szansa",
    "pipeline": "pipeline name|funnel|sales pipeline|funil|funil de vendas|lejek|proces",
    "stage": "deal stage|pipeline stage|lead status|step|phase|etapa|etapa do negocio|fase|etap|faza",
    "status": "status|state|outcome|deal status|situacao|estado|stan",
    "amount": "amount|value|deal value|price|budget|total|sale|revenue|valor|valor do negocio|preco|orcamento|montante|wartosc|kwota|cena",
    "currency": "currency|currency code|moeda|codigo da moeda|waluta",
    "due": "due|due date|expected close date|close date|deadline|prazo|vencimento|data de vencimento|data prevista|termin|data zamkniecia",
    "assignee": "owner|deal owner|responsible|responsible person|responsible user|assignee|assigned to|responsavel|proprietario|dono"
    "|opiekun|wlasciciel|osoba odpowiedzialna",
    "type": "type|deal type|tipo|tipo do negocio|typ|rodzaj",
    "lost_reason": "lost reason|loss reason|closed lost reason|reason for losing|motivo da perda|motivo de perda|powod przegranej|powod utraty",
    "created_at": "created|created at|create date|date created|deal created|add time|opened|opened on|criado em|data de criacao|aberto"
    "|utworzono|data utworzenia",
    "closed_at": "closed|closed at|closed on|won time|lost time|deal closed on|fechado em|data de fechamento|zamknieto",
    "number": "deal number|number of the deal|numero do negocio|numer transakcji",
    "external_id": "id|deal id|record id|external id|codigo|id do negocio|identyfikator",
    "full_name": "contact|contact name|contact person|person|person name|customer|client|main contact|contato|nome do contato|pessoa"
    "|cliente|kontakt|osoba|klient",
    "first_name": "first name|given name|contact first name|primeiro nome|imie",
    "last_name": "last name|surname|family name|contact last name|sobrenome|nazwisko",
    "email": "email|e-mail|mail|contact email|email address|e-mail do contato|correio eletronico|adres e-mail",
    "phone": "phone|phone number|telephone|mobile|contact phone|telefone|celular|telefone do contato|telefon|numer telefonu",
    "company": "company|company name|organization|organisation|account|associated company|empresa|organizacao|firma|organizacja|spolka",
    "tags": "tags|tag|labels|label|etiquetas|marcadores|etykiety|tagi",
    "note": "note|notes|comment|comments|description|nota|notas|observacao|observacoes|comentario|notatka|notatki|uwagi|komentarz|opis",
}
_BY_NAME = {name: target for target, names in _ALIASES.items() for name in names.split("|")}


def targets(*, may_make_fields: bool) -> list[Target]:
    """Every meaning, in the order of the menu."""
    found = [Target(code, label, _("Deal")) for code, label in DEAL.items()]
    found += [Target(code, label, _("Person and company")) for code, label in PERSON.items()]
    own = [field for field in contacts.fields_of("deal", EVERY) if field.is_active]
    found += [Target(f"{FIELD}{field.id}", field.name, _("Your fields")) for field in own]
    if may_make_fields:
        labels = kind_labels()
        found += [Target(f"{NEW}{kind}", labels[kind], _("New field")) for kind in NEW_KINDS]
    return found


def guess(headers: Sequence[str]) -> list[str]:
    """What each column most likely means; "" for what is to be left out. Only its name tells."""
    named = {text.norm(str(label)): code for code, label in (DEAL | PERSON).items()}
    named |= {
        text.norm(field.name): f"{FIELD}{field.id}"
        for field in contacts.fields_of("deal", EVERY)
        if field.is_active
    }
    found: list[str] = []
    for header in headers:
        name = folded(header)
        target = named.get(text.norm(header).strip()) or _BY_NAME.get(name, "")
        found.append("" if target in found and target not in MANY else target)
    return found
