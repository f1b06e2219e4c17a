"""What happened to a product: who changed what, and when (ADR 0200)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from afluente.sales.models import Tax
from afluente.timeline import selectors as timeline
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership

AMOUNTS = ("price", "stock")


def product_feed(
    *, member: Membership, product_id: int, page_url: str, query: Mapping[str, str]
) -> timeline.Feed:
    """The history of a product that the caller has found through its policy: 1 query, and one for the names of
    taxes where one changed.
    """
    return timeline.bare_feed(
        member=member, of=("product", product_id), page_url=page_url, query=query, shape=_in_words
    )


def _in_words(entries: Sequence[timeline.Entry]) -> Sequence[timeline.Entry]:
    """The entries with amounts as people write them, a line for each currency, and taxes by their names."""
    taxes = {pk for one in entries for pk in one.data.get("tax_id") or () if pk}
    names = dict(Tax.objects.filter(pk__in=taxes).values_list("pk", "name")) if taxes else {}
    return [replace(one, data=_said(one.data, names)) for one in entries]


def _said(data: Mapping[str, Any], taxes: Mapping[int, str]) -> dict[str, Any]:
    said = {name: value for name, value in data.items() if name not in {"prices", "tax_id"}}
    if pair := data.get("tax_id"):
        said["tax"] = [taxes.get(pk, "") if pk else "" for pk in pair]
    if pair := data.get("prices"):
        before, after = pair
        for code in sorted({*before, *after}):
            said[f"price:{code}"] = [_amount(before.get(code)), _amount(after.get(code))]
    for name in AMOUNTS:
        if isinstance(said.get(name), list):
            said[name] = [_amount(one) for one in said[name]]
    return said


def _amount(value: Any) -> str:
    """An amount of the log as people write it; "" for none."""
    try:
        return "" if value is None else formats.exact(Decimal(str(value)))
    except InvalidOperation:
        return str(value)
