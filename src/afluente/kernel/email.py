"""E-mail addresses: kept as written, compared case-folded. Dots and plus-tags are never folded."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

LIMIT = 254
# Nearly all addresses: decided without the library, which costs half a millisecond each.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


def match_key(raw: str) -> str | None:
    """What two spellings of one address have in common; None when `raw` is no valid address."""
    address = raw.strip()
    if len(address) > LIMIT:
        return None
    if _PLAIN.fullmatch(address) and address.index("@") <= 64:
        return address.lower()
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.casefold()
