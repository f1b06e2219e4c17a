"""Possible duplicates as people read them: who, how likely, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies
from afluente.contacts.models import Company, Contact, PossibleDuplicate
from afluente.contacts.selectors.companies import main_addresses
from afluente.kernel import phone
from afluente.kernel.keyset import Beyond

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

PAGE = 25
COUNTED_TO = 99
SURE = 85
RULES: dict[str, StrOrPromise] = {
    "tax_id": _("Same CPF"),
    "email": _("Same e-mail"),
    "email_variant": _("Same e-mail in another spelling"),
    "email_local": _("Same name before the @"),
    "phone": _("Same phone"),
    "phone_partial": _("Same phone without the area code"),
    "name": _("Same name"),
    "name_similar": _("Similar name"),
    "nickname": _("Nickname or other spelling of the name"),
    "name_part": _("Part of the name"),
    "company": _("Same company"),
    "company_named": _("Same company"),
    "city": _("Same place"),
    "domain": _("Same business domain"),
    "run_name": _("Same name"),
    "run_email": _("Same e-mail"),
    "run_phone": _("Same phone"),
    "primary_email": _("Same main e-mail"),
    "messenger": _("Same messenger"),
    "hand": _("Chosen by hand"),
}


@dataclass(frozen=True)
class Reason:
    """Why two contacts may be one: what agrees, and the value it agrees in."""

    rule: str
    label: StrOrPromise
    value: str


@dataclass(frozen=True, kw_only=True)
class Who:
    """One of two contacts."""

    contact: Contact
    title: str
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Two contacts that may be one person, the older one first."""

    id: int
    score: int
    people: tuple[Who, Who]
    reasons: Sequence[Reason]
    may_merge: bool
    may_dismiss: bool

    @property
    def is_likely(self) -> bool:
        return self.score >= SURE


@dataclass(frozen=True, kw_only=True)
class SuggestionPage:
    """A page of suggestions, the likeliest first; `total` counts up to 99, `next_after` leads on."""

    rows: Sequence[Suggestion]
    total: int
    next_after: int | None

    @property
    def is_more_than_counted(self) -> bool:
        return self.total > COUNTED_TO


def open_pairs(member: Membership) -> QuerySet[PossibleDuplicate]:
    """Undecided pairs of which `member` may open both contacts."""
    return PossibleDuplicate.objects.filter(
        policies.named_by(member, "contact"),
        policies.named_by(member, "other"),
        resolved_at=None,
        contact__deleted_at=None,
        other__deleted_at=None,
    )


def pairs_visible_to(member: Membership) -> QuerySet[PossibleDuplicate]:
    """Pairs, decided ones too, of which `member` may open both contacts."""
    return PossibleDuplicate.objects.filter(
        policies.named_by(member, "contact"), policies.named_by(member, "other")
    )


def open_count(member: Membership) -> int:
    """How many suggestions wait, counted up to 100."""
    return open_pairs(member).order_by()[: COUNTED_TO + 1].count()


def suggestion_page(*, member: Membership, after: int | None = None, size: int = PAGE) -> SuggestionPage:
    """One page of suggestions: as many queries for one as for twenty-five."""
    found = open_pairs(member)
    total = open_count(member)
    last = PossibleDuplicate.objects.filter(pk=after).first() if after else None
    if last is not None:
        found = found.filter(Beyond(("score", "id"), (last.score, last.pk), descending=True))
    pairs = list(found.select_related("contact", "other").order_by("-score", "-pk")[: size + 1])
    rows = suggestions(member, pairs[:size])
    return SuggestionPage(
        rows=rows, total=total, next_after=pairs[size - 1].pk if len(pairs) > size else None
    )


def suggestions_of(*, member: Membership, contact_id: int, most: int = 5) -> list[Suggestion]:
    """Whom a contact may be the same as, the likeliest first. One short question for most, who have none."""
    concerned = Q(contact_id=contact_id) | Q(other_id=contact_id)
    if not PossibleDuplicate.objects.filter(concerned, resolved_at=None).exists():
        return []
    found = open_pairs(member)
    pairs = (found.filter(contact_id=contact_id) | found.filter(other_id=contact_id)).select_related(
        "contact", "other"
    )
    return suggestions(member, list(pairs.order_by("-score", "-pk")[:most]))


def suggestions(member: Membership, pairs: Sequence[PossibleDuplicate]) -> list[Suggestion]:
    """Pairs with both contacts and reasons in words; the contacts at hand (select_related)."""
    ids = [pk for pair in pairs for pk in (pair.contact_id, pair.other_id)]
    if not ids:
        return []
    emails, phones = main_addresses(ids)
    allowed = set(policies.mergeable_by(member).filter(pk__in=ids).values_list("pk", flat=True))
    changeable = set(policies.editable_by(member).filter(pk__in=ids).values_list("pk", flat=True))
    words = _companies(pair.reasons for pair in pairs)

    def who(contact: Contact) -> Who:
        email, number = emails.get(contact.pk, ""), phones.get(contact.pk, "")
        return Who(
            contact=contact,
            title=contact.name or email or number or f"#{contact.pk}",
            email=email,
            phone=number,
        )

    return [
        Suggestion(
            id=pair.pk,
            score=pair.score,
            people=(who(pair.other), who(pair.contact)),
            reasons=_said(pair.reasons or [[pair.reason, ""]], words),
            may_merge={pair.contact_id, pair.other_id} <= allowed,
            may_dismiss={pair.contact_id, pair.other_id} <= changeable,
        )
        for pair in pairs
    ]


def spoken_reasons(reasons: Sequence[Sequence[str]]) -> list[Reason]:
    """Reasons of a merge in words."""
    return _said(reasons, _companies([reasons]))


def _said(reasons: Sequence[Sequence[str]], companies: dict[str, str]) -> list[Reason]:
    return [Reason(rule, RULES.get(rule, rule), _shown(rule, value, companies)) for rule, value in reasons]


def _shown(rule: str, value: str, companies: dict[str, str]) -> str:
    if rule == "company":
        return companies.get(value, "")
    return phone.show(value) if rule in {"phone", "run_phone"} and value.startswith("+") else value


def _companies(all_reasons: Iterable[Sequence[Sequence[str]]]) -> dict[str, str]:
    numbers = {int(value) for reasons in all_reasons for rule, value in reasons if rule == "company"}
    found = Company.objects.filter(pk__in=numbers).values_list("pk", "name") if numbers else ()
    return {str(pk): name for pk, name in found}
