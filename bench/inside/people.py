"""People whom we know, for measuring how well the product knows them: seeded, labelled, Brazilian and Polish."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace

BR_FIRST = [
    "José",
    "Maria",
    "Ana",
    "João",
    "Antônio",
    "Francisco",
    "Carlos",
    "Paulo",
    "Pedro",
    "Lucas",
    "Luiz",
    "Marcos",
    "Gabriel",
    "Rafael",
    "Daniel",
    "Marcelo",
    "Bruno",
    "Eduardo",
    "Felipe",
    "Rodrigo",
    "Adriana",
    "Juliana",
    "Márcia",
    "Fernanda",
    "Patrícia",
    "Aline",
    "Sandra",
    "Camila",
    "Amanda",
    "Bruna",
    "Jéssica",
    "Letícia",
    "Júlia",
    "Luciana",
    "Vanessa",
    "Mariana",
    "Gabriela",
    "Vera",
    "Vitória",
    "Larissa",
    "Cláudia",
    "Beatriz",
    "Débora",
    "Renata",
    "Thiago",
    "Gustavo",
    "Leandro",
    "Ricardo",
    "Roberto",
    "Sérgio",
    "Heloísa",
    "Cecília",
    "Otávio",
    "Murilo",
    "Priscila",
    "Tatiana",
    "Vinícius",
]
BR_LAST = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Pereira",
    "Lima",
    "Gomes",
    "Ribeiro",
    "Carvalho",
    "Almeida",
    "Lopes",
    "Soares",
    "Fernandes",
    "Vieira",
    "Barbosa",
    "Rocha",
    "Dias",
    "Nunes",
    "Marques",
    "Machado",
    "Mendes",
    "Freitas",
    "Cardoso",
    "Teixeira",
    "Cavalcanti",
    "Moreira",
    "Albuquerque",
    "Azevedo",
    "Bittencourt",
    "Camargo",
    "Drummond",
    "Esteves",
    "Figueiredo",
    "Guimarães",
    "Junqueira",
    "Lacerda",
    "Magalhães",
    "Nogueira",
    "Peixoto",
    "Queiroz",
    "Sampaio",
    "Tavares",
    "Vasconcelos",
    "Xavier",
    "Zanetti",
    "Monteiro",
    "Prado",
    "Siqueira",
    "Valadares",
]
PL_FIRST = [
    "Anna",
    "Maria",
    "Katarzyna",
    "Małgorzata",
    "Agnieszka",
    "Barbara",
    "Ewa",
    "Krystyna",
    "Elżbieta",
    "Magdalena",
    "Joanna",
    "Aleksandra",
    "Zofia",
    "Monika",
    "Jan",
    "Andrzej",
    "Piotr",
    "Krzysztof",
    "Stanisław",
    "Tomasz",
    "Paweł",
    "Marcin",
    "Michał",
    "Marek",
    "Grzegorz",
    "Jakub",
    "Wojciech",
    "Zbigniew",
]
PL_LAST = [
    "Nowak",
    "Kowalski",
    "Wiśniewski",
    "Wójcik",
    "Kowalczyk",
    "Kamiński",
    "Lewandowski",
    "Zieliński",
    "Szymański",
    "Woźniak",
    "Dąbrowski",
    "Kozłowski",
    "Jankowski",
    "Mazur",
    "Kwiatkowski",
    "Krawczyk",
    "Kaczmarek",
    "Piotrowski",
    "Grabowski",
    "Zając",
    "Pawłowski",
    "Michalski",
    "Król",
    "Wieczorek",
]
CALLED = {
    "José": "Zé",
    "Francisco": "Chico",
    "Antônio": "Toninho",
    "Eduardo": "Edu",
    "Fernanda": "Nanda",
    "Gabriela": "Gabi",
    "Rafael": "Rafa",
    "Patrícia": "Pati",
    "Beatriz": "Bia",
    "Juliana": "Ju",
    "Roberto": "Beto",
    "Felipe": "Lipe",
    "Katarzyna": "Kasia",
    "Małgorzata": "Gosia",
    "Joanna": "Asia",
    "Barbara": "Basia",
    "Tomasz": "Tomek",
    "Piotr": "Piotrek",
    "Krzysztof": "Krzysiek",
    "Jakub": "Kuba",
    "Wojciech": "Wojtek",
    "Aleksandra": "Ola",
}
CITIES = [
    "Recife",
    "Curitiba",
    "Salvador",
    "Goiânia",
    "Belém",
    "Manaus",
    "Fortaleza",
    "Campinas",
    "Santos",
    "Londrina",
    "Natal",
    "Joinville",
]
SLIPS = {"gmail.com": "gmial.com", "hotmail.com": "hotmial.com", "outlook.com": "outlook.con"}


@dataclass(frozen=True)
class Record:
    """A contact or an arrival as somebody typed it; `who` is the person it really is."""

    who: int
    first: str
    last: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    city: str = ""
    company: int | None = None


class Crowd:
    """Everybody: `records` go into the database, `arrivals` knock afterwards."""

    def __init__(self, people: int, *, seed: int = 20_261_122) -> None:
        self.dice = random.Random(seed)
        self.next = 0
        self.records: list[Record] = []
        self.arrivals: list[Record] = []
        for number in range(people):
            one = self._person()
            self.records.append(one)
            if number % 12 == 0:  # a family with one phone, and sometimes one place
                self.records.append(self._relative(one))
            if number % 7 == 0:
                self.records.append(self._again(one))
            self._arrive(number, one)
        for office in range(max(1, people // 400)):  # a switchboard is everybody's
            number = f"+55 11 3{office:03} 0000"
            self.records += [replace(self._person(), phones=(number,), emails=()) for _ in range(25)]

    def _person(self) -> Record:
        dice, self.next = self.dice, self.next + 1
        is_polish = dice.random() < 0.2
        first = dice.choice(PL_FIRST if is_polish else BR_FIRST)
        family = dice.sample(PL_LAST if is_polish else BR_LAST, 1 if is_polish else dice.choice((1, 2, 2)))
        last = " ".join(family)
        user = f"{_plain(first)}.{_plain(family[-1])}{self.next % 9973}"
        phone = (
            f"+48 {dice.randint(500, 899)} {dice.randint(100, 999)} {dice.randint(100, 999)}"
            if is_polish
            else f"+55 {dice.choice((11, 21, 31, 41, 81))} 9{dice.randint(6000, 9999)}-{dice.randint(0, 9999):04}"
        )
        host = dice.choice(("gmail.com", "gmail.com", "hotmail.com", "outlook.com", "uol.com.br", "wp.pl"))
        return Record(
            who=self.next,
            first=first,
            last=last,
            emails=(f"{user}@{host}",) if dice.random() < 0.85 else (),
            phones=(phone,) if dice.random() < 0.85 else (),
            city=dice.choice(CITIES) if dice.random() < 0.5 else "",
            company=dice.randint(1, 400) if dice.random() < 0.3 else None,
        )

    def _relative(self, one: Record) -> Record:
        """Somebody else of the same family name and phone."""
        other = self._person()
        first = other.first if other.first != one.first else "Heitor"
        return replace(other, first=first, last=one.last, phones=one.phones, city=one.city)

    def _again(self, one: Record) -> Record:
        """The same person, typed once more."""
        dice = self.dice
        ways = [way for way in ("phone", "email", "both", "place") if self._has(one, way)]
        way = dice.choice(ways) if ways else "name"
        other = replace(self._name_again(one), emails=(), phones=(), city="", company=None)
        if way in {"phone", "both"}:
            other = replace(other, phones=(self._spelt(one.phones[0]),))
        if way in {"email", "both"}:
            other = replace(other, emails=(self._mistyped(one.emails[0]),))
        if way in {"place", "name"}:
            other = replace(other, city=one.city.upper(), company=one.company)
        return other

    def _has(self, one: Record, way: str) -> bool:
        needs = {
            "phone": bool(one.phones),
            "email": bool(one.emails),
            "both": bool(one.phones and one.emails),
            "place": bool(one.city or one.company),
        }
        return needs[way]

    def _name_again(self, one: Record) -> Record:
        dice, kind = self.dice, self.dice.random()
        first, last = one.first, one.last
        if kind < 0.2:
            first = CALLED.get(first, first)
        elif kind < 0.4:
            first, last = _plain(first).title(), _plain(last).upper()
        elif kind < 0.6 and len(last) > 5:
            place = dice.randrange(2, len(last) - 1)
            last = last[:place] + last[place + 1 :]
        elif kind < 0.75:
            last = last.split()[-1]
        elif kind < 0.85:
            last = ""
        return replace(one, first=first, last=last)

    def _spelt(self, phone: str) -> str:
        digits = "".join(sign for sign in phone if sign.isdigit())
        if not digits.startswith("55"):
            return self.dice.choice((phone, f"+{digits}"))
        area, rest = digits[2:4], digits[4:]
        return self.dice.choice(
            (f"({area}) {rest}", f"{area}{rest[1:]}", f"0{area} {rest}", f"+55{area}{rest}")
        )

    def _mistyped(self, email: str) -> str:
        user, _, host = email.partition("@")
        kind = self.dice.random()
        if kind < 0.3 and host == "gmail.com":
            return f"{user.replace('.', '')}@{host}"
        if kind < 0.5:
            return f"{user}+loja@{host}"
        if kind < 0.7:
            return f"{user}@{SLIPS.get(host, host)}"
        return email.upper()

    def _arrive(self, number: int, one: Record) -> None:
        """One in three writes again; some who write have somebody else's phone."""
        dice = self.dice
        if number % 3 == 0 and (one.emails or one.phones):
            again = self._name_again(one) if dice.random() < 0.85 else replace(one, first="", last="")
            by_email = (one.emails and dice.random() < 0.5) or not one.phones
            ways = (
                {"emails": (one.emails[0].upper(),), "phones": ()}
                if by_email
                else {"emails": (), "phones": (self._spelt(one.phones[0]),)}
            )
            self.arrivals.append(replace(again, **ways))
        elif number % 20 == 1 and one.phones:
            self.arrivals.append(replace(self._relative(one), emails=()))
        elif number % 40 == 2:
            self.arrivals.append(replace(self._person()))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(sign for sign in folded if not unicodedata.combining(sign)).lower().replace(" ", "")
