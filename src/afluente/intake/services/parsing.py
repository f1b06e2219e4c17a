"""Reading what arrived: our own JSON, a form, or any body with a mapping."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext_lazy as _

from afluente.contacts.services import EmailValue, MessengerValue, PhoneValue
from afluente.intake.services.leads import TOUCH, Lead, Word
from afluente.intake.services.notes import Note
from afluente.intake.services.paths import guess_mapping, paths_of, value_at
from afluente.kernel import email, jsonin, money, phone, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import Promise

FIELDS_LIMIT = 100
MOST_PAIRS = 1000  # fields of a form body
VALUE_LIMIT = 5500  # crm.md 2.1: a field value through the API
LOCALES = {"BR": "pt-BR", "PL": "pl"}  # how amounts are written where a workspace is at home
CONSENTS = "consents"  # where a hosted form and a program say what somebody agreed to
MOST_WORDS = 10  # of consent in one arrival
MESSENGERS = ("telegram", "facebook", "instagram", "whatsapp", "viber")


class UnreadableBodyError(ValueError):
    """The body cannot be read at all; the message, in English, says why."""


@dataclass(frozen=True)
class Target:
    """A place a value can be mapped to."""

    name: str
    label: str | Promise
    group: str | Promise


_CONTACT, _DEAL, _ORIGIN = _("Contact"), _("Deal"), _("Origin")
TARGETS: tuple[Target, ...] = (
    Target("contact.name", _("Full name"), _CONTACT),
    Target("contact.first_name", _("First name"), _CONTACT),
    Target("contact.last_name", _("Last name"), _CONTACT),
    Target("contact.email", _("E-mail"), _CONTACT),
    Target("contact.phone", _("Phone"), _CONTACT),
    *(Target(f"contact.{kind}", kind.capitalize(), _CONTACT) for kind in MESSENGERS),
    Target("deal.name", _("Deal name"), _DEAL),
    Target("deal.amount", _("Amount"), _DEAL),
    Target("deal.currency", _("Currency"), _DEAL),
    Target("source", _("Source name"), _ORIGIN),
    *(Target(name, name, _ORIGIN) for name in TOUCH),
)
TARGET_NAMES = frozenset(target.name for target in TARGETS)


def read_lead(
    body: bytes, content_type: str, *, kind: str, mapping: Sequence[Mapping[str, str]], country: str = "BR"
) -> Lead:
    """Read one body as what its source says it is. Raises UnreadableBodyError."""
    found = parse_body(body, content_type)
    if kind == "api" and isinstance(found, dict):
        return _Reader(country).read_own(found)
    if kind == "form" and isinstance(found, dict):
        return _Reader(country).read_form(found, mapping)
    return _Reader(country).read_mapped(found, mapping or guess_mapping(found))


def parse_body(body: bytes, content_type: str) -> Any:
    """A JSON value, or a dictionary of form fields. Raises UnreadableBodyError."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_PAIRS)
        except UnicodeDecodeError as error:
            raise UnreadableBodyError(jsonin.FORM_NOT_TEXT) from error
        except ValueError as error:
            raise UnreadableBodyError(jsonin.FORM_TOO_LONG.format(count=MOST_PAIRS)) from error
        return dict(pairs)
    try:
        return jsonin.loads(body)
    except jsonin.BadJsonError as error:
        raise UnreadableBodyError(str(error)) from error


class _Reader:
    """Collects the parts of one lead and what is odd about them."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.names = {"first": "", "last": ""}
        self.emails: dict[str, EmailValue] = {}
        self.phones: dict[str, PhoneValue] = {}
        self.messengers: dict[tuple[str, str], MessengerValue] = {}
        self.deal: dict[str, Any] = {"name": "", "amount": None, "currency": ""}
        self.source = ""
        self.utm: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        self.notes: list[Note] = []
        self.consents: list[Word] = []

    def read_own(self, found: Mapping[str, Any]) -> Lead:
        """Our own shape (docs/reference/api.md): contact, deal, source, utm, custom, page, referrer."""
        contact = found.get("contact")
        if isinstance(contact, dict):
            self._read_contact(contact)
        deal = found.get("deal")
        if isinstance(deal, dict):
            for name in ("name", "amount", "currency"):
                self.put(f"deal.{name}", deal.get(name))
        self.put("source", found.get("source"))
        self._read_touch(found)
        self._read_fields(found.get("custom"))
        self._read_consents(found.get(CONSENTS))
        return self.lead()

    def read_form(self, found: Mapping[str, Any], mapping: Sequence[Mapping[str, str]]) -> Lead:
        """What a page of ours sent: answers by the mapping, and what was agreed to as it was worded then."""
        self._read_consents(found.get(CONSENTS))
        answers = {name: value for name, value in found.items() if name != CONSENTS}
        return self.read_mapped(answers, mapping or guess_mapping(answers))

    def _read_consents(self, said: Any) -> None:
        for one in said[:MOST_WORDS] if isinstance(said, list) else ():
            if isinstance(one, dict) and one.get("channel") and one.get("wording"):
                self.consents.append(
                    Word(
                        channel=text.clean(one["channel"], limit=10),
                        is_given=one.get("is_given", True) is True,
                        wording=text.clean(one["wording"], limit=1000),
                        reason=text.clean(one.get("reason") or "", limit=300),
                        ip=text.clean(one.get("ip") or "", limit=45),
                        agent=text.clean(one.get("agent") or "", limit=300),
                    )
                )

    def _read_touch(self, found: Mapping[str, Any]) -> None:
        """UTM as {"utm": {"source": …}} or {"utm": {"utm_source": …}}, or beside everything else."""
        utm = found.get("utm")
        inner = utm if isinstance(utm, dict) else {}
        for name in TOUCH:
            for value in (inner.get(name), inner.get(name.removeprefix("utm_")), found.get(name)):
                if value:  # seven names in three places, most of them nowhere: half of all reading
                    self.put(name, value)

    def _read_contact(self, contact: Mapping[str, Any]) -> None:
        for name in ("name", "first_name", "last_name"):
            self.put(f"contact.{name}", contact.get(name))
        for kind, plural in (("email", "emails"), ("phone", "phones")):
            values = contact.get(plural)
            for value in [contact.get(kind), *(values if isinstance(values, list) else [values])]:
                self.put(f"contact.{kind}", value)
        messengers = contact.get("messengers")
        for one in messengers if isinstance(messengers, list) else ():
            if isinstance(one, dict) and one.get("kind") in MESSENGERS:
                self._put_messenger(str(one["kind"]), one.get("value"), one.get("external_id"))

    def _read_fields(self, custom: Any) -> None:
        if isinstance(custom, dict):
            for name, value in list(custom.items())[:FIELDS_LIMIT]:
                if value not in (None, ""):
                    is_nested = isinstance(value, (dict, list))
                    shown = json.dumps(value, ensure_ascii=False) if is_nested else str(value)
                    self.fields[text.clean(name, limit=100)] = shown[:VALUE_LIMIT].replace("\x00", "")

    def read_mapped(self, found: Any, mapping: Sequence[Mapping[str, str]]) -> Lead:
        """Any body: mapped paths go where the mapping says, all other values are kept as fields."""
        mapped = set()
        for line in mapping:
            mapped.add(line["path"])
            value = value_at(found, line["path"])
            if line["to"].startswith("custom."):
                self._read_fields({line["to"].removeprefix("custom."): value})
            else:
                self.put(line["to"], value)
        self._read_fields({path: sample for path, sample in paths_of(found) if path not in mapped})
        return self.lead()

    def put(self, target: str, value: Any) -> None:
        """Put one value where it belongs; empty values and unknown targets are nothing."""
        if value is None or value == "" or isinstance(value, (dict, list)):
            return
        group, _, name = target.partition(".")
        if target in TOUCH:
            self.utm.setdefault(target, text.clean(value, limit=500))
        elif target == "source":
            self.source = text.clean(value, limit=100)
        elif group == "deal":
            self._put_deal(name, value)
        elif group == "contact":
            self._put_contact(name, value)

    def _put_contact(self, name: str, value: Any) -> None:
        if name == "email":
            self._put_email(text.clean(value, limit=email.LIMIT))
        elif name == "phone":
            self._put_phone(text.clean(value, limit=50))
        elif name in MESSENGERS:
            self._put_messenger(name, value, None)
        elif name == "name":
            first, last = text.split_name(text.clean(value, limit=300))
            self.names["first"], self.names["last"] = self.names["first"] or first, self.names["last"] or last
        elif name in ("first_name", "last_name"):
            self.names[name.removesuffix("_name")] = text.clean(value, limit=150)

    def _put_email(self, address: str) -> None:
        if not address:
            return
        key = email.match_key(address)
        if key is None:
            self.notes.append(Note("email_invalid", address))
        self.emails.setdefault(key or f"?{address}", EmailValue(address, key or ""))

    def _put_phone(self, raw: str) -> None:
        if not raw:
            return
        e164 = phone.parse(raw, self.country)
        if e164 is None:
            self.notes.append(Note("phone_invalid", raw))
        self.phones.setdefault(e164 or f"?{raw}", PhoneValue(raw, e164 or ""))

    def _put_messenger(self, kind: str, value: Any, external: Any) -> None:
        name, known = text.clean(value or external or "", limit=100), text.clean(external or "", limit=100)
        if name:
            self.messengers.setdefault((kind, known or f"?{name}"), MessengerValue(kind, name, known))

    def _put_deal(self, name: str, value: Any) -> None:
        if name == "name":
            self.deal["name"] = text.clean(value, limit=255)
        elif name == "currency":
            code = text.clean(value, limit=10).upper()
            if money.is_currency(code):
                self.deal["currency"] = code
            else:
                self.notes.append(Note("currency_unknown", code))
        elif name == "amount":
            self._put_amount(value)

    def _put_amount(self, value: Any) -> None:
        try:
            amount = money.amount(value, locale=LOCALES.get(self.country, "en"))
        except money.BadAmountError:
            self.notes.append(Note("amount_invalid", text.clean(value, limit=40)))
            return
        if amount < Decimal(0):
            self.notes.append(Note("amount_negative", f"{amount.normalize():f}"))
            return
        self.deal["amount"] = amount

    def lead(self) -> Lead:
        return Lead(
            first_name=self.names["first"],
            last_name=self.names["last"],
            emails=tuple(self.emails.values()),
            phones=tuple(self.phones.values()),
            messengers=tuple(self.messengers.values()),
            deal_name=self.deal["name"],
            amount=self.deal["amount"],
            currency=self.deal["currency"],
            source_name=self.source,
            utm=self.utm,
            fields=self.fields,
            notes=tuple(self.notes),
            consents=tuple(self.consents),
        )
