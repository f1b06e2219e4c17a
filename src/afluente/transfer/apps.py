"""Wiring of imports and exports."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OF_A_FORM = 65_536  # bytes that a form adds to a file: names, boundaries, the token


class TransferConfig(AppConfig):
    name = "afluente.transfer"
    label = "transfer"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  when every app is loaded
        from django.conf import settings

        from afluente.automation.services import register_finder
        from afluente.contacts.selectors.criteria import register_criterion
        from afluente.deals.selectors import criteria as deals
        from afluente.files import policies as files
        from afluente.files.events import FileAttached
        from afluente.kernel import bus, doors, slots
        from afluente.tasks.selectors import questions as tasks
        from afluente.transfer import handlers, jobs  # noqa: F401  registers the jobs
        from afluente.transfer.selectors.criteria import IMPORT, IMPORT_OF_DEALS, IMPORT_OF_TASKS

        for prefix in ("/imports/", "/api/v1/imports"):
            doors.limit_body(prefix, settings.FILE_LIMIT + OF_A_FORM)
        doors.limit_body("/api/v1/imports/uploads/", settings.FILE_LIMIT, is_resumable=True)
        bus.subscribe(FileAttached, handlers.take_file)
        files.register_kind(handlers.IMPORT_FILES)
        files.register_kind(handlers.EXPORT_FILES)
        register_criterion(IMPORT)
        register_finder("external_id", handlers.contact_of_number)
        deals.register_criterion(IMPORT_OF_DEALS)
        tasks.register_criterion(IMPORT_OF_TASKS)
        slots.register_slot("contact.about", handlers.contact_about)
        slots.register_slot("contact.acts", handlers.contact_acts)
        slots.register_slot("contacts.bulk", handlers.bulk_acts)
        slots.register_slot("contacts.menu", handlers.list_menu)
        slots.register_slot("deals.bulk", handlers.deals_bulk)
        slots.register_slot("deals.menu", handlers.deals_menu)
        slots.register_slot("tasks.bulk", handlers.tasks_bulk)
        slots.register_slot("tasks.menu", handlers.tasks_menu)
        slots.register_slot("products.menu", handlers.products_menu)
        slots.register_slot("documents.menu", handlers.documents_menu)
        _bring_kinds()
        _bring_words()
        _bring_pages()
        _bring_personal()
        _bring_notices()
        _bring_merging()


def _bring_kinds() -> None:
    from afluente.transfer.services import (
        audiences,
        of_contacts,
        of_deals,
        of_products,
        of_tasks,
        register_export,
        register_kind,
    )

    for way in audiences.KINDS:
        register_export(way)
    for kind in (of_contacts.KIND, of_deals.KIND, of_tasks.KIND, of_products.KIND):
        register_kind(kind)


def _bring_words() -> None:
    from afluente.timeline.selectors import kinds

    kinds.register_fields({"external:": _("Number in {name}")})


def _bring_pages() -> None:
    from afluente.transfer import policies
    from afluente.ui import navigation

    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("Contacts"),
            label=_("Import"),
            url_name="transfer:imports",
            icon="upload",
            order=38,
            visible=policies.may_import,
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("Contacts"),
            label=_("Export"),
            url_name="transfer:exports",
            icon="download",
            order=39,
            visible=policies.may_export,
        )
    )


def _bring_notices() -> None:
    from afluente.timeline.policies import Record, register_record
    from afluente.timeline.selectors import notices
    from afluente.transfer import handlers, policies, services

    register_record(
        Record(kind="schedule", visible=policies.schedules_visible_to, subjects=handlers.schedule_subjects)
    )
    notices.register_notification(
        notices.NotificationKind(
            name=services.STOPPED,
            label=_("An automatic export stops"),
            sentence=_("The automatic export {record} has stopped"),
            order=60,
        )
    )


def _bring_personal() -> None:
    from afluente.accounts.selectors.audit import register_audit_kinds, register_audit_words
    from afluente.contacts.selectors.columns import OWN
    from afluente.kernel import personal
    from afluente.transfer.models import Export, Schedule
    from afluente.transfer.services import personal as own

    register_audit_kinds(
        {
            "access.answered": _("Access request answered"),
            "person.erased": _("Person erased"),
            "export.scheduled": _("Automatic export set up"),
            "export.unscheduled": _("Automatic export stopped"),
        }
    )
    register_audit_words(
        {
            "capture": _("Webhooks"),
            "columns": _("Columns"),
            "every": _("How often"),
            "files": _("Files"),
            "filter": pgettext_lazy("kept", "Filter"),
            "format": _("Format"),
            "schedule": _("Automatic export"),
            "intake": _("Incoming"),
            "reason": _("Reason"),
            "struck": _("Struck out in what others wrote"),
            "tasks": _("Tasks"),
            "timeline": _("History"),
            "transfer": _("Imports and exports"),
            **{key: column.label for key, column in OWN.items()},
            **{f"every={every.value}": every.label for every in Schedule.Every},
            **{f"format={form.value}": form.label for form in Export.Format},
        }
    )
    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)


def _bring_merging() -> None:
    """Numbers of other systems go along when contacts become one, so that the next import knows them."""
    from afluente.contacts import services as contacts
    from afluente.deals import services as deals

    contacts.register_carrier(
        contacts.Carrier(
            slug="transfer.external",
            table="transfer_externalid",
            label=_("Numbers in other systems"),
            order=46,
        )
    )
    deals.register_carrier(
        deals.Carrier(
            slug="transfer.external",
            table="transfer_externalrecord",
            label=_("Numbers in other systems"),
            column="record_id",
            where=(("about", "deal"),),
            order=46,
        )
    )
    deals.declare_staying(
        {("transfer_importrow", "record_id"): "What a row did to which deal; undoing passes over who left."}
    )
    contacts.declare_staying(
        {
            ("transfer_importrow", "contact_id"): "What a row did to whom; undoing names the survivor.",
            ("transfer_importrow", "record_id"): "No contact: a deal or a task.",
            ("transfer_externalrecord", "record_id"): "No contact: a deal or a task.",
            ("transfer_erasure", "contact_id"): "Tombstones of people who are gone.",
        }
    )
