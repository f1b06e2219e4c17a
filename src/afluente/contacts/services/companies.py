"""Companies: made, changed field by field, put away and brought back (crm.md 2.1, 5.25)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts.models import Company
from afluente.contacts.services.editing import ChangedMeanwhileError
from afluente.kernel import clock, money, text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.timeline.events import Actor

LENGTHS = {"name": 120, "domain": 253, "phone": 50, "address": 500}
EDITABLE = (*LENGTHS, "revenue", "currency", "assignee_id")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class CompanyRefusedError(Exception):
    """A value that a company cannot have; its text is a sentence for people, `field` names which."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class CompanyGoneError(Exception):
    """Somebody has deleted the company."""


@transaction.atomic
def create_company(*, name: str, by: Actor, **values: Any) -> Company:
    """A new company; `values` are other fields of EDITABLE. Raises CompanyRefusedError."""
    given = clean_values({"name": name, **values})
    moment = clock.now()
    made: Company = Company.objects.create(**given, created_at=moment, updated_at=moment)
    said = {"assignee": _names([None, made.assignee_id])} if made.assignee_id else {}
    _tell("company.created", made, by, said)
    return made


@transaction.atomic
def ensure_company(*, name: str, by: Actor) -> Company:
    """The company of this name, accents and case aside, the oldest when there are several; else a new one."""
    wanted = clean_values({"name": name})["name"]
    found = Company.objects.present().filter(sort_name=text.norm(wanted)).order_by("pk").first()
    return found or create_company(name=wanted, by=by)


@transaction.atomic
def find_or_make_company(*, company_id: int | None, name: str, by: Actor) -> tuple[Company | None, bool]:
    """The company of this number, else the one of this name; whether it was made now. None without both."""
    if company_id is not None:
        return Company.objects.present().get(pk=company_id), False
    if not name.strip():
        return None, False
    last = Company.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = ensure_company(name=name, by=by)
    return found, found.pk > last


@transaction.atomic
def change_company(
    *, company_id: int, changes: Mapping[str, Any], by: Actor, seen: Mapping[str, Any] | None = None
) -> Company:
    """The company with these fields set. As `edit_company`."""
    edit_company(company_id=company_id, changes=changes, by=by, seen=seen)
    return Company.objects.get(pk=company_id)


@transaction.atomic
def edit_company(
    *, company_id: int, changes: Mapping[str, Any], by: Actor, seen: Mapping[str, Any] | None = None
) -> int | None:
    """Set fields of a company (EDITABLE), only those given, so nobody's other field is lost. The number of
    the event, None when nothing changed.

    `seen` is what the editor showed: ChangedMeanwhileError when a field says something else by now.
    Raises CompanyRefusedError and CompanyGoneError.
    """
    company = _locked(company_id)
    wanted = clean_values(changes)
    for name, shown in (seen or {}).items():
        present = getattr(company, name)
        if present not in (shown, wanted.get(name)):
            raise ChangedMeanwhileError(present)
    changed = {
        name: [getattr(company, name), value]
        for name, value in wanted.items()
        if getattr(company, name) != value
    }
    if not changed:
        return None
    for name, (_before, value) in changed.items():
        setattr(company, name, value)
    company.updated_at = clock.now()
    company.save(update_fields=[*changed, "updated_at"])
    plain = {name: [_plain(value) for value in pair] for name, pair in changed.items()}
    if "assignee_id" in plain:
        plain["assignee"] = _names(plain.pop("assignee_id"))
    return _tell("company.changed", company, by, plain)


@transaction.atomic
def delete_company(*, company_id: int, by: Actor) -> Company:
    """Put a company away with all it has; `restore_company` brings it back. Raises CompanyGoneError."""
    company = _locked(company_id)
    return _mark(company, is_gone=True, kind="company.deleted", by=by)


@transaction.atomic
def restore_company(*, company_id: int, by: Actor) -> Company:
    """Bring a deleted company back, its people still in it. Raises CompanyGoneError when it never was."""
    company = Company.objects.select_for_update().filter(pk=company_id).first()
    if company is None:
        raise CompanyGoneError
    if company.deleted_at is None:
        return company
    return _mark(company, is_gone=False, kind="company.restored", by=by)


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of EDITABLE as they are kept. Raises CompanyRefusedError; other names are a mistake of ours."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in LENGTHS:
            found[name] = _words(name, value)
        elif name == "revenue":
            found[name] = None if value is None else money.amount(value)
            if found[name] is not None and found[name] < 0:
                raise CompanyRefusedError(name, gettext("Write an amount of zero or more."))
        elif name == "currency":
            if value and not money.is_currency(value):
                raise CompanyRefusedError(name, gettext("Choose a currency."))
            found[name] = value or ""
        else:
            found[{"assignee_id": "assignee_id"}[name]] = value  # KeyError: no field of a company
    return found


def domain_of(typed: str) -> str:
    """`https://www.acme.com/about` and `Acme.com` are `acme.com`; '' when it is no domain."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.clean(typed, limit=1000).lower())
    host = re.split(r"[/?#:]", host.rpartition("@")[2])[0].strip(".").removeprefix("www.")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return ""
    return host if _DOMAIN.fullmatch(host) else ""


def _words(name: str, typed: Any) -> str:
    value = text.clean(typed or "", limit=1000)
    if name == "name" and not value:
        raise CompanyRefusedError(name, gettext("Write a name for the company."))
    if name == "domain" and value:
        value = domain_of(value)
        if not value:
            raise CompanyRefusedError(name, gettext("Write a domain such as acme.com."))
    if len(value) > LENGTHS[name]:
        sentence = gettext("This is longer than {n} characters.").format(n=LENGTHS[name])
        raise CompanyRefusedError(name, sentence)
    return value


def _locked(company_id: int) -> Company:
    found: Company | None = Company.objects.present().select_for_update().filter(pk=company_id).first()
    if found is None:
        raise CompanyGoneError
    return found


def _mark(company: Company, *, is_gone: bool, kind: str, by: Actor) -> Company:
    company.updated_at = clock.now()
    company.deleted_at = company.updated_at if is_gone else None
    company.save(update_fields=["deleted_at", "updated_at"])
    data = {"company": company.pk, "name": company.name}
    timeline.record([NewEvent(kind, by, company_id=company.pk, data=data)])
    return company


def _tell(kind: str, company: Company, by: Actor, pairs: Mapping[str, Any]) -> int:
    data = {"company": company.pk, "company_name": company.name, **pairs}
    return timeline.record([NewEvent(kind, by, company_id=company.pk, data=data)])[0]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _names(pair: list[Any]) -> list[str]:
    """What the responsible people are called: the log keeps names, because people leave."""
    names = dict(
        Membership.objects.filter(pk__in=[one for one in pair if one]).values_list("pk", "user__name")
    )
    return [names.get(one, "") for one in pair]
