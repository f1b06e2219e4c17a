"""What a column of a file of tasks can mean, and what it most likely does mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as contacts
from afluente.contacts.models import EVERY
from afluente.kernel import text
from afluente.transfer.selectors.targets import FIELD, NEW, NEW_KINDS, Target, folded, kind_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

MANY = frozenset({"email", "phone", "company", "tags", "observers"})
TASK: dict[str, StrOrPromise] = {
    "title": _("Task"),
    "number": _("Number"),
    "description": _("Description"),
    "board": _("Board"),
    "step": _("Status"),
    "priority": _("Priority"),
    "assignee": _("Assignee"),
    "observers": _("Observers"),
    "start": _("Start"),
    "due": _("Deadline"),
    "kind": _("Kind"),
    "place": _("Place"),
    "call_phone": _("Phone to call"),
    "repeat": _("Repeats"),
    "tags": _("Tags"),
    "created_at": _("Created"),
    "done_at": _("Done on"),
    "external_id": _("Number in the other system"),
}
ABOUT: dict[str, StrOrPromise] = {
    "full_name": _("Contact"),
    "email": _("E-mail of a person"),
    "phone": _("Phone of a person"),
    "deal": _("Deal, by number or name"),
    "company": _("Company"),
}
# Names of columns in English, Portuguese and Polish, folded; what the labels above say is known besides.
_ALIASES = {
    "title": "title|task name|card name|subject|name|summary|activity|to do|titulo|nome|nome da tarefa|tarefa|assunto|atividade"
    "|tytul|nazwa|nazwa zadania|zadanie|temat",
    "description": "description|card description|notes|note|details|body|descricao|notas|observacoes|detalhes|opis|notatki|uwagi|szczegoly",
    "board": "board|board name|project|projects|list of tasks|quadro|projeto|tablica|projekt",
    "step": "status|step|stage|state|list|list name|section|section/column|column|etapa|situacao|coluna|lista|etap|stan|kolumna",
    "priority": "priority|importance|prioridade|importancia|priorytet|waznosc",
    "assignee": "assignee|assigned to|owner|responsible|responsible person|assignee email|assigned to user|members|responsavel"
    "|atribuido a|dono|osoba odpowiedzialna|przypisane do|opiekun|wykonawca",
    "observers": "observers|followers|watchers|collaborators|observadores|seguidores|obserwatorzy",
    "start": "start|start date|begins|inicio|data de inicio|poczatek|data rozpoczecia|start at",
    "due": "due|due date|deadline|due at|end date|prazo|data de vencimento|vencimento|termin|data zakonczenia",
    "kind": "kind|type|activity type|task type|tipo|tipo de atividade|rodzaj|typ",
    "place": "place|location|local|lugar|miejsce|lokalizacja",
    "call_phone": "phone to call|telefone para ligar|telefon do rozmowy",
    "repeat": "repeats|recurrence|rrule|repeat|repete|recorrencia|powtarza sie|powtarzanie",
    "tags": "tags|tag|labels|label|etiquetas|marcadores|etykiety|tagi",
    "created_at": "created|created at|created on|create date|date created|criado em|data de criacao|utworzono|data utworzenia",
    "done_at": "done on|completed at|completed on|completed date|done at|date completed|concluido em|data de conclusao|zakonczono|ukonczono",
    "external_id": "id|task id|card id|external id|codigo|id da tarefa|identyfikator|id zadania",
    "full_name": "contact|contact name|contact person|person|customer|client|contato|pessoa|cliente|kontakt|osoba|klient",
    "email": "email|e-mail|contact email|email address|e-mail do contato|adres e-mail",
    "phone": "phone|phone number|contact phone|telefone|celular|telefon|numer telefonu",
    "deal": "deal|deal name|deal title|lead|opportunity|negocio|oportunidade|transakcja|szansa",
    "company": "company|organization|organisation|company name|empresa|organizacao|firma|organizacja",
}
_BY_NAME = {name: target for target, names in _ALIASES.items() for name in names.split("|")}


def targets(*, may_make_fields: bool) -> list[Target]:
    """Every meaning, in the order of the menu."""
    found = [Target(code, label, _("Task")) for code, label in TASK.items()]
    found += [Target(code, label, _("What it is about")) for code, label in ABOUT.items()]
    own = [field for field in contacts.fields_of("task", EVERY) if field.is_active]
    found += [Target(f"{FIELD}{field.id}", field.name, _("Your fields")) for field in own]
    if may_make_fields:
        labels = kind_labels()
        found += [Target(f"{NEW}{kind}", labels[kind], _("New field")) for kind in NEW_KINDS]
    return found


def guess(headers: Sequence[str]) -> list[str]:
    """What each column most likely means; "" for what is to be left out. Only its name tells."""
    named = {text.norm(str(label)): code for code, label in (TASK | ABOUT).items()}
    named |= {
        text.norm(field.name): f"{FIELD}{field.id}"
        for field in contacts.fields_of("task", EVERY)
        if field.is_active
    }
    found: list[str] = []
    for header in headers:
        target = named.get(text.norm(header).strip()) or _BY_NAME.get(folded(header), "")
        found.append("" if target in found and target not in MANY else target)
    return found
