"""People who never existed, knocking at the demo's doors: its API, its webhook, its forms."""

from __future__ import annotations

import http.client
import json
import random
import time
import unicodedata
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

FIRST = ["Beatriz", "Camila", "Daniela", "Eduardo", "Fernanda", "Gustavo", "Heloísa", "Igor", "Juliana"]
FIRST += ["Karina", "Leandro", "Mariana", "Nelson", "Otávio", "Patrícia", "Rafael", "Sabrina", "Thiago"]
LAST = ["Almeida", "Barros", "Cardoso", "Duarte", "Esteves", "Figueiredo", "Gonçalves", "Lacerda", "Moreira"]
WISHES = (
    ("Identidade visual", 4800),
    ("Site institucional", 9200),
    ("Ensaio fotográfico", 1650),
    ("Catálogo de produtos", 3100),
    ("Vídeo de lançamento", 7400),
    ("Gestão de redes", 1900),
)
CAMPAIGNS: tuple[dict[str, str], ...] = (
    {"source": "google", "medium": "cpc", "campaign": "marca-2026"},
    {"source": "instagram", "medium": "social", "campaign": "bastidores"},
    {"source": "newsletter", "medium": "email", "campaign": "outono"},
    {},
)
AREAS = ("11", "21", "31", "41", "51", "71", "81", "85")
PAUSE = (2.0, 9.0)  # seconds between two visitors
PATIENCE = 10


def main(port: int, facts: dict[str, Any]) -> int:
    """Send a lead now and then, until the demo ends this process."""
    dice = random.Random()  # noqa: S311 -- for variety, not for secrets
    while True:
        time.sleep(dice.uniform(*PAUSE))
        ways = [by_api, by_webhook, *([by_form] if facts["forms"] else [])]
        try:
            dice.choice(ways)(port, facts, somebody(dice), dice)
        except (OSError, http.client.HTTPException):
            continue  # the web process is being replaced: people come back too


def somebody(dice: random.Random) -> dict[str, Any]:
    """A person with a wish; one in eight is somebody who has been here before."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    number = dice.randrange(8) and dice.randrange(10, 10_000)
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().lower()
    wish, amount = dice.choice(WISHES)
    return {
        "name": f"{first} {last}",
        "email": f"{plain}{number or ''}@exemplo.example",
        "phone": f"({dice.choice(AREAS)}) 9{dice.randrange(6000, 10000)}-{dice.randrange(1000, 10000)}",
        "wish": wish,
        "amount": amount,
        "utm": dice.choice(CAMPAIGNS),
    }


def by_api(port: int, facts: dict[str, Any], who: dict[str, Any], _dice: random.Random) -> int:
    """As a program that knows our API."""
    lead = {
        "contact": {"name": who["name"], "email": who["email"], "phone": who["phone"]},
        "deal": {"name": who["wish"], "amount": who["amount"], "currency": "BRL"},
        "utm": who["utm"],
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {facts['token']}"}
    return _send(port, "POST", "/api/v1/leads", json.dumps(lead), headers)[0]


def by_webhook(port: int, facts: dict[str, Any], who: dict[str, Any], dice: random.Random) -> int:
    """As a shop that tells of an order in its own words."""
    order = {
        "order_id": dice.randrange(10**6, 10**7),
        "name": who["name"],
        "email": who["email"],
        "phone": who["phone"],
        "product": who["wish"],
        "total": who["amount"],
    }
    headers = {"Content-Type": "application/json"}
    return _send(port, "POST", urlsplit(facts["hook"]).path, json.dumps(order), headers)[0]


def by_form(port: int, facts: dict[str, Any], who: dict[str, Any], dice: random.Random) -> int:
    """As a person with a browser: read the page, fill it in, send it."""
    path = dice.choice(facts["forms"])
    query = urlencode({f"utm_{name}": value for name, value in who["utm"].items()})
    page = Page(who, dice)
    page.feed(_send(port, "GET", f"{path}?{query}", None, {})[1])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _send(port, "POST", page.action or path, urlencode(page.answers), headers)[0]


def _send(port: int, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
    """Status and text of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body.encode() if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


class Page(HTMLParser):
    """Finds the fields of a form and fills them in as `who` would."""

    def __init__(self, who: dict[str, Any], dice: random.Random) -> None:
        super().__init__()
        self.who = who
        self.dice = dice
        self.action = ""
        self.answers: list[tuple[str, str]] = []
        self._select = ""
        self._options: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "select":
            self._select, self._options = given.get("name", ""), []
        elif tag == "option" and given.get("value"):
            self._options.append(given["value"])
        elif tag in {"input", "textarea"} and given.get("name") and given.get("tabindex") != "-1":
            self._fill(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select and self._options:
            self.answers.append((self._select, self.dice.choice(self._options)))

    def _fill(self, tag: str, given: dict[str, str]) -> None:
        kind = "textarea" if tag == "textarea" else given.get("type", "text")
        if kind == "radio" and given["name"] in dict(self.answers):
            return
        self.answers.append((given["name"], self._answer(kind, given)))

    def _answer(self, kind: str, given: dict[str, str]) -> str:
        if kind in {"hidden", "checkbox", "radio"}:
            return given.get("value", "on")
        answers = {
            "email": self.who["email"],
            "tel": self.who["phone"],
            "number": str(self.who["amount"]),
            "textarea": f"Olá! Gostaria de um orçamento: {self.who['wish'].lower()}.",
        }
        return str(answers.get(kind, self.who["name"]))
