"""Places in a body: `customer.phones[0].number`, and which of them look like what we know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from afluente.intake.services.leads import UTM
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What people call these things in the bodies we are sent; matched on the last part of a path.
_GUESSES: Mapping[str, str] = {
    **dict.fromkeys(
        ("name", "nome", "full_name", "fullname", "nome_completo", "imie_i_nazwisko"), "contact.name"
    ),
    **dict.fromkeys(("first_name", "firstname", "primeiro_nome", "imie"), "contact.first_name"),
    **dict.fromkeys(("last_name", "lastname", "sobrenome", "nazwisko", "surname"), "contact.last_name"),
    **dict.fromkeys(("email", "e_mail", "mail", "email_address"), "contact.email"),
    **dict.fromkeys(
        ("phone", "telefone", "telefon", "celular", "mobile", "tel", "phone_number"), "contact.phone"
    ),
    **dict.fromkeys(("whatsapp", "zap"), "contact.whatsapp"),
    "telegram": "contact.telegram",
    "instagram": "contact.instagram",
    **dict.fromkeys(("amount", "value", "valor", "total", "price", "kwota"), "deal.amount"),
    **dict.fromkeys(("currency", "moeda", "waluta"), "deal.currency"),
    **{name: name for name in UTM},
    **dict.fromkeys(("referrer", "referer"), "referrer"),
    **dict.fromkeys(("page", "page_url", "landing_page", "url"), "page"),
}


def paths_of(found: Any) -> list[tuple[str, str]]:
    """Every value of a body as (path, sample), in the order of the body; at most 300."""
    return [pair for pair, _ in zip(_walk(found, ""), range(300), strict=False)]


def _walk(found: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _walk(value, f"{path}.{_escape(name)}" if path else _escape(name))
    elif isinstance(found, list):
        for n, value in enumerate(found[:20]):
            yield from _walk(value, f"{path}[{n}]")
    elif found is not None and found != "":
        yield path, text.clean(found, limit=200)


def _escape(name: str) -> str:
    return re.sub(r"([.\[\]\\])", r"\\\1", str(name))


def guess_mapping(found: Any) -> list[dict[str, str]]:
    """A mapping by the names of the fields, each target once, for a source that has none yet."""
    mapping, taken = [], set()
    for path, _sample in paths_of(found):
        word = re.sub(r"[^a-z0-9]+", "_", text.norm(re.split(r"[.\]]", path)[-1] or path)).strip("_")
        target = _GUESSES.get(word)
        if target and target not in taken:
            taken.add(target)
            mapping.append({"path": path, "to": target})
    return mapping


def value_at(found: Any, path: str) -> Any:
    """The value at `customer.phones[0].number`; None when there is none."""
    for name, number in re.findall(r"((?:\\.|[^.\[\]\\])+)|\[(\d+)\]", path):
        if number:
            found = found[int(number)] if isinstance(found, list) and int(number) < len(found) else None
        else:
            found = found.get(re.sub(r"\\(.)", r"\1", name)) if isinstance(found, dict) else None
        if found is None:
            return None
    return found
