"""Wiring of tasks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "afluente.tasks"
    label = "tasks"

    def ready(self) -> None:
        # ruff: noqa: PLC0415  models are ready only now
        from afluente.contacts.events import TagMerged
        from afluente.contacts.policies import Link, register_link
        from afluente.contacts.selectors import register_columns
        from afluente.contacts.selectors.lists import register_list
        from afluente.kernel import bus, slots
        from afluente.tasks import handlers, policies, selectors
        from afluente.tasks.selectors.filtering import TASKS
        from afluente.timeline.policies import Record, register_record

        _bring_pages()
        register_link(
            Link(
                slug="tasks",
                contacts_of=selectors.contacts_of_own_tasks,
                people_of=selectors.people_linked_to,
            )
        )
        register_record(Record(kind="task", visible=policies.visible_to, subjects=handlers.record_subjects))
        register_list(TASKS)
        register_columns(TASKS.entity, selectors.task_columns)
        slots.register_slot("contact.tabs", handlers.contact_tabs)
        slots.register_slot("contact.strip", handlers.contact_strip)
        slots.register_slot("deal.tabs", handlers.deal_tabs)
        slots.register_slot("deal.strip", handlers.deal_strip)
        slots.register_slot("company.tabs", handlers.company_tabs)
        slots.register_slot("member.work", handlers.member_work)
        slots.register_slot("tag.uses", handlers.tag_uses)
        bus.subscribe(TagMerged, handlers.move_tags)
        _bring_contacts()
        _bring_fields()
        _bring_bulk()
        _bring_history()
        _bring_notifications()


def _bring_pages() -> None:
    from afluente.tasks import policies, selectors
    from afluente.ui import navigation

    navigation.register_nav(
        navigation.NavEntry(
            label=_("Tasks"),
            url_name="tasks:list",
            icon="list-checks",
            order=20,
            visible=policies.may_list,
            badge=selectors.due_count,
            key="t",
            counted_on="task.*",
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("CRM"),
            label=_("Task boards"),
            url_name="tasks:boards",
            icon="list-checks",
            order=22,
            visible=policies.may_configure,
        )
    )
    navigation.register_settings_page(
        navigation.SettingsPage(
            group=_("You"),
            label=_("My calendar"),
            url_name="tasks:calendar_address",
            icon="calendar",
            order=92,
            visible=policies.may_list,
        )
    )


def _bring_contacts() -> None:
    """What lists, filters, merges the search box and filters of deals know of tasks."""
    from afluente.contacts.selectors import register_column
    from afluente.contacts.selectors.criteria import register_criterion
    from afluente.contacts.services import Carrier, register_carrier
    from afluente.deals.selectors import criteria as deals
    from afluente.deals.selectors import register_next
    from afluente.deals.services import Carrier as DealCarrier
    from afluente.deals.services import register_carrier as register_deal_carrier
    from afluente.tasks import selectors
    from afluente.tasks.selectors.coming import next_of_deals
    from afluente.tasks.selectors.criteria import CRITERIA, OF_DEALS

    for criterion in CRITERIA:
        register_criterion(criterion)
    deals.register_criterion(OF_DEALS)
    register_next(next_of_deals)
    register_deal_carrier(
        DealCarrier(
            slug="tasks.deals",
            table="tasks_taskdeal",
            label=_("Tasks"),
            same="o.task_id = r.task_id",
            order=20,
        )
    )
    register_column(
        key="tasks", label=_("Open tasks"), load=selectors.open_task_counts, look="number", order=31
    )
    register_carrier(
        Carrier(
            slug="tasks.contacts",
            table="tasks_taskcontact",
            label=_("Tasks"),
            same="o.task_id = r.task_id",
            order=26,
        )
    )
    _bring_finding()


def _bring_bulk() -> None:
    """Many tasks are changed as many contacts are."""
    from afluente.contacts.services import bulk as engine
    from afluente.tasks import jobs  # noqa: F401  registers the jobs
    from afluente.tasks.services import bulk

    engine.register_subject(bulk.SUBJECT)


def _bring_fields() -> None:
    """Tasks have fields: those of their board, and those that every board has."""
    from afluente.contacts.models import register_values
    from afluente.contacts.selectors import FieldSubject, register_field_subject
    from afluente.tasks import selectors
    from afluente.tasks.models import TaskValue

    register_values("task", TaskValue)
    register_field_subject(
        FieldSubject(
            entity="task",
            label=_("Tasks"),
            hint=_("What you note about every task, or about those of one board. Drag to reorder."),
            scope_label=_("Boards"),
            every_label=_("Every board"),
            scopes=selectors.field_scopes,
            order=40,
        )
    )


def _bring_history() -> None:
    from afluente.tasks import handlers, selectors
    from afluente.timeline.selectors import kinds

    kinds.register_group("task", _("Tasks"))
    kinds.register_named("task", selectors.named)
    kinds.register_fields(
        {
            "title": _("Title"),
            "description": _("Description"),
            "priority": _("Priority"),
            "assignee": _("Assignee"),
            "observers": _("Observers"),
            "start_at": _("Start"),
            "due_at": _("Deadline"),
            "kind": _("Kind"),
            "place": _("Place"),
            "phone": _("Phone"),
            "repeat": _("Repeats"),
            "remind_before": _("Reminder"),
            "step": _("Status"),
        }
    )
    for field, shower in (
        ("due_at", handlers.moment),
        ("start_at", handlers.moment),
        ("priority", handlers.priority),
        ("remind_before", handlers.show_reminder),
        ("repeat", handlers.show_rule),
    ):
        kinds.register_shower(field, shower)
    _bring_kinds()


def _bring_kinds() -> None:
    from afluente.timeline.selectors import kinds

    for name, label, icon in (
        ("task.created", _("Task added"), "list-checks"),
        ("task.completed", _("Task done"), "check"),
        ("task.reopened", _("Task reopened"), "rotate-ccw"),
        ("task.moved", _("Task moved"), "arrow-right"),
        ("task.linked", _("Task linked"), "link"),
        ("task.unlinked", _("Task unlinked"), "unlink"),
        ("task.items_changed", _("Checklist changed"), "list-checks"),
        ("task.hung", _("Task put below another one"), "corner-down-right"),
        ("task.deleted", _("Task deleted"), "trash-2"),
        ("task.restored", _("Task brought back"), "rotate-ccw"),
    ):
        kinds.register_kind(
            kinds.Kind(name=name, label=label, icon=icon, template="tasks/kinds/said.html", group="task")
        )
    kinds.register_kind(
        kinds.Kind(name="task.reordered", label=_("Task put in another place"), is_hidden=True)
    )
    kinds.register_kind(
        kinds.Kind(
            name="task.changed",
            label=_("Task changed"),
            icon="pencil",
            template="tasks/kinds/changed.html",
            group="task",
        )
    )


def _bring_notifications() -> None:
    from afluente.files.policies import register_kind
    from afluente.tasks import handlers, services
    from afluente.timeline import events
    from afluente.timeline.policies import register_followers
    from afluente.timeline.selectors import notices

    notices.register_notification(
        notices.NotificationKind(
            name=services.ASSIGNED,
            label=_("Somebody gives you a task"),
            sentence=_("{actor} gave you the task {record}"),
            sentence_alone=_("The new task {record} is yours"),
            icon="list-checks",
            order=30,
        )
    )
    for kind in (handlers.DUE, *handlers.NEWS):
        notices.register_notification(kind)
    for name, tell in ((services.DUE, services.tell_due), (services.OVERDUE, services.tell_overdue)):
        events.register_reminder(events.ReminderKind(name=name, record_kind="task", tell=tell))
    register_followers("task", services.followers_of_tasks)
    events.register_watch(
        events.Watch(
            name="tasks.news",
            kinds=("task.completed", "task.changed"),
            concerns=services.is_news,
            tell=services.tell_of_tasks,
        )
    )
    register_kind(handlers.FILES)


def _bring_finding() -> None:
    """What the search box finds here, what it can begin; and what is kept about people."""
    _bring_personal()
    from afluente.tasks import policies
    from afluente.tasks.selectors import finding as found
    from afluente.ui import finding

    finding.register_source(
        finding.Source(
            name="tasks",
            label=_("Tasks"),
            icon="list-checks",
            order=40,
            visible=policies.may_list,
            find=found.find_tasks,
            fetch=found.fetch_tasks,
            page="tasks:task",
        )
    )
    finding.register_action(
        finding.Action(
            name="task",
            label=_("New task"),
            icon="list-plus",
            url_name="tasks:new",
            order=25,
            visible=policies.may_create,
        )
    )


def _bring_personal() -> None:
    from afluente.kernel import personal
    from afluente.tasks.services import personal as own

    personal.register_holding(own.HOLDING)
    personal.declare_free(own.FREE)
