"""How many short messages a text becomes (3GPP TS 23.038, 23.040): what is counted is what is paid for."""

from __future__ import annotations

from dataclasses import dataclass

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"  # each takes two places
ROOM = {True: (160, 153), False: (70, 67)}  # alone, and with the header that joins several


@dataclass(frozen=True)
class Count:
    """`characters` as the network counts them, in `segments`; `is_plain`: the alphabet of seven bits suffices."""

    characters: int
    segments: int
    is_plain: bool
    most: int


def split(text: str) -> list[str]:
    """The text as its parts leave: no character is cut in two."""
    is_plain = _is_plain(text)
    alone, joined = ROOM[is_plain]
    sizes = [_size(sign, is_plain=is_plain) for sign in text]
    if sum(sizes) <= alone:
        return [text]
    parts, room = [""], joined
    for sign, size in zip(text, sizes, strict=True):
        if size > room:
            parts.append("")
            room = joined
        parts[-1] += sign
        room -= size
    return parts


def count(text: str) -> Count:
    """What a text comes to; an empty one is one message."""
    is_plain = _is_plain(text)
    parts = split(text)
    alone, joined = ROOM[is_plain]
    size = sum(_size(sign, is_plain=is_plain) for sign in text)
    return Count(size, len(parts), is_plain, alone if len(parts) == 1 else joined * len(parts))


def _is_plain(text: str) -> bool:
    return all(sign in BASIC or sign in EXTENSION for sign in text)


def _size(sign: str, *, is_plain: bool) -> int:
    if is_plain:
        return 2 if sign in EXTENSION else 1
    return 2 if ord(sign) > 0xFFFF else 1  # a pair of surrogates
