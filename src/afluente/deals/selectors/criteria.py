"""What deals can be filtered by; slices above register theirs with `register_criterion`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.models import EVERY, ContactTag, Tag
from afluente.contacts.selectors import asking, attribute_criteria, fields_of
from afluente.contacts.selectors.asking import EMPTY, FILLED, Answer, Asker, BrokenError
from afluente.contacts.selectors.criteria import (
    CHOICE,
    MANY,
    MOMENT,
    TEXT,
    Criterion,
    ask_assignee,
    ask_source,
    people_choices,
    source_choices,
)
from afluente.deals import policies
from afluente.deals.models import DealContact, DealType, Pipeline, Stage
from afluente.deals.selectors.due_criteria import MORE
from afluente.deals.selectors.pipelines import field_scopes
from afluente.kernel import clock, email, money, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from afluente.accounts.models import Membership

NUMBER = ("eq", "not_eq", "gte", "lte", "between")
HALF, OVER = "half", "over"
_REGISTERED: dict[str, Criterion] = {}


def register_criterion(criterion: Criterion) -> None:
    """Let deals be filtered by something of another slice."""
    _REGISTERED[criterion.slug] = criterion


def deal_criteria() -> dict[str, Criterion]:
    """Everything deals can be filtered by, in the order in which it is offered."""
    own = sorted((_OWN | _REGISTERED).items(), key=lambda item: item[1].order)
    fields = fields_of("deal", EVERY)
    names = dict(field_scopes()) if any(field.scope_id for field in fields) else {}
    return dict(own) | (attribute_criteria("deal", names) if fields else {})


def _turned(answer: Answer, asker: Asker) -> Answer:
    return ~Answer(answer.q) if asker.op in {"is_not", "not_contains", "not_eq"} else answer


def _one_of(model: Any, column: str, gone: str, asker: Asker) -> Answer:
    """One of several records by number; a record that is gone breaks the condition."""
    if asker.op in {EMPTY, FILLED}:
        return Answer(Q(**{f"{column}__isnull": asker.op == EMPTY}))
    ids = asker.ids
    if model.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext(gone))
    return _turned(Answer(Q(**{f"{column}__in": ids})), asker)


def _status(asker: Asker) -> Answer:
    known = {Stage.Kind.OPEN: Q(closed_at=None)}
    asked = Q(pk__in=())
    for value in asker.among(Stage.Kind.values):
        asked |= known.get(Stage.Kind(value), Q(stage__kind=value))
    return _turned(Answer(asked), asker)


def _number(column: str, asker: Asker) -> Answer:
    first, last = _read(asker.value), _read(asker.values[-1])
    if asker.op == "between":
        return Answer(Q(**{f"{column}__gte": first, f"{column}__lte": last}))
    if asker.op in {"gte", "lte"}:
        return Answer(Q(**{f"{column}__{asker.op}": first}))
    return _turned(Answer(Q(**{column: first})), asker)


def _read(said: str) -> Decimal:
    try:
        number = Decimal(said.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise BrokenError(gettext("Write a number such as 1250.5."))
    return number


def _currency(asker: Asker) -> Answer:
    written = replace(asker, values=[value.strip().upper() for value in asker.values])
    return _turned(Answer(Q(currency__in=written.among(money.currencies()))), asker)


def _stale(asker: Asker) -> Answer:
    """Open deals that have been in their stage longer than its limit, or than half of it."""
    asker.among({HALF, OVER})
    day = timedelta(days=1) / 2 if HALF in asker.values else timedelta(days=1)
    limit = ExpressionWrapper(
        F("stage__stale_after_days") * Value(day, output_field=DurationField()), output_field=DurationField()
    )
    over = Q(closed_at=None, stage__stale_after_days__isnull=False, stage_entered_at__lt=clock.now() - limit)
    return _turned(Answer(over), asker)


# The people of a deal: only those whom the member may open, so that a filter tells nobody who they are.


def _people(member: Membership, *asked: Any, **conditions: Any) -> Q:
    links = DealContact.objects.filter(
        contact_policies.named_by(member, "contact"),
        *asked,
        deal_id=OuterRef("pk"),
        contact__deleted_at=None,
        **conditions,
    )
    return Q(Exists(links))


def _person(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        filled = Answer(_people(asker.member))
        return ~filled if asker.op == EMPTY else filled
    said = text.norm(text.clean(asker.value, limit=200))
    return _turned(Answer(_people(asker.member, contact__sort_name__contains=said)), asker)


def _person_email(asker: Asker) -> Answer:
    said = text.norm(text.clean(asker.value, limit=254))
    if asker.op == "is":
        key = email.match_key(said)
        if key is None:
            raise BrokenError(gettext("Check this address, something is missing."))
        return Answer(_people(asker.member, contact__emails__key=key))
    return _turned(Answer(_people(asker.member, contact__emails__key__contains=said)), asker)


def _person_phone(asker: Asker) -> Answer:
    digits = "".join(sign for sign in asker.value if sign.isdecimal() and sign.isascii())
    if len(digits) < 3:
        raise BrokenError(gettext("Write at least three digits."))
    named = Q(contact__phones__e164__contains=digits) | Q(contact__phones__raw__contains=digits)
    return _turned(Answer(_people(asker.member, named)), asker)


def _person_tag(asker: Asker) -> Answer:
    if asker.op in {EMPTY, FILLED}:
        tagged = Exists(ContactTag.objects.filter(contact_id=OuterRef("contact_id")))
        filled = Answer(_people(asker.member, tagged))
        return ~filled if asker.op == EMPTY else filled
    ids = asker.ids
    if Tag.objects.filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This tag was deleted."))
    return _turned(Answer(_people(asker.member, contact__tag_links__tag_id__in=ids)), asker)


# Choices


def _pipelines(member: Membership) -> Iterable[tuple[str, Any]]:
    rows = policies.pipelines_of(member).order_by("position", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _stages(member: Membership) -> Iterable[tuple[str, Any]]:
    seen = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(member))
    rows = seen.order_by("pipeline__position", "pipeline_id", "position", "pk")
    return [(str(pk), f"{a}: {b}") for pk, a, b in rows.values_list("pk", "pipeline__name", "name")]


def _types(_member: Membership) -> Iterable[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in DealType.objects.order_by("position").values_list("pk", "name")]


def _currencies(member: Membership) -> Iterable[tuple[str, Any]]:
    codes = policies.pipelines_of(member).values_list("currency", flat=True).distinct()
    return [(code, code) for code in sorted(set(codes))]


def _tags(_member: Membership) -> Iterable[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")]


def _stalenesses(_member: Membership) -> Iterable[tuple[str, Any]]:
    return [(OVER, gettext("Too long in its stage")), (HALF, gettext("Half of the time is over"))]


def _moment(column: str) -> Callable[[Asker], Answer]:
    return partial(asking.moment_question, column)


def _chosen(slug: str, label: Any, ask: Any, choices: Any, order: int, ops: Any = CHOICE) -> Criterion:
    return Criterion(
        slug=slug, label=label, ops=ops, ask=ask, control="choices", choices=choices, order=order
    )


_WORDS = ("contains", "not_contains")
_LIST = (
    _chosen(
        "pipeline",
        _("Pipeline"),
        partial(_one_of, Pipeline, "pipeline_id", "This pipeline was deleted."),
        _pipelines,
        1,
    ),
    _chosen("stage", _("Stage"), partial(_one_of, Stage, "stage_id", "This stage was deleted."), _stages, 2),
    _chosen("status", _("Status"), _status, lambda _member: Stage.Kind.choices, 3),
    _chosen("assignee", _("Assignee"), ask_assignee, people_choices, 4),
    _chosen("source", _("Source"), ask_source, source_choices, 5),
    Criterion(slug="name", label=_("Name"), ops=TEXT, ask=partial(asking.text_question, "name"), order=6),
    Criterion(
        slug="number",
        label=_("Number"),
        ops=NUMBER,
        ask=partial(_number, "number"),
        control="number",
        order=7,
    ),
    Criterion(
        slug="amount", label=_("Value"), ops=NUMBER, ask=partial(_number, "amount"), control="number", order=8
    ),
    _chosen("currency", _("Currency"), _currency, _currencies, 9),
    _chosen(
        "type", _("Type"), partial(_one_of, DealType, "type_id", "This type was deleted."), _types, 10, MANY
    ),
    Criterion(
        slug="created", label=_("Opened"), ops=MOMENT, ask=_moment("created_at"), control="date", order=11
    ),
    Criterion(
        slug="closed",
        label=_("Closed"),
        ops=(*MOMENT, EMPTY, FILLED),
        ask=_moment("closed_at"),
        control="date",
        order=12,
    ),
    Criterion(
        slug="updated", label=_("Changed"), ops=MOMENT, ask=_moment("updated_at"), control="date", order=13
    ),
    Criterion(
        slug="entered",
        label=_("In its stage since"),
        ops=MOMENT,
        ask=_moment("stage_entered_at"),
        control="date",
        order=14,
    ),
    _chosen("stale", _("Waiting"), _stale, _stalenesses, 15),
    Criterion(slug="person", label=_("Person"), ops=(*_WORDS, EMPTY, FILLED), ask=_person, order=16),
    Criterion(
        slug="person_email", label=_("E-mail of a person"), ops=(*_WORDS, "is"), ask=_person_email, order=17
    ),
    Criterion(slug="person_phone", label=_("Phone of a person"), ops=_WORDS, ask=_person_phone, order=18),
    _chosen("person_tag", _("Tag of a person"), _person_tag, _tags, 19, MANY),
)
_OWN = {criterion.slug: criterion for criterion in (*_LIST, *MORE)}
# Said late, so that the catalogue holds them.
_GONE = (_("This pipeline was deleted."), _("This stage was deleted."), _("This type was deleted."))
