"""A document as PDF. The library is loaded with the first one: start-up and memory stay as they are (ADR 0173)."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, override

from afluente.accounts.models import Workspace
from afluente.kernel.workspace import current_workspace_id
from afluente.sales.models import Document
from afluente.sales.services.logos import logo_of
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

FONTS = Path(__file__).parent.parent / "static/sales/fonts"
PLAIN, STRONG = "Geist", "Geist-SemiBold"
WIDTH, HEIGHT, EDGE = 595.28, 841.89, 48.0  # points: A4
FOOT = 64.0
SIZE, SMALL, LEAD = 9.0, 7.5, 12.5
RIGHT = WIDTH - EDGE
# Right edges of the columns of numbers, and where the name ends.
NAME, QUANTITY, PRICE, DISCOUNT, TAX = EDGE + 196, EDGE + 254, EDGE + 326, EDGE + 372, EDGE + 432
SUMS = RIGHT - 120
LOGO_WIDTH, LOGO_HEIGHT = 170.0, 56.0


def draw(document: Document) -> bytes:
    """The document, in its own language and with the numbers of the workspace's country."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    with override(document.language), formats.region(workspace.country, workspace.timezone):
        return _Sheet(document).made()


class _Sheet:
    """Pages that are filled from above; `y` is where the next line stands."""

    def __init__(self, document: Document) -> None:
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  a slow import, only for who needs it
        from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

        for name, file in ((PLAIN, "Geist-Regular.ttf"), (STRONG, "Geist-SemiBold.ttf")):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))
        self.width_of = pdfmetrics.stringWidth
        self.document = document
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.canvas.setTitle(document.label or str(document.get_kind_display()))
        self.page, self.y = 1, HEIGHT - EDGE

    def made(self) -> bytes:
        self._head()
        self._heads()
        for line in self.document.lines:
            self._line(line)
        self._sums()
        self._words()
        self._end_page()
        self.canvas.save()
        return self.out.getvalue()

    def _logo(self) -> None:
        """The seller's mark above everything, in its own proportions."""
        from reportlab.lib.utils import ImageReader  # noqa: PLC0415

        logo = logo_of(self.document.seller.get("logo", ""))
        if logo is None:
            return
        scale = min(LOGO_WIDTH / logo.width, LOGO_HEIGHT / logo.height)
        wide, high = logo.width * scale, logo.height * scale
        picture = ImageReader(io.BytesIO(bytes(logo.picture)))
        self.canvas.drawImage(picture, EDGE, self.y + 14 - high, wide, high, mask="auto")
        self.y -= high + 14

    def _head(self) -> None:
        self._logo()
        found, seller, buyer = self.document, self.document.seller, self.document.buyer
        self._text(EDGE, str(found.get_kind_display()), STRONG, 18)
        self._right(RIGHT, found.label or gettext("Draft"), STRONG, 14)
        self.y -= 26
        dates = [(gettext("Date"), found.issued_on), (_due_word(found), found.due_on)]
        for word, day in dates:
            if day:
                self._right(RIGHT, f"{word}: {formats.day_exact(day)}", PLAIN, SIZE)
                self.y -= LEAD
        top = self.y
        self._party(EDGE, gettext("From"), seller)
        low, self.y = self.y, top
        self._party(EDGE + 262, gettext("For"), buyer)
        self.y = min(low, self.y) - 18

    def _party(self, x: float, word: str, who: dict[str, str]) -> None:
        self._text(x, word, PLAIN, SMALL)
        self.y -= LEAD
        self._text(x, who.get("name", ""), STRONG, SIZE + 1)
        self.y -= LEAD
        for name in ("tax_id", "person", "address", "email", "phone"):
            for part in str(who.get(name) or "").splitlines():
                for row in self._wrapped(part, 240, PLAIN, SIZE):
                    self._text(x, row, PLAIN, SIZE)
                    self.y -= LEAD

    def _heads(self) -> None:
        words = (
            (QUANTITY, gettext("Quantity")), (PRICE, gettext("Price")), (DISCOUNT, gettext("Discount")),
            (TAX, gettext("Tax")), (RIGHT, gettext("Amount")),
        )  # fmt: skip
        self._text(EDGE, gettext("Product"), STRONG, SMALL)
        for x, word in words:
            self._right(x, word, STRONG, SMALL)
        self.y -= 5
        self._rule()
        self.y -= LEAD

    def _line(self, line: dict[str, Any]) -> None:
        currency = self.document.currency
        rows = self._wrapped(line["name"], NAME - EDGE - 44, PLAIN, SIZE)
        under = [
            row
            for part in line["description"].splitlines()
            for row in self._wrapped(part, NAME - EDGE - 44, PLAIN, SMALL)
        ]
        self._room(LEAD * len(rows) + 10 * len(under) + 6)
        unit = f" {line['unit']}" if line["unit"] else ""
        off = Decimal(line["discount"])
        percent = line["discount_kind"] == "percent"
        cells = (
            (QUANTITY, formats.exact(Decimal(line["quantity"])) + unit),
            (PRICE, formats.places(Decimal(line["price"]), currency)),
            (
                DISCOUNT,
                f"{formats.exact(off)} %"
                if off and percent
                else formats.places(off, currency)
                if off
                else "",
            ),
            (TAX, f"{formats.exact(Decimal(line['tax_rate']))} %" if line["tax_name"] else ""),
            (RIGHT, formats.places(Decimal(line["amount"]), currency)),
        )
        for x, said in cells:
            self._right(x, said, PLAIN, SIZE)
        self._rows(rows, SIZE, LEAD)
        self._rows(under, SMALL, 10)
        self.y -= 6

    def _sums(self) -> None:
        found, currency = self.document, self.document.currency
        rows = [(gettext("Discounts"), -found.discount)] if found.discount else []
        rows.append((gettext("Subtotal"), found.net))
        rows += [(_tax_words(tax), Decimal(tax["amount"])) for tax in found.taxes]
        self._room(LEAD * (len(rows) + 3))
        self._rule()
        self.y -= LEAD + 2
        for word, amount in rows:
            self._right(SUMS, word, PLAIN, SIZE)
            self._right(RIGHT, formats.money_exact(amount, currency), PLAIN, SIZE)
            self.y -= LEAD
        self.y -= 4
        self._right(SUMS, gettext("Total"), STRONG, SIZE + 2)
        self._right(RIGHT, formats.money_exact(found.total, currency), STRONG, SIZE + 2)
        self.y -= LEAD * 2

    def _words(self) -> None:
        found = self.document
        for heading, words in (("", found.notes), (gettext("Payment"), found.seller.get("payment", ""))):
            rows = [
                row for part in words.splitlines() for row in self._wrapped(part, RIGHT - EDGE, PLAIN, SIZE)
            ]
            if not rows:
                continue
            if heading:
                self._room(LEAD * 2)
                self._text(EDGE, heading, STRONG, SIZE)
                self.y -= LEAD
            for row in rows:
                self._room(LEAD)
                self._text(EDGE, row, PLAIN, SIZE)
                self.y -= LEAD
            self.y -= 6

    def _room(self, wanted: float) -> None:
        """Go to the next page when this one has no room, with the heads of the columns again."""
        if self.y - wanted < FOOT:
            self._end_page()
            self.canvas.showPage()
            self.page, self.y = self.page + 1, HEIGHT - EDGE
            self._heads()

    def _end_page(self) -> None:
        footer = " · ".join(
            part for part in (self.document.label, self.document.seller.get("footer", "")) if part
        )
        present, self.y = self.y, 34
        self._text(EDGE, footer[:120], PLAIN, SMALL)
        self._right(RIGHT, gettext("Page {n}").format(n=self.page), PLAIN, SMALL)
        self.y = present

    def _rows(self, rows: Sequence[str], size: float, lead: float) -> None:
        for row in rows:
            self._text(EDGE, row, PLAIN, size)
            self.y -= lead

    def _rule(self) -> None:
        self.canvas.setStrokeGray(0.75)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(EDGE, self.y, RIGHT, self.y)

    def _text(self, x: float, said: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, said)

    def _right(self, x: float, said: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawRightString(x, self.y, said)

    def _wrapped(self, said: str, width: float, font: str, size: float) -> list[str]:
        """Rows no wider than `width`; a word that is longer is cut."""
        rows, row = [], ""
        for word in said.split():
            whole = word
            while self.width_of(whole, font, size) > width:
                whole = whole[:-1]
            longer = f"{row} {whole}".strip()
            if row and self.width_of(longer, font, size) > width:
                rows.append(row)
                row = whole
            else:
                row = longer
        return [*rows, row] if row else rows


def _due_word(document: Document) -> str:
    return gettext("Valid until") if document.kind == Document.Kind.QUOTE else gettext("Due")


def _tax_words(tax: dict[str, Any]) -> str:
    word = gettext("{tax}, included") if tax["is_included"] else "{tax}"
    return word.format(tax=tax["name"])
