"""What contacts bring to pages that ask by slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from afluente.accounts.models import Action
from afluente.contacts import policies, selectors, services
from afluente.contacts.selectors import company_history as company_histories
from afluente.contacts.selectors import filter_uses
from afluente.contacts.selectors.attribute_criteria import PREFIX
from afluente.contacts.selectors.handing import hand_over
from afluente.files import policies as files
from afluente.kernel import slots
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership
    from afluente.contacts.events import TagMerged
    from afluente.contacts.models import Company, Contact, SavedFilter, Tag


def company_fields(*, member: Membership, company: Company) -> list[slots.Part]:
    """The fields of a company on its page."""
    context = {
        "groups": selectors.card_groups(selectors.COMPANY, company.pk),
        "company_id": company.pk,
        "may_edit": policies.companies_editable_by(member).filter(pk=company.pk).exists(),
    }
    return [slots.Part(template="contacts/_company_values.html", context=context)]


def company_history(*, member: Membership, company: Company) -> list[slots.Tab]:
    """The tab with what happened to a company."""

    def part() -> slots.Part:
        feed = company_histories.history_of(member=member, company_id=company.pk, query={})
        return slots.Part(template="contacts/_company_history.html", context={"feed": feed})

    return [slots.Tab(slug="history", label=_("History"), part=part, order=90)]


def member_work(*, member: Membership, of: Membership) -> list[slots.Part]:
    """The contacts and companies of somebody who leaves, to be given to others, with a way back."""
    contacts = policies.editable_by(member).filter(assignee_id=of.pk).count()
    companies = policies.companies_editable_by(member).filter(assignee_id=of.pk).count()
    query = f"where=assignee.is:{of.pk}"
    found = []
    if contacts:
        said = ngettext("{n} contact", "{n} contacts", contacts).format(n=formats.number(contacts))
        sent = [("do", "run"), ("what", "assignee"), ("all", "1"), ("query", query)]
        found.append((10, said, "list", "bulk", "typed", sent, f"?{query}"))
    if companies:
        said = ngettext("{n} company", "{n} companies", companies).format(n=formats.number(companies))
        found.append((12, said, "companies", "company_handover", "to", [("of", str(of.pk))], ""))
    return [
        hand_over(
            member=member,
            of=of,
            said=said,
            url=reverse(f"contacts:{page}") + asked,
            action=reverse(f"contacts:{action}"),
            name=name,
            fields=sent,
            order=order,
            may_spread=True,
        )
        for order, said, page, action, name, sent, asked in found
    ]


def filters_with_field(field: selectors.KnownField) -> list[selectors.FieldUse]:
    """The kept filters that ask about a field."""
    if field.entity != selectors.CONTACT:  # deals and others say theirs themselves
        return []
    found = filter_uses.filters_asking(lambda asked: asked.name == f"{PREFIX}{field.id}")
    return [selectors.FieldUse(what=filter_uses.named(one), url=_filter_url(one), order=10) for one in found]


def filters_with_tag(*, tag: Tag, **_asked: object) -> list[slots.Part]:
    """The kept filters that ask about a tag."""
    found = filter_uses.filters_asking(lambda asked: asked.name == "tag" and str(tag.pk) in asked.values)
    return [
        slots.Part(
            template="contacts/_filter_use.html",
            context={"what": filter_uses.named(one), "url": _filter_url(one)},
            order=10,
        )
        for one in found
    ]


def follow_merged_tag(fact: TagMerged) -> None:
    """Kept filters that asked for the tag which ended ask for the one that has its contacts."""
    services.replace_in_filters(name="tag", value=str(fact.tag_id), by=str(fact.into_id))


def _filter_url(kept: SavedFilter) -> str:
    return f"{reverse('contacts:list')}?{kept.query}" if kept.is_shared else ""


def merge_acts(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """Merging a contact by hand, for whoever may."""
    if not all(policies.may(member, contact.pk, action) for action in (Action.EDIT, Action.DELETE)):
        return []
    return [slots.Part(template="contacts/_merge_act.html", context={"contact_id": contact.pk}, order=5)]


def file_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Contacts that files are attached to, as far as `member` sees them."""
    found = policies.visible_to(member).filter(pk__in=list(ids))
    return {
        one.pk: files.Subject(one.name or f"#{one.pk}", reverse("contacts:contact", args=[one.pk]))
        for one in found
    }


FILES = files.Kind(
    name="contact",
    label=_("Contact"),
    folder=_("Contacts"),
    removal=_("Remove from this contact"),
    visible_to=policies.visible_to,
    editable_by=policies.editable_by,
    subjects=file_subjects,
)
