"""What contacts can be filtered by: the contact's own columns, addresses, tags, companies, visits.

Slices above register theirs with `register_criterion`; a workspace's own fields are in
`attribute_criteria`. crm.md section 5.3, SP-120 to SP-138.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.accounts.policies import members_visible_to
from afluente.contacts.models import (
    Company,
    CompanyContact,
    ContactEmail,
    ContactMessenger,
    ContactPhone,
    ContactTag,
    Tag,
)
from afluente.contacts.selectors import asking
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.contacts.selectors.messenger_criteria import ask_messenger
from afluente.kernel import email, text
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership

# Operators by what is asked about, in the order in which they are offered.
TEXT = ("contains", "not_contains", "is", "is_not", "starts", EMPTY, FILLED)
MOMENT = ("last", "older", "on", "before", "after", "between")
CHOICE = ("is", "is_not")
MANY = ("is", "is_not", EMPTY, FILLED)
UTM = ("source", "medium", "campaign", "term", "content")
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """Something contacts can be filtered by. `ask` may raise BrokenError.

    `control` says how a value is entered: text, number, date, choices, or nothing for operators alone.
    """

    slug: str
    label: StrOrPromise
    ops: tuple[str, ...]
    ask: Callable[[Asker], Answer]
    control: str = "text"
    choices: Callable[[Membership], Iterable[tuple[str, Any]]] | None = None
    order: int = 50


_registered: dict[str, Criterion] = {}


def register_criterion(criterion: Criterion) -> None:
    """Let contacts be filtered by something of another slice."""
    _registered[criterion.slug] = criterion


def criteria() -> dict[str, Criterion]:
    """Every criterion that all workspaces have, in the order in which they are offered."""
    return dict(sorted((OWN | _registered).items(), key=lambda item: item[1].order))


# The contact's own columns


def ask_assignee(asker: Asker) -> Answer:
    known = {str(pk): pk for pk in members_visible_to(asker.member).values_list("pk", flat=True)}
    wanted: list[int] = []
    for value in asker.values:
        if value not in {ME, NOBODY} and value not in known:
            raise BrokenError(gettext("This person is no longer here."))
        if value != NOBODY:
            wanted.append(asker.member.pk if value == ME else known[value])
    if not asker.values:
        raise BrokenError(gettext("A value is missing."))
    is_nobody = NOBODY in asker.values
    q = Q(assignee_id__in=wanted) | (Q(assignee=None) if is_nobody else Q())
    token = asking.any_of([f"@a{number}" for number in (*wanted, *([0] if is_nobody else []))])
    is_one = len(asker.values) == 1
    return _turned(Answer(q if wanted else Q(assignee=None), token, is_exact=True, is_column=is_one), asker)


def ask_source(asker: Asker) -> Answer:
    kinds = asker.among(channels.CHANNELS)
    token, is_one = asking.any_of([f"@s{kind}" for kind in kinds]), len(kinds) == 1
    answer = Answer(Q(source__in=kinds), token, is_exact=True, is_column=is_one)
    return _turned(answer, asker)


def _turned(answer: Answer, asker: Asker) -> Answer:
    return ~answer if asker.op in {"is_not", "not_contains"} else answer


def _has(model: Any, **conditions: Any) -> Exists:
    return Exists(model.objects.filter(contact_id=OuterRef("pk"), **conditions))


def _kept(model: Any, sign: str, asker: Asker) -> Answer:
    """Whether there is any, or none."""
    q, mark = (~Q(_has(model)), "-") if asker.op == EMPTY else (Q(_has(model)), "")
    return Answer(q, asking.lexeme(f"@{mark}{sign}"), is_exact=True)


def _email(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        return _kept(ContactEmail, "e", asker)
    said = text.norm(text.clean(asker.value, limit=254))
    if asker.op in {"is", "is_not"}:
        key = email.match_key(said)
        if key is None:
            raise BrokenError(gettext("Check this address, something is missing."))
        return _turned(Answer(Q(_has(ContactEmail, key=key))), asker)
    found = Answer(Q(_has(ContactEmail, email__iregex=asking.part(said))), asking.starting(":", said))
    return _turned(Answer(found.q) if asker.op == "not_contains" else found, asker)


def _phone(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        return _kept(ContactPhone, "p", asker)
    digits = "".join(sign for sign in asker.value if sign.isdecimal() and sign.isascii())
    if len(digits) < 3:
        raise BrokenError(gettext("Write at least three digits."))
    q = Q(_has(ContactPhone, e164__contains=digits)) | Q(_has(ContactPhone, raw__contains=digits))
    token = " & ".join(asking.lexeme(f"#{digits[at : at + 3]}") for at in range(len(digits) - 2))
    return _turned(Answer(q, token if asker.op == "contains" else ""), asker)


def _tag(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(Q(_has(ContactTag)))
        return ~filled if asker.op == EMPTY else filled
    ids = asker.ids
    if Tag.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This tag was deleted."))
    if asker.op == "all":
        q = Q()
        for tag_id in ids:
            q &= Q(_has(ContactTag, tag_id=tag_id))
        return Answer(q, " & ".join(asking.lexeme(f"@t{tag_id}") for tag_id in ids), is_exact=True)
    found = Answer(
        Q(_has(ContactTag, tag_id__in=ids)), asking.any_of([f"@t{tag_id}" for tag_id in ids]), is_exact=True
    )
    return _turned(found, asker)


def _company(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(Q(_has(CompanyContact)))
        return ~filled if asker.op == EMPTY else filled
    if asker.op == "contains":
        said = text.norm(text.clean(asker.value, limit=200))
        named = Company.objects.present().filter(sort_name__contains=said).values("pk")
        return Answer(Q(_has(CompanyContact, company_id__in=named)))
    ids = asker.ids
    if Company.objects.present().filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This company was deleted."))
    found = Answer(
        Q(_has(CompanyContact, company_id__in=ids)), asking.any_of([f"@c{pk}" for pk in ids]), is_exact=True
    )
    return _turned(found, asker)


def _utm(name: str, asker: Asker) -> Answer:
    key = f"utm_{name}"
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(Q(utm_first__has_key=key))
        return ~filled if asker.op == EMPTY else filled
    said = text.norm(text.clean(asker.value, limit=60))
    q = Q(**{f"utm_first__{key}__iexact": asker.value}) | Q(**{f"utm_last__{key}__iexact": asker.value})
    return _turned(Answer(q, asking.lexeme(f"@u{name}={said}") if asker.op == "is" else ""), asker)


# Choices


def source_choices(_member: Membership) -> list[tuple[str, Any]]:
    return [(kind, channels.channel(kind).label) for kind in channels.CHANNELS]


def people_choices(member: Membership) -> list[tuple[str, Any]]:
    rows = members_visible_to(member).order_by("user__name")
    return [(ME, gettext("Me")), (NOBODY, gettext("Nobody")), *((str(one.pk), one.user.name) for one in rows)]


def _tags(_member: Membership) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in Tag.objects.order_by(Lower("name")).values_list("pk", "name")]


def _moment(column: str, earlier: str = "") -> Callable[[Asker], Answer]:
    return partial(asking.moment_question, column, earlier=earlier)


def _text(column: str, sign: str, folded_with: str = "") -> Callable[[Asker], Answer]:
    return partial(asking.text_question, column, sign=sign, folded_with=folded_with)


_LIST: tuple[Criterion, ...] = (
    Criterion(
        slug="created", label=_("Added"), ops=MOMENT, ask=_moment("created_at"), control="date", order=1
    ),
    Criterion(
        slug="assignee",
        label=_("Responsible"),
        ops=CHOICE,
        ask=ask_assignee,
        control="choices",
        choices=people_choices,
        order=2,
    ),
    Criterion(
        slug="source",
        label=_("Source"),
        ops=CHOICE,
        ask=ask_source,
        control="choices",
        choices=source_choices,
        order=3,
    ),
    Criterion(
        slug="tag",
        label=_("Tag"),
        ops=("is", "all", "is_not", EMPTY, FILLED),
        ask=_tag,
        control="choices",
        choices=_tags,
        order=4,
    ),
    Criterion(
        slug="first_name", label=_("First name"), ops=TEXT, ask=_text("first_name", ":", "sort_name"), order=5
    ),
    Criterion(
        slug="last_name", label=_("Last name"), ops=TEXT, ask=_text("last_name", ":", "sort_name"), order=6
    ),
    Criterion(
        slug="email",
        label=_("E-mail"),
        ops=("contains", "not_contains", "is", "is_not", EMPTY, FILLED),
        ask=_email,
        order=7,
    ),
    Criterion(
        slug="phone", label=_("Phone"), ops=("contains", "not_contains", EMPTY, FILLED), ask=_phone, order=8
    ),
    Criterion(
        slug="messenger",
        label=_("Messenger"),
        ops=("is", "is_not", "contains", EMPTY, FILLED),
        ask=ask_messenger,
        control="choices",
        choices=lambda _member: ContactMessenger.Kind.choices,
        order=9,
    ),
    Criterion(slug="location", label=_("Location"), ops=TEXT, ask=_text("location", "&"), order=10),
    Criterion(slug="address", label=_("Address"), ops=TEXT, ask=_text("address", "&"), order=11),
    Criterion(slug="company", label=_("Company"), ops=("contains", EMPTY, FILLED), ask=_company, order=12),
    Criterion(
        slug="updated",
        label=_("Changed"),
        ops=MOMENT,
        ask=_moment("updated_at", "created_at"),
        control="date",
        order=13,
    ),
    *(
        Criterion(slug=f"utm_{name}", label=f"utm_{name}", ops=MANY, ask=partial(_utm, name), order=80)
        for name in UTM
    ),
)
OWN = {criterion.slug: criterion for criterion in _LIST}
