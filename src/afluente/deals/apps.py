"""Wiring of deals."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "afluente.deals"
    label = "deals"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.accounts.events import WorkspaceCreated
        from afluente.contacts.policies import Link, register_link
        from afluente.contacts.selectors.lists import register_list
        from afluente.deals import handlers, jobs, selectors  # noqa: F401  registers the jobs
        from afluente.deals.selectors.filtering import DEALS
        from afluente.kernel import bus, slots
        from afluente.timeline.selectors import kinds
        from afluente.ui import navigation

        bus.subscribe(WorkspaceCreated, handlers.make_first_pipeline)
        navigation.register_nav_group(
            navigation.NavGroup(
                slug="pipelines",
                label=_("Pipelines"),
                order=20,
                links=handlers.pipeline_links,
                counts=handlers.pipeline_counts,
            )
        )
        register_link(
            Link(
                slug="deals",
                contacts_of=selectors.contacts_of_own_deals,
                people_of=selectors.people_linked_to,
            )
        )
        slots.register_slot("contact.strip", handlers.contact_strips)
        slots.register_slot("contact.tabs", handlers.contact_tabs)
        slots.register_slot("company.tabs", handlers.company_tabs)
        slots.register_slot("contact.acts", handlers.contact_acts)
        slots.register_slot("member.work", handlers.member_work)
        register_list(DEALS)
        _bring_columns()
        _bring_list()
        _bring_fields()
        _bring_settings()
        kinds.register_deals(handlers.deal_subjects)
        _register_kinds()


def _bring_settings() -> None:
    from afluente.contacts.events import TagMerged
    from afluente.deals import handlers, policies
    from afluente.kernel import bus, slots
    from afluente.ui import navigation

    for label, url_name, icon, order in (
        (_("Pipelines"), "deals:pipelines", "square-kanban", 20),
        (_("Types of deals"), "deals:types", "layers", 21),
        (_("Lost reasons"), "deals:lost_reasons", "circle-x", 22),
    ):
        navigation.register_settings_page(
            navigation.SettingsPage(
                group=_("CRM"),
                label=label,
                url_name=url_name,
                icon=icon,
                order=order,
                visible=policies.may_configure,
            )
        )
    slots.register_slot("tag.uses", handlers.filters_with_tag)
    slots.register_slot("field.uses", handlers.uses_of_field)
    bus.subscribe(TagMerged, handlers.follow_merged_tag)


def _bring_people() -> None:
    """Deals go along when their people are merged; a deal with both keeps one of them."""
    from afluente.contacts.events import ArrivalsReturned
    from afluente.contacts.services import Carrier, register_carrier
    from afluente.deals import handlers
    from afluente.deals.services import merge_carriers
    from afluente.kernel import bus

    merge_carriers.register()
    bus.subscribe(ArrivalsReturned, handlers.return_deals)
    register_carrier(
        Carrier(
            slug="deals.people",
            table="deals_dealcontact",
            label=_("Deals"),
            same="o.deal_id = r.deal_id",
            yields=True,
            parent=("deal_id", "deals_deal"),
            lead="is_primary",
            order=25,
        )
    )
    register_carrier(
        Carrier(
            slug="deals.conversions",
            table="deals_conversion",
            label=_("Conversions of leads"),
            order=26,
        )
    )


def _bring_columns() -> None:
    from afluente.contacts.selectors import register_column
    from afluente.deals import handlers, selectors
    from afluente.kernel import slots

    slots.register_slot("contacts.deletion", handlers.contacts_deletion)

    register_column(
        key="deals",
        label=_("Deals"),
        load=selectors.linked_deal_counts,
        look="number",
        is_default=True,
        order=10,
    )
    register_column(
        key="open_deals", label=_("Open deals"), load=selectors.open_deal_counts, look="number", order=11
    )


def _bring_list() -> None:
    """The columns of the list of deals can be chosen, and many deals changed at once, as contacts."""
    from afluente.contacts.models import SavedFilter
    from afluente.contacts.selectors import register_columns
    from afluente.contacts.services import bulk as engine
    from afluente.deals import selectors
    from afluente.deals.services import bulk

    register_columns(SavedFilter.Entity.DEAL, selectors.deal_columns)
    engine.register_subject(bulk.SUBJECT)


def _bring_fields() -> None:
    """Deals have fields: those of their pipeline, and those that every pipeline has."""
    from afluente.contacts.models import register_values
    from afluente.contacts.selectors import FieldSubject, register_field_subject
    from afluente.deals import selectors
    from afluente.deals.models import DealValue

    register_values("deal", DealValue)
    register_field_subject(
        FieldSubject(
            entity="deal",
            label=_("Deals"),
            hint=_("What you note about every deal, or about those of one pipeline. Drag to reorder."),
            scope_label=_("Pipelines"),
            every_label=_("Every pipeline"),
            scopes=selectors.field_scopes,
            order=30,
        )
    )


def _bring_notifications() -> None:
    from afluente.deals import handlers, services
    from afluente.timeline import events
    from afluente.timeline.policies import register_followers
    from afluente.timeline.selectors import notices

    for kind in (handlers.NEW_DEAL, handlers.GIVEN, handlers.DUE):
        notices.register_notification(kind)
    events.register_reminder(
        events.ReminderKind(name=services.DUE, record_kind="deal", tell=services.tell_due)
    )
    register_followers("deal", services.followers_of_deals)
    events.register_watch(
        events.Watch(
            name="deals.given",
            kinds=("deal.opened", "deal.assigned"),
            concerns=lambda event: event.actor.kind != "system" and event.data.get("source") != "import",
            tell=services.tell_of_deals,
        )
    )


def _bring_files() -> None:
    from django.conf import settings

    from afluente.deals import handlers
    from afluente.files.policies import register_kind
    from afluente.kernel import doors

    register_kind(handlers.FILES)
    doors.limit_body("/deals/add/", settings.FILE_LIMIT + doors.OF_A_FORM)


def _register_kinds() -> None:
    from afluente.deals import handlers
    from afluente.timeline.selectors import kinds

    _bring_files()
    _bring_notifications()
    _bring_people()
    _bring_finding()
    kinds.register_fields(
        {
            "lost_reason": _("Reason"),
            "stage": _("Stage"),
            "primary_contact": _("Main person"),
            "type": _("Type"),
            "company": _("Company"),
            "due": _("Due date"),
            "remind_before": _("Reminder"),
        }
    )
    kinds.register_shower("due", handlers.show_due)
    kinds.register_shower("missing", handlers.show_missing)
    kinds.register_shower("remind_before", handlers.show_reminder)
    kinds.register_kind(
        kinds.Kind(name="deal.reordered", label=_("Deal put in another place"), is_hidden=True)
    )
    for name, label, icon, template in handlers.KINDS:
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon=icon, template=f"deals/kinds/{template}.html")
        )


def _bring_finding() -> None:
    """What the search box finds here, and what it can begin."""
    from afluente.deals import policies, selectors
    from afluente.ui import finding

    _bring_actions()
    finding.register_source(
        finding.Source(
            name="deals",
            label=_("Deals"),
            icon="square-kanban",
            order=30,
            visible=policies.may_list,
            find=selectors.find_deals,
            fetch=selectors.fetch_deals,
            page="deals:deal",
            prefixes=("", finding.MARKS),
        )
    )
    finding.register_source(
        finding.Source(
            name="pipelines",
            label=_("Pipelines"),
            icon="square-kanban",
            order=60,
            visible=policies.may_list,
            find=selectors.find_pipelines,
        )
    )


def _bring_actions() -> None:
    _bring_personal()
    from afluente.deals import handlers
    from afluente.ui import finding

    finding.register_acts("contacts", handlers.deal_for_contact)
    finding.register_action(
        finding.Action(
            name="deal",
            label=_("New deal"),
            icon="plus",
            url_name="deals:new",
            order=20,
            visible=handlers.may_open_deals,
        )
    )


def _bring_personal() -> None:
    from afluente.deals.services import personal as own
    from afluente.kernel import personal

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
