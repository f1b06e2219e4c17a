"""Wiring of contacts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "afluente.contacts"
    label = "contacts"

    def ready(self) -> None:
        _bring_personal()
        # ruff: noqa: PLC0415  when every app is loaded
        from afluente.contacts import jobs, policies  # noqa: F401  registers the jobs
        from afluente.contacts.selectors.listing import CONTACTS
        from afluente.contacts.selectors.lists import register_list
        from afluente.ui import navigation

        navigation.register_nav(
            navigation.NavEntry(
                label=_("Contacts"),
                url_name="contacts:list",
                icon="users-round",
                order=30,
                visible=policies.may_list,
                tab=True,
                key="c",
            )
        )
        register_list(CONTACTS)
        _bring_finding()
        _bring_settings()
        _bring_tags()
        _bring_companies()
        _bring_notifications()
        _bring_files()
        _bring_merging()


def _bring_settings() -> None:
    from afluente.accounts.policies import may_configure
    from afluente.ui import navigation

    for label, url_name, icon, order, also in (
        (_("General"), "contacts:settings", "users-round", 35, ()),
        (_("Fields"), "contacts:field_list", "list-plus", 36, ("contacts:field_tabs",)),
        (_("Tags"), "contacts:tag_list", "tags", 37, ()),
    ):
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("Contacts"),
                label=label,
                url_name=url_name,
                icon=icon,
                order=order,
                visible=may_configure,
                also=also,
            )
        )


def _bring_tags() -> None:
    from afluente.contacts import handlers
    from afluente.contacts.events import TagMerged
    from afluente.kernel import bus, slots
    from afluente.timeline.selectors import kinds

    slots.register_slot("company.about", handlers.company_fields)
    slots.register_slot("field.uses", handlers.filters_with_field)
    slots.register_slot("tag.uses", handlers.filters_with_tag)
    bus.subscribe(TagMerged, handlers.follow_merged_tag)
    kinds.register_fields({"tags": _("Tags")})
    for name, label, icon in (
        ("contact.deleted", _("Contact deleted"), "trash-2"),
        ("contact.restored", _("Contact brought back"), "rotate-ccw"),
    ):
        kinds.register_kind(kinds.Kind(name=name, label=label, icon=icon))
    for name, label in (
        ("tag.created", _("Tag made")),
        ("tag.changed", _("Tag changed")),
        ("tag.merged", _("Tag merged")),
        ("tag.deleted", _("Tag deleted")),
    ):
        kinds.register_kind(kinds.Kind(name=name, label=label, icon="tag"))


def _bring_notifications() -> None:
    from afluente.contacts import services
    from afluente.timeline import events
    from afluente.timeline.policies import register_followers
    from afluente.timeline.selectors import notices

    notices.register_notification(
        notices.NotificationKind(
            name=services.ASSIGNED,
            label=_("Somebody gives you a contact"),
            sentence=_("{actor} gave you the contact {record}"),
            sentence_alone=_("The contact {record} is yours"),
            channels=(notices.APP,),
            icon="user",
            order=26,
        )
    )
    _bring_notifications_of_companies()
    register_followers("contact", services.followers_of_contacts)
    register_followers("company", services.followers_of_companies)
    events.register_watch(
        events.Watch(
            name="contacts.assigned",
            kinds=("contact.created", "contact.changed"),
            concerns=services.is_about_assignee,
            tell=services.tell_of_contacts,
        )
    )


def _bring_notifications_of_companies() -> None:
    from afluente.contacts import services
    from afluente.timeline import events
    from afluente.timeline.selectors import notices

    notices.register_notification(
        notices.NotificationKind(
            name=services.COMPANY_ASSIGNED,
            label=_("Somebody gives you a company"),
            sentence=_("{actor} gave you the company {record}"),
            sentence_alone=_("The company {record} is yours"),
            channels=(notices.APP,),
            icon="building-2",
            order=27,
        )
    )
    events.register_watch(
        events.Watch(
            name="companies.assigned",
            kinds=("company.created", "company.changed"),
            concerns=services.is_about_assignee,
            tell=services.tell_of_companies,
        )
    )


def _bring_companies() -> None:
    from afluente.contacts import handlers, policies
    from afluente.kernel import slots
    from afluente.timeline.selectors import kinds
    from afluente.ui import navigation

    companies = navigation.NavEntry(
        label=_("Companies"),
        url_name="contacts:companies",
        icon="building-2",
        order=31,
        visible=policies.may_list_companies,
    )
    navigation.register_nav(companies)
    slots.register_slot("company.tabs", handlers.company_history)
    slots.register_slot("member.work", handlers.member_work)
    kinds.register_fields(
        {
            "companies": _("Company"),
            "position": _("Position"),
            "domain": _("Domain"),
            "phone": _("Phone"),
            "revenue": _("Revenue"),
        }
    )
    for name, label, template in (
        ("company.created", _("Company added"), "_other"),
        ("company.joined", _("Contact put into the company"), "_other"),
        ("company.changed", _("Company changed"), "changed"),
        ("company.deleted", _("Company deleted"), "_other"),
        ("company.restored", _("Company restored"), "_other"),
    ):
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon="building-2", template=f"timeline/kinds/{template}.html")
        )


def _bring_files() -> None:
    from django.conf import settings

    from afluente.contacts import handlers
    from afluente.files import policies as files
    from afluente.files.events import FileAttached, FileDetached
    from afluente.kernel import bus, doors
    from afluente.timeline import services as timeline
    from afluente.timeline.selectors import kinds

    files.register_kind(handlers.FILES)
    doors.limit_body("/contacts/new/", settings.FILE_LIMIT + doors.OF_A_FORM)
    for name, label in (("file.attached", _("File attached")), ("file.detached", _("File taken off"))):
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon="paperclip", template="timeline/kinds/file.html")
        )
    bus.subscribe(FileAttached, timeline.note_attached)
    bus.subscribe(FileDetached, timeline.note_detached)


def _bring_merging() -> None:
    from afluente.contacts import handlers
    from afluente.contacts.services import merge_own
    from afluente.kernel import slots
    from afluente.timeline.selectors import kinds

    merge_own.register()
    slots.register_slot("contact.acts", handlers.merge_acts)
    for name, label, icon in (
        ("contact.merged", _("Contacts merged"), "merge"),
        ("contact.unmerged", _("Merge taken back"), "user-plus"),
    ):
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon=icon, template=f"contacts/kinds/{name[8:]}.html")
        )


def _bring_finding() -> None:
    """What the search box finds here, and what it can begin."""
    from afluente.contacts import policies
    from afluente.contacts.selectors import finding as found
    from afluente.ui import finding

    finding.register_source(
        finding.Source(
            name="contacts",
            label=_("Contacts"),
            icon="users-round",
            order=10,
            visible=policies.may_list,
            find=found.find_contacts,
            fetch=found.fetch_contacts,
            page="contacts:contact",
            every=found.every_contact,
            acts=found.contact_acts,
            prefixes=("", finding.PEOPLE),
        )
    )
    _bring_companies_and_tags()
    _bring_actions()


def _bring_companies_and_tags() -> None:
    from afluente.contacts import policies
    from afluente.contacts.selectors import finding as found
    from afluente.ui import finding

    finding.register_source(
        finding.Source(
            name="companies",
            label=_("Companies"),
            icon="building-2",
            order=20,
            visible=policies.may_list_companies,
            find=found.find_companies,
            fetch=found.fetch_companies,
            page="contacts:company",
            every=found.every_company,
        )
    )
    finding.register_source(
        finding.Source(
            name="tags",
            label=_("Tags"),
            icon="tag",
            order=50,
            visible=policies.may_list,
            find=found.find_tags,
            prefixes=("", finding.MARKS),
        )
    )


def _bring_actions() -> None:
    from afluente.contacts import policies
    from afluente.ui import finding

    for name, label, icon, url_name, order, visible in (
        ("contact", _("Add contact"), "user-plus", "contacts:new", 10, policies.may_create),
        (
            "company",
            _("Add company"),
            "building-2",
            "contacts:company_new",
            30,
            policies.may_create_companies,
        ),
    ):
        finding.register_action(
            finding.Action(name=name, label=label, icon=icon, url_name=url_name, order=order, visible=visible)
        )


def _bring_personal() -> None:
    from afluente.contacts.services import personal as own
    from afluente.kernel import personal

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
