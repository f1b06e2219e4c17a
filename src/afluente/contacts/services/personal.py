"""What contacts keep about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors
from afluente.contacts.models import (
    BulkEntry,
    CompanyContact,
    Contact,
    ContactEmail,
    ContactMerge,
    ContactMessenger,
    ContactPhone,
    ContactTag,
    ContactValue,
    PossibleDuplicate,
)
from afluente.contacts.services.words import forget_words
from afluente.contacts.statements import search
from afluente.kernel import clock, email, personal, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.kernel.personal import Subject


def subject_of(contact_id: int) -> personal.Subject:
    """Somebody with every record that became part of theirs, and the words that mean only them."""
    ids = {contact_id}
    while (
        more := set(
            ContactMerge.objects.filter(survivor_id__in=ids, undone_at=None).values_list(
                "loser_id", flat=True
            )
        )
        - ids
    ):
        ids |= more
    names = [one.name for one in Contact.objects.filter(pk__in=ids)]
    words = [name for name in names if " " in name]
    words += ContactEmail.objects.filter(contact_id__in=ids).values_list("email", flat=True)
    for raw, e164 in ContactPhone.objects.filter(contact_id__in=ids).values_list("raw", "e164"):
        words += [raw, e164, e164.removeprefix("+")]
    words += ContactMessenger.objects.filter(contact_id__in=ids).values_list("value", flat=True)
    known = [word for word in words if word]
    known += [key for word in known if (key := email.match_key(word))]
    return personal.Subject(tuple(sorted(ids)), tuple(dict.fromkeys([*known, *map(text.norm, known)])))


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = []
    for row in personal.plain(Contact.objects.filter(pk__in=subject.ids).values()):
        number = row["id"]
        mine: dict[str, Any] = {"contact_id": number}
        found.append(
            row
            | {
                "emails": personal.plain(ContactEmail.objects.filter(**mine).values("email", "is_primary")),
                "phones": personal.plain(
                    ContactPhone.objects.filter(**mine).values("raw", "e164", "is_primary")
                ),
                "messengers": personal.plain(
                    ContactMessenger.objects.filter(**mine).values("kind", "value", "external_id")
                ),
                "tags": list(ContactTag.objects.filter(**mine).values_list("tag__name", flat=True)),
                "companies": personal.plain(
                    CompanyContact.objects.filter(**mine).values("company__name", "position")
                ),
                "fields": selectors.attributes(selectors.CONTACT, [number])[number],
                "bulk_changes": personal.plain(BulkEntry.objects.filter(**mine).values("before", "after")),
                "merges": personal.plain(
                    ContactMerge.objects.filter(Q(survivor_id=number) | Q(loser_id=number)).values(
                        "survivor_id", "loser_id", "reason", "changes", "left", "created_at"
                    )
                ),
            }
        )
    return found


def _said(subject: Subject) -> Iterator[tuple[str, str]]:
    """Their texts, each with the kind its words are of in the index."""
    for one in Contact.objects.filter(pk__in=subject.ids):
        yield ":", one.name
        yield "&", f"{one.location} {one.address}"
    values = ContactValue.objects.filter(contact_id__in=subject.ids, text__isnull=False)
    for field_id, said in values.values_list("field_id", "text_key"):
        yield f"~{field_id}:", said


def _erase(subject: Subject) -> int:
    """The row of the contact stays without a word in it: deals and figures count on it."""
    said = list(_said(subject))
    mine = {"contact_id__in": subject.ids}
    for model in (
        ContactEmail,
        ContactPhone,
        ContactMessenger,
        ContactValue,
        ContactTag,
        CompanyContact,
        BulkEntry,
    ):
        model.objects.filter(**mine).delete()
    ContactMerge.objects.filter(Q(survivor_id__in=subject.ids) | Q(loser_id__in=subject.ids)).delete()
    PossibleDuplicate.objects.filter(Q(contact_id__in=subject.ids) | Q(other_id__in=subject.ids)).delete()
    search.forget_contacts(list(subject.ids))
    forget_words(said)
    moment = clock.now()
    return int(
        Contact.objects.filter(pk__in=subject.ids).update(
            first_name="",
            last_name="",
            location="",
            address="",
            source_name="",
            utm_first={},
            utm_last={},
            assignee=None,
            deleted_at=moment,
            updated_at=moment,
        )
    )


HOLDING = personal.Holding(
    slug="contacts",
    label=_("The contact: names, addresses, fields, tags, merges"),
    tables=(
        "contacts_contact",
        "contacts_contactemail",
        "contacts_contactphone",
        "contacts_contactmessenger",
        "contacts_contactvalue",
        "contacts_companycontact",
        "contacts_contactsearch",
        "contacts_contactword",
        "contacts_contactmerge",
        "contacts_mergemove",
        "contacts_possibleduplicate",
        "contacts_mergerun",
        "contacts_bulkchange",
        "contacts_bulkentry",
        "contacts_savedfilter",
        "contacts_company",
        "contacts_companyvalue",
    ),
    collect=_collect,
    erase=_erase,
    fate=_("Removed. An empty record without a name stays, so that figures stay right."),
    struck=(
        ("contacts_contact", "source_name"),
        ("contacts_bulkchange", "change"),
        ("contacts_bulkchange", "selection"),
        ("contacts_mergerun", "groups"),
        ("contacts_mergerun", "conditions"),
        ("contacts_savedfilter", "query"),
        ("contacts_savedfilter", "name"),
        ("contacts_company", "name"),
        ("contacts_company", "phone"),
        ("contacts_company", "address"),
        ("contacts_companyvalue", "text"),
        ("contacts_contactvalue", "text"),
        ("contacts_mergemove", "was"),
        ("contacts_contactmerge", "changes"),
        ("contacts_contactmerge", "left"),
    ),
    order=90,
)
FREE = {
    "contacts_companybulkentry": "numbers of members",
    "contacts_field": "Names of fields.",
    "contacts_fieldoption": "Choices of fields.",
    "contacts_fieldtab": "Headings of fields.",
    "contacts_tag": "Names of tags.",
    "contacts_listsetting": "Which columns a colleague sees.",
}
