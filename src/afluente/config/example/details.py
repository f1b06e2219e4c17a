"""What the studio notes about its people: fields, tags, companies, places, tasks, a kept filter."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from afluente.contacts import selectors
from afluente.contacts import services as contacts
from afluente.contacts.services.saving import save_filter
from afluente.tasks import services as tasks
from afluente.timeline.events import SYSTEM, Actor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held

SEGMENTS = ("Saúde e bem-estar", "Comércio", "Serviços", "Educação", "Eventos", "Imóveis")
TAGS = (("Cliente", 9), ("Prioridade", 0), ("Indicação", 5), ("Parceiro", 14))


@dataclass(frozen=True)
class Known:
    """What is known of a person besides their deal. `tags` are places in TAGS."""

    segment: str
    units: int = 1
    tags: tuple[int, ...] = ()
    company: str = ""
    domain: str = ""
    position: str = ""
    location: str = ""
    cnpj: str = ""


KNOWN = {
    "Camila Albuquerque": Known(
        SEGMENTS[0],
        4,
        (0, 1),
        "Clínica Bem Viver",
        "bemviver.example",
        "Diretora",
        "São Paulo",
        "11222333000181",
    ),
    "Patrícia Menezes": Known(SEGMENTS[0], 2, (2,), "Espaço Menezes", "", "Sócia", "Florianópolis"),
    "Tiago Brandão": Known(SEGMENTS[1], 1, (), "Brandão Couros", "couros.example", "Dono", "Curitiba"),
    "Jonas Verde": Known(SEGMENTS[2], 1, (2,), "", "", "", "Joinville"),
    "Marcos Lins": Known(SEGMENTS[2], 3, (), "Lins Advocacia", "lins.example", "Sócio", "Florianópolis"),
    "Otávio Rezende": Known(SEGMENTS[1], 2, (1,), "", "", "", "São José"),
    "Helena Prado": Known(SEGMENTS[0], 6, (1,), "Hospital Prado", "hprado.example", "Diretora", "Blumenau"),
    "Bela Vista Imóveis": Known(SEGMENTS[5], 3, (), "Bela Vista Imóveis", "belavista.example"),
    "Isadora Pimentel": Known(SEGMENTS[3], 1, (), "Escola Pimentel", "", "Coordenadora", "Palhoça"),
    "Eduardo Lacerda": Known(SEGMENTS[3], 2, (1,), "Colégio Lacerda", "lacerda.example", "Diretor", "Itajaí"),
    "Teresa Molduras": Known(SEGMENTS[1], 1, (0,), "Molduras da Ilha", "", "Dona", "Florianópolis"),
    "Wagner Bittencourt": Known(
        SEGMENTS[2], 8, (0, 1), "Grupo Bittencourt", "bittencourt.example", "Presidente", "Porto Alegre"
    ),
    "Clínica Sorriso": Known(SEGMENTS[0], 2, (0, 3), "Clínica Sorriso", "sorriso.example"),
    "Noemi Duarte": Known(SEGMENTS[4], 1, (0, 3), "", "", "", "Florianópolis"),
    "Nina Palco": Known(SEGMENTS[4], 2, (0,), "Palco Produções", "palco.example", "Produtora", "Curitiba"),
}
# Title, whose, place in the team, days from now until it is due, and its priority.
TASKS = (
    ("Enviar a minuta do contrato", "Camila Albuquerque", 0, 0, 3),
    ("Confirmar a reunião com a diretoria", "Helena Prado", 1, 1, 2),
    ("Ligar depois das 16 h", "Otávio Rezende", 0, -1, 2),
    ("Cobrar o jurídico", "Wagner Bittencourt", 0, 2, 3),
    ("Mandar exemplo de fluxo", "Larissa Fontes", 2, 3, 1),
)


def note_details(people: Mapping[str, int], *, owner: Membership, team: Sequence[Membership]) -> None:
    """Note what is known of these people (contact by name), as the owner's doing without an event each."""
    fields = {
        "segment": contacts.create_field(name="Segmento", kind="select", options=SEGMENTS, by=SYSTEM).pk,
        "units": contacts.create_field(name="Unidades", kind="number", by=SYSTEM).pk,
        "cnpj": contacts.create_field(name="CNPJ", kind="text", format="cnpj", by=SYSTEM).pk,
    }
    choices = {
        one.label: one.id
        for field in selectors.fields_of(selectors.CONTACT)
        for one in field.options
        if field.id == fields["segment"]
    }
    tags = [contacts.create_tag(name=name, color=color, by=SYSTEM).pk for name, color in TAGS]
    given: dict[int, dict[int, Held | None]] = {}
    pairs: list[tuple[int, int]] = []
    for name, known in KNOWN.items():
        contact_id = people[name]
        given[contact_id] = {
            fields["segment"]: (choices[known.segment],),
            fields["units"]: Decimal(known.units),
        }
        if known.cnpj:
            given[contact_id][fields["cnpj"]] = known.cnpj
        pairs += [(contact_id, tags[place]) for place in known.tags]
        _place(contact_id, known)
    contacts.fill_values(given=given, by=SYSTEM, is_told=False)
    contacts.change_tags(attach=pairs, by=SYSTEM, is_told=False)
    _plan(people, owner=owner, team=team)
    query = f"where=tag.is:{tags[1]}"
    save_filter(owner=owner, name=TAGS[1][0], query=query, is_shared=True)


def _place(contact_id: int, known: Known) -> None:
    contacts.note_details(contact_id=contact_id, location=known.location, address="", values={}, by=SYSTEM)
    if known.company:
        company = contacts.ensure_company(name=known.company, by=SYSTEM)
        if known.domain:
            contacts.change_company(company_id=company.pk, changes={"domain": known.domain}, by=SYSTEM)
        contacts.link_contacts(
            company_id=company.pk,
            contact_ids=[contact_id],
            by=SYSTEM,
            position=known.position,
            is_told=False,
        )


def _plan(people: Mapping[str, int], *, owner: Membership, team: Sequence[Membership]) -> None:
    here = zoneinfo.ZoneInfo(owner.workspace.timezone)
    giver = team[1]
    evening = timezone.now().astimezone(here).replace(hour=18, minute=0, second=0, microsecond=0)
    tasks.create_tasks(
        tasks=[
            tasks.NewTask(
                title=title,
                priority=priority,
                assignee_id=team[place].pk,
                created_by_id=giver.pk,
                due_at=evening + dt.timedelta(days=days),
                contact_ids=[people[name]],
            )
            for title, name, place, days, priority in TASKS
        ],
        by=Actor("member", giver.pk, giver.user.name),
    )
