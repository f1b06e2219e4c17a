"""What goes along in a merge of the tables of contacts and of the slices below them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from afluente.contacts.services.merge_carriers import Carrier, declare_staying, register_carrier

# Once per contact by its text and, where it has one, by its key.
_EMAIL = "(o.email = r.email OR (o.key <> '' AND o.key = r.key))"
_PHONE = "(o.raw = r.raw OR (o.e164 <> '' AND o.e164 = r.e164))"
_MESSENGER = """(o.kind = r.kind AND (o.value = r.value
                 OR (o.external_id <> '' AND o.external_id = r.external_id)))"""

OWN = (
    Carrier(
        slug="contacts.emails",
        table="contacts_contactemail",
        label=_("E-mails"),
        same=_EMAIL,
        flag="is_primary",
        order=10,
    ),
    Carrier(
        slug="contacts.phones",
        table="contacts_contactphone",
        label=_("Phones"),
        same=_PHONE,
        flag="is_primary",
        order=11,
    ),
    Carrier(
        slug="contacts.messengers",
        table="contacts_contactmessenger",
        label=_("Messengers"),
        same=_MESSENGER,
        flag="is_primary",
        order=12,
    ),
    Carrier(
        slug="contacts.tags",
        table="contacts_contacttag",
        label=_("Tags"),
        same="o.tag_id = r.tag_id",
        order=20,
    ),
    Carrier(
        slug="contacts.companies",
        table="contacts_companycontact",
        label=_("Companies"),
        same="o.company_id = r.company_id",
        order=21,
    ),
    Carrier(slug="timeline.events", table="timeline_event", label=_("History"), order=30),
    Carrier(slug="timeline.comments", table="timeline_comment", label=_("Comments"), order=31),
    Carrier(
        slug="timeline.notifications",
        table="timeline_notification",
        label=_("Notifications"),
        column="record_id",
        where=(("record_kind", "contact"),),
        order=32,
    ),
    Carrier(
        slug="timeline.reminders",
        table="timeline_reminder",
        label=_("Reminders"),
        column="record_id",
        where=(("record_kind", "contact"),),
        same="o.record_kind = r.record_kind AND o.kind = r.kind",
        order=33,
    ),
    Carrier(
        slug="files.attachments",
        table="files_attachment",
        label=_("Files"),
        column="entity_id",
        where=(("kind", "contact"),),
        same="o.file_id = r.file_id",
        order=40,
    ),
    Carrier(
        slug="files.uploads",
        table="files_upload",
        label=_("Files on their way"),
        column="entity_id",
        where=(("kind", "contact"),),
        order=41,
    ),
)

STAYING = {
    (
        "contacts_bulkentry",
        "contact_id",
    ): "What a change of many replaced; taking it back passes over who left.",
    ("contacts_contact", "merged_into_id"): "The merge itself.",
    ("contacts_contactmerge", "loser_id"): "The merge itself.",
    ("contacts_contactmerge", "survivor_id"): "Earlier merges stay what they were, and are parted in turn.",
    ("contacts_contactsearch", "id"): "Worked out anew.",
    ("contacts_contactvalue", "contact_id"): "The policy decides field by field (services.merge_deciding).",
    ("contacts_duplicatedue", "contact_id"): "A queue; who left is passed over.",
    ("contacts_duplicatekey", "contact_id"): "Worked out anew.",
    ("contacts_possibleduplicate", "contact_id"): "Decisions go along (statements.merge_dismissals).",
    ("contacts_possibleduplicate", "other_id"): "Decisions go along (statements.merge_dismissals).",
}


def register() -> None:
    """Called when the app is ready."""
    for carrier in OWN:
        register_carrier(carrier)
    declare_staying(STAYING)
