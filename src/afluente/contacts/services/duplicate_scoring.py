"""How likely two contacts are one person, and why: points for what agrees, off for what contradicts.

The table is the reference (docs/reference/duplicates.md). 60 points are worth a person's look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from afluente.contacts.services import duplicate_names as names

ENOUGH = 60
SURE = 85
MOST = 99
POINTS = {
    "tax_id": 80,
    "email": 75,
    "email_variant": 55,
    "email_local": 28,
    "phone": 45,
    "phone_partial": 25,
    "name": 45,
    "name_similar": 40,
    "nickname": 40,
    "name_part": 20,
    "company": 20,
    "city": 20,
    "domain": 15,
}
NAMELESS = 15  # one of the two has no name yet: nothing speaks against an address they share
OTHER_NAME, OTHER_TAX_ID, OTHER_ADDRESSES = -45, -70, -10
DOMAINS = frozenset(
    [
        "gmail.com",
        "hotmail.com",
        "outlook.com",
        "yahoo.com",
        "yahoo.com.br",
        "uol.com.br",
        "bol.com.br",
        "terra.com.br",
        "ig.com.br",
        "icloud.com",
        "live.com",
        "globo.com",
        "wp.pl",
        "onet.pl",
        "o2.pl",
        "interia.pl",
        "gazeta.pl",
        "protonmail.com",
    ]
)
# What people type instead; the rest is told by its distance.
SLIPS = {
    "googlemail.com": "gmail.com",
    "gmail.com.br": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "hotmail.com.br": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlook.com.br": "outlook.com",
    "outlook.con": "outlook.com",
    "yahoo.con": "yahoo.com",
    "icloud.con": "icloud.com",
}
ROLES = frozenset(
    [
        "info",
        "contato",
        "contact",
        "vendas",
        "sales",
        "comercial",
        "financeiro",
        "suporte",
        "atendimento",
        "admin",
        "biuro",
        "kontakt",
        "sprzedaz",
        "office",
        "hello",
        "faleconosco",
        "marketing",
        "compras",
        "rh",
        "noreply",
    ]
)


@dataclass(frozen=True)
class Traits:
    """What can tell who somebody is. `emails` are match keys; `phones` E.164, or bare digits of numbers
    that cannot be read; `city` folded and `place` as it was written; `companies` numbers; `tax_ids` CPFs.
    """

    id: int
    name: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    city: str = ""
    companies: frozenset[int] = frozenset()
    tax_ids: frozenset[str] = frozenset()
    place: str = ""


@dataclass
class Verdict:
    """Points, and reasons as (rule, value)."""

    score: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)

    def add(self, rule: str, value: str) -> None:
        self.score += POINTS[rule]
        self.reasons.append((rule, value))


def judge(one: Traits, other: Traits) -> Verdict:
    """What speaks for and against these two being one person."""
    found = Verdict()
    for value in sorted(one.tax_ids & other.tax_ids)[:1]:
        found.add("tax_id", value)
    if one.tax_ids and other.tax_ids and not found.reasons:
        found.score += OTHER_TAX_ID
    same_email = _judge_emails(one, other, found)
    same_phone = _judge_phones(one, other, found)
    _judge_names(one, other, found)
    if one.companies & other.companies:
        found.add("company", str(min(one.companies & other.companies)))
    if one.city and one.city == other.city:
        found.add("city", _both(one.place or one.city, other.place or other.city))
    is_apart = one.emails and other.emails and one.phones and other.phones
    if is_apart and not same_email and not same_phone:
        found.score += OTHER_ADDRESSES
    found.score = max(0, min(found.score, MOST))
    return found


def _judge_emails(one: Traits, other: Traits, found: Verdict) -> bool:
    for value in sorted(one.emails & other.emails)[:1]:
        found.add("email", value)
        return True
    variants = {variant(address): address for address in sorted(other.emails)}
    for address in sorted(one.emails):
        if variant(address) in variants:
            found.add("email_variant", f"{address} · {variants[variant(address)]}")
            return True
    locals_ = {local(address): address for address in sorted(other.emails) if local(address)}
    for address in sorted(one.emails):
        if local(address) in locals_:
            found.add("email_local", f"{address} · {locals_[local(address)]}")
            return True
    shared = {domain(a) for a in one.emails} & {domain(b) for b in other.emails} - DOMAINS
    for value in sorted(shared)[:1]:
        found.add("domain", value)
    return False


def _judge_phones(one: Traits, other: Traits, found: Verdict) -> bool:
    for value in sorted(one.phones & other.phones)[:1]:
        found.add("phone", value)
        return True
    endings = {ending(number): number for number in sorted(other.phones) if ending(number)}
    for number in sorted(one.phones):
        there = endings.get(ending(number), "")
        # Two whole numbers that end alike are two numbers: only one without its area code is part.
        if there and not (number.startswith("+") and there.startswith("+")):
            found.add("phone_partial", f"{number} · {there}")
            return True
    return False


def _judge_names(one: Traits, other: Traits, found: Verdict) -> None:
    likeness = names.alike(one.name, other.name)
    if likeness == "other":
        found.score += OTHER_NAME
    elif likeness == "unknown":
        found.score += NAMELESS if found.score > 0 else 0
    elif likeness != "numbered":
        rule = {"same": "name", "nickname": "nickname", "similar": "name_similar", "part": "name_part"}
        found.add(rule[likeness], _both(one.name, other.name))


def _both(one: str, other: str) -> str:
    """What two wrote, once when it is the same."""
    return one if one == other else f"{one} · {other}"


@lru_cache(maxsize=65_536)
def variant(address: str) -> str:
    """An address without what its owner may leave out or mistype: Gmail's dots, `+shop`, `gmial.com`."""
    user, _, host = address.rpartition("@")
    host = plain_domain(host)
    user = user.partition("+")[0]
    return f"{user.replace('.', '') if host == 'gmail.com' else user}@{host}"


@lru_cache(maxsize=16_384)
def plain_domain(host: str) -> str:
    """A well-known mail domain that `host` is a slip of; `host` itself otherwise."""
    if host in DOMAINS:
        return host
    if host in SLIPS:
        return SLIPS[host]
    near = [known for known in DOMAINS if len(known) > 6 and names.distance(known, host) == 1]
    return min(near) if near else host


def domain(address: str) -> str:
    return plain_domain(address.rpartition("@")[2])


@lru_cache(maxsize=65_536)
def local(address: str) -> str:
    """What stands before the @, when it is somebody's own: eight signs or more, and no office's."""
    user = address.rpartition("@")[0].partition("+")[0].replace(".", "").replace("_", "")
    return user if len(user) >= 8 and user not in ROLES and not user.isdigit() else ""


def ending(number: str) -> str:
    """The last eight digits: what a number without area code and ninth digit still has."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits[-8:] if len(digits) >= 8 else ""
