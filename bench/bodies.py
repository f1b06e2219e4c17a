"""Leads as programs send them. The same number gives the same lead."""

from __future__ import annotations

import json

FIRST = [
    "Ana",
    "Bruno",
    "Carla",
    "Davi",
    "Elisa",
    "Fábio",
    "Gabriela",
    "Heitor",
    "Inês",
    "João",
    "Kátia",
    "Luís",
    "Márcia",
    "Nuno",
    "Otávio",
    "Paula",
]
LAST = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Lima",
    "Pereira",
    "Ferreira",
    "Costa",
    "Araújo",
    "Gonçalves",
    "Nóbrega",
    "Assunção",
]


def lead(number: int) -> bytes:
    """The body of `POST /api/v1/leads`."""
    first, last = FIRST[number % 16], LAST[number // 16 % 12]
    said = {
        "contact": {
            "name": f"{first} {last}",
            "email": f"cliente{number}@empresa{number % 50}.example",
            "phone": f"+55119{10_000_000 + number:08d}",
        },
        "deal": {"amount": 100 + number % 9000, "currency": "BRL"},
        "utm": {"source": "google", "medium": "cpc", "campaign": f"verao-{number % 7}"},
        "page": "https://empresa.example/planos",
        "custom": {"plano": "anual", "origem": f"landing-{number % 20}"},
    }
    return json.dumps(said, ensure_ascii=False).encode()
