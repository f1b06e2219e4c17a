"""Are two names one person's? Nicknames, old spellings, typing mistakes; Brazilian, Polish, English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from afluente.kernel import text

Likeness = Literal["same", "nickname", "similar", "part", "unknown", "numbered", "other"]
PARTICLES = frozenset(["de", "da", "do", "das", "dos", "e", "di", "del", "van", "von", "la", "le", "y"])
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
# One given name a line, with what its bearers are called. A short one may stand in several lines.
_GIVEN = """
jose ze zeca zezinho zequinha
francisco chico xico chiquinho paco
antonio toninho tonico tony toni
eduardo edu dudu duda
eduarda duda dudinha
fernanda nanda fe fer
fernando nando fe fer
gabriel gabi gab biel
gabriela gabi gabriella
isabel bel isa belinha
isabela isabella isa bela
luiz luis luizinho lula
manoel manuel mane maneco
mariana mari
patricia pati paty pat
rafael raphael rafa
rafaela raphaela rafa
roberto beto betinho bob
alberto beto
gilberto beto giba
humberto beto
joao joaozinho jota
carlos carlinhos caca
paulo paulinho
marcelo marcelinho celo
beatriz bia bea beatris
camila mila cami
carolina carol karolina
cristina cris tina christina
cristiane cris christiane
daniel dani danilo
daniela dani daniella
gustavo guga gu
guilherme gui
leonardo leo
leandro leo
ricardo rick ricky
sebastiao tiao
raimundo rai
vinicius vini
vitor victor vitinho
thiago tiago thi
alexandre alex xande ale
alessandra ale
andre dede
bruna bru
felipe filipe phelipe lipe
julia ju juju julka
juliana ju juli
larissa lari
leticia leti
luciana lu
lucia lu
natalia nati nathalia natalka
priscila pri priscilla
renata re
tatiana tati taty
vanessa nessa
aparecida cida
conceicao ceica
helena lena
henrique rique
pedro pedrinho
matheus mateus
sophia sofia
heloisa helo heloiza
teresa tereza teca
thais tais
aleksandra ola olka
aleksander olek
katarzyna kasia kaska
malgorzata gosia malgosia
agnieszka aga
joanna asia aska
barbara basia baska
anna ania anka
hanna hania
ewa ewka
elzbieta ela elka
magdalena magda madzia
zofia zosia zoska
maria marysia mania
krystyna krysia
danuta danka
tomasz tomek
piotr piotrek
krzysztof krzysiek krzys
andrzej jedrek
jan janek jasiek
stanislaw staszek stas
michal michalek misiek
jakub kuba
grzegorz grzesiek grzes
wojciech wojtek
tadeusz tadek
zbigniew zbyszek
jerzy jurek
maciej maciek
bartlomiej bartek
bartosz bartek
szymon szymek
karolina karola
robert rob bob robbie
william will bill
michael mike
elizabeth liz beth
katherine kate
thomas tom
"""


def _read() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _GIVEN.split("\n"):
        words = line.split()
        for word in words:
            found.setdefault(word, set()).add(words[0])
    return {word: frozenset(formal) for word, formal in found.items()}


_FORMAL = _read()


@lru_cache(maxsize=65_536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name that tell people apart, folded."""
    return tuple(word for word in _WORD.findall(text.norm(name)) if word not in PARTICLES)


@lru_cache(maxsize=65_536)
def formal(word: str) -> frozenset[str]:
    """The given names that a word may stand for, each as it sounds."""
    return frozenset(sound(one) for one in _FORMAL.get(word, (word,)))


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """A word as it is heard: Souza and Sousa, Luiz and Luis, Kowalska and Kowalski are one."""
    for old, new in (("ph", "f"), ("th", "t"), ("ch", "x"), ("sz", "x"), ("y", "i"), ("w", "v"), ("k", "c")):
        word = word.replace(old, new)
    word = word.replace("z", "s").replace("h", "")
    word = re.sub(r"(.)\1+", r"\1", word)
    return re.sub(r"(sc|c)a$", r"\1i", word) if word.endswith(("sca", "ca")) and len(word) > 5 else word


@lru_cache(maxsize=65_536)
def distance(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


@lru_cache(maxsize=65_536)
def given(one: str, other: str) -> Likeness:
    """How alike two given names are."""
    if one == other:
        return "same"
    if formal(one) & formal(other):
        return "nickname" if one in _FORMAL or other in _FORMAL else "similar"
    if len(one) == 1 or len(other) == 1:
        return "part" if one[0] == other[0] else "other"
    return "similar" if _is_slip(one, other) else "other"


@lru_cache(maxsize=65_536)
def _is_slip(one: str, other: str) -> bool:
    """Whether one may be the other, mistyped. Ana and Anna, Carla and Carlo differ on purpose."""
    if sound(one) == sound(other):
        return True
    shorter = min(len(one), len(other))
    if one[:-1] == other[:-1] and {one[-1], other[-1]} == {"a", "o"}:
        return False
    return distance(one, other) <= (2 if shorter >= 8 else 1 if shorter >= 5 else 0)


@lru_cache(maxsize=65_536)
def alike(one: str, other: str) -> Likeness:
    """How alike two whole names are. `part`: as far as both are known, they agree; `unknown`: one is
    missing; `numbered`: only their numbers tell them apart, as with Shop 12 and Shop 13; `other`: they
    are different people's.
    """
    found = _alike(one, other)
    numbers = [sorted(_NUMBER.findall(name)) for name in (one, other)]
    is_counted = all(numbers) and numbers[0] != numbers[1]
    return "numbered" if is_counted and found not in {"unknown", "other"} else found


def _alike(one: str, other: str) -> Likeness:
    a, b = words(one), words(other)
    if not a or not b:
        return "unknown"
    if a == b:
        return "same" if len(a) > 1 else "part"
    first = given(a[0], b[0])
    if first == "other":
        return "similar" if sorted(a) == sorted(b) and len(a) > 1 else "other"
    rest, others = a[1:], b[1:]
    if not rest or not others:
        return "part"
    if _same_family(rest, others):
        return first if first in {"nickname", "part"} else "similar"
    return "other"


def _same_family(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Brazilian names have several family names, of which people give one or two: the last one must
    agree, or all of the shorter list be found in the longer.
    """
    if _is_slip(one[-1], other[-1]):
        return True
    shorter, longer = sorted((one, other), key=len)
    return all(any(_fits(word, candidate) for candidate in longer) for word in shorter)


def _fits(word: str, candidate: str) -> bool:
    return word[0] == candidate[0] if len(word) == 1 else _is_slip(word, candidate)


def contradict(one: str, other: str) -> bool:
    """Whether two names cannot be one person's: what keeps a shared phone from making two people one."""
    a, b = words(one), words(other)
    if not a or not b:
        return False
    return alike(one, other) == "other" and given(a[0], b[0]) == "other"
