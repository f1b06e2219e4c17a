"""What deals do when something happens below them, and what they bring to pages of others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors import FieldUse
from afluente.contacts.selectors.handing import hand_over
from afluente.contacts.services import replace_in_filters
from afluente.deals import policies, selectors, services
from afluente.deals.forms.pipelines import ahead
from afluente.files import policies as files
from afluente.kernel import slots
from afluente.timeline.events import SYSTEM
from afluente.timeline.selectors import kinds, notices
from afluente.ui import formats
from afluente.ui.finding import Row
from afluente.ui.navigation import NavLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.events import WorkspaceCreated
    from afluente.accounts.models import Membership
    from afluente.contacts.events import ArrivalsReturned, TagMerged
    from afluente.contacts.models import Company, Contact, Tag
    from afluente.contacts.selectors import KnownField


DAY_LENGTH = len("2026-01-31")


def make_first_pipeline(fact: WorkspaceCreated) -> None:
    """A new workspace can take leads at once: one pipeline with the five usual stages (SP-017)."""
    with override(fact.language):
        name = gettext("Sales")
    services.create_pipeline(name=name, currency=fact.currency, language=fact.language, by=SYSTEM)
    services.make_types(language=fact.language)
    services.make_reasons(language=fact.language)


def return_deals(fact: ArrivalsReturned) -> None:
    """A merge was taken back: the deals of these arrivals are the parted contact's."""
    services.hand_over(deal_ids=fact.deal_ids, from_id=fact.from_id, to_id=fact.to_id)


def filters_with_tag(*, tag: Tag, **_asked: object) -> list[slots.Part]:
    """The kept filters of deals that ask about a tag of their people."""
    return [
        slots.Part(template="contacts/_filter_use.html", context={"what": one.what, "url": one.url}, order=11)
        for one in selectors.filters_about(name="person_tag", number=tag.pk)
    ]


def uses_of_field(*, field: KnownField, **_asked: object) -> list[FieldUse]:
    """The kept filters of deals that ask for a field of theirs, and the stages that want it filled."""
    if field.entity != "deal":
        return []
    return [FieldUse(what=one.what, url=one.url, order=11) for one in selectors.filters_about_field(field.id)]


def follow_merged_tag(fact: TagMerged) -> None:
    """Kept filters of deals that asked for the tag which ended ask for the one that has its contacts."""
    replace_in_filters(
        entity=SavedFilter.Entity.DEAL, name="person_tag", value=str(fact.tag_id), by=str(fact.into_id)
    )


def pipeline_links(member: Membership) -> list[NavLink]:
    """The pipelines in the navigation; the first one is in the phone's bar."""
    return [
        NavLink(
            label=one.name,
            url=reverse("deals:pipeline", args=[one.id]) if number else reverse("deals:board"),
            icon=one.icon,
            counted=f"pipelines-{one.id}",
            counted_on="deal.opened deal.moved deal.deleted deal.restored",
            tab=number == 0,
            key="d" if number == 0 else "",
        )
        for number, one in enumerate(selectors.pipelines_seen(member=member))
    ]


def pipeline_options(member: Membership) -> list[tuple[int, str]]:
    """What notifications of new deals may be narrowed to."""
    return [(one.id, one.name) for one in selectors.pipelines_seen(member=member)]


def pipeline_counts(member: Membership) -> dict[str, int]:
    """How many open deals `member` sees in each pipeline, for the navigation."""
    return {f"pipelines-{one.id}": one.count for one in selectors.pipeline_summaries(member=member)}


def deal_subjects(
    member: Membership, *, contact_id: int | None = None, deal_ids: Iterable[int] = ()
) -> dict[int, kinds.Subject]:
    """The deals that a history speaks of, with their pages."""
    if contact_id:
        found = selectors.named_once(member=member, contact_id=contact_id)
        pages = selectors.with_joined(found)
    else:
        found, pages = selectors.pages_of(member, deal_ids)
    return {pk: kinds.Subject(found[page], reverse("deals:deal", args=[page])) for pk, page in pages.items()}


def contact_strips(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """The open deals of a contact, above its history."""
    found = selectors.strips(member=member, contact_id=contact.pk)
    return [
        slots.Part(template="deals/_contact_strip.html", context={"deal": deal, "rail": rail}, order=number)
        for number, (deal, rail) in enumerate(found)
    ]


def contact_tabs(*, member: Membership, contact: Contact) -> list[slots.Tab]:
    """The tab with all deals of a contact."""

    def part() -> slots.Part:
        deals = selectors.deals_of_contact(member=member, contact_id=contact.pk)
        return slots.Part(
            template="deals/_contact_deals.html",
            context={
                "deals": deals,
                "contact_id": contact.pk,
                "may_create": policies.may_create(member)
                and selectors.default_pipeline(member=member) is not None,
            },
        )

    count = len(selectors.named_once(member=member, contact_id=contact.pk))
    return [slots.Tab(slug="deals", label=gettext("Deals"), part=part, count=count, order=10)]


def company_tabs(*, member: Membership, company: Company) -> list[slots.Tab]:
    """The tab with the deals of a company and of its people."""

    def part() -> slots.Part:
        deals = selectors.deals_of_company(member=member, company_id=company.pk)
        return slots.Part(template="deals/_company_deals.html", context={"deals": deals})

    count = selectors.company_deal_count(member=member, company_id=company.pk)
    return [slots.Tab(slug="deals", label=gettext("Deals"), part=part, count=count, order=10)]


def contact_acts(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """New deal for this contact."""
    if not may_open_deals(member):
        return []
    return [slots.Part(template="deals/_contact_act.html", context={"contact_id": contact.pk}, order=10)]


def may_open_deals(member: Membership) -> bool:
    """Whether `member` can open a deal now: they may, and there is a pipeline for it."""
    return policies.may_create(member) and bool(selectors.pipelines_seen(member=member))


def show_due(value: Any) -> str:
    """A due date of an event, a day or a moment in ISO 8601, in words."""
    if not value:
        return ""
    if len(value) == DAY_LENGTH:
        return formats.day(dt.date.fromisoformat(value))
    return formats.when(dt.datetime.fromisoformat(value))


def due_in_words(data: Mapping[str, Any]) -> dict[str, str]:
    """When a deal of a reminder is due, in the reader's language and time zone."""
    moment = dt.datetime.fromisoformat(data["due"])
    local = timezone.localtime(moment)
    return {"when": formats.day(local.date()) if data.get("is_day") else formats.when(moment)}


def show_reminder(value: Any) -> str:
    """How many minutes before a due date somebody is reminded, in words."""
    return ahead(int(value)) if value else ""


def deal_for_contact(member: Membership, pk: int) -> list[Row]:
    """New deal for a contact that the search box found."""
    if not may_open_deals(member):
        return []
    url = f"{reverse('deals:new')}?{urlencode({'contact': pk})}"
    return [Row(title=gettext("New deal"), url=url, icon="plus")]


def contacts_deletion(**_asked: object) -> list[slots.Part]:
    """What becomes of deals when their people are deleted."""
    return [slots.Part(template="deals/_contacts_deletion.html", order=10)]


def file_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Deals that files are attached to, as far as `member` sees them."""
    found = selectors.subjects(member=member, deal_ids=ids)
    return {pk: files.Subject(name, reverse("deals:deal", args=[pk])) for pk, name in found.items()}


FILES = files.Kind(
    name="deal",
    label=_("Deal"),
    folder=_("Deals"),
    removal=_("Remove from this deal"),
    visible_to=policies.visible_to,
    editable_by=policies.movable_by,
    subjects=file_subjects,
)
# How the history tells them: kind, label, sign, template.
KINDS = (
    ("deal.converted", _("Lead converted"), "user-check", "_lead"),
    ("deal.unconverted", _("Conversion taken back"), "rotate-ccw", "_lead"),
    ("deal.from_lead", _("Made from a lead"), "funnel", "_lead"),
    ("deal.copied", _("Copied"), "copy", "_lead"),
    ("deal.merged", _("Deals merged"), "merge", "_merged"),
    ("deal.unmerged", _("Merge of deals taken back"), "rotate-ccw", "_merged"),
    ("deal.deleted", _("Deal deleted"), "trash-2", "_said"),
    ("deal.restored", _("Deal restored"), "rotate-ccw", "_said"),
    ("deal.restarted", _("Stage begun anew"), "refresh-cw", "_said"),
    ("deal.contact_added", _("Person added"), "user-plus", "_said"),
    ("deal.contact_removed", _("Person taken out"), "user-x", "_said"),
)
NEW_DEAL = notices.NotificationKind(
    name=services.OPENED,
    label=_("There is a new deal"),
    sentence=_("{actor} opened the deal {record}"),
    sentence_alone=_("New deal: {record}"),
    channels=(),
    icon="square-kanban",
    order=24,
    options=pipeline_options,
    options_label=_("Only in these pipelines"),
)
GIVEN = notices.NotificationKind(
    name=services.ASSIGNED,
    label=_("Somebody gives you a deal"),
    sentence=_("{actor} gave you the deal {record}"),
    sentence_alone=_("The new deal {record} is yours"),
    icon="square-kanban",
    order=25,
)
DUE = notices.NotificationKind(
    name=services.DUE,
    label=_("A deal of yours is due soon"),
    sentence=_("The deal {record} is due {when}"),
    sentence_alone=_("The deal {record} is due {when}"),
    icon="calendar-clock",
    order=26,
    words=due_in_words,
    is_urgent=True,
)


def member_work(*, member: Membership, of: Membership) -> list[slots.Part]:
    """The open deals of somebody who leaves, to be given to others, with a way back."""
    count = policies.movable_by(member).open().filter(assignee_id=of.pk).count()
    if not count:
        return []
    query = f"where=assignee.is:{of.pk}"
    said = ngettext("{n} open deal", "{n} open deals", count).format(n=formats.number(count))
    return [
        hand_over(
            member=member,
            of=of,
            said=said,
            url=f"{reverse('deals:board')}?status=list&{query}",
            action=reverse("deals:bulk"),
            name="assignee",
            fields=[("act", "assign"), ("all", "1"), ("query", query), ("list", "1")],
            order=20,
            may_spread=True,
        )
    ]


def show_missing(keys: Sequence[str]) -> str:
    """What a stage wanted, in words; fields that are gone are passed over."""
    return ", ".join(str(label) for label in selectors.labels_of(keys))
