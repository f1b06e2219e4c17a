"""What transfer brings to pages and stores that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.files import policies as files
from afluente.kernel import slots
from afluente.timeline.events import Subject
from afluente.transfer import policies, selectors, services
from afluente.transfer.models import ExternalId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact
    from afluente.files.events import FileAttached


def contact_acts(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """The person's own data: take it out, or erase it."""
    if not policies.may_erase(member):
        return []
    context = {"url": reverse("transfer:erasure", args=[contact.pk])}
    return [slots.Part(template="transfer/_data_link.html", context=context, order=4)]  # before the main act


def contact_of_number(value: str, body: Mapping[str, Any]) -> int | None:
    """Whom a call means that names a contact by its number in another system; `system` tells systems apart."""
    found = ExternalId.objects.filter(value=value)
    if body.get("system"):
        found = found.filter(system=str(body["system"]))
    numbers = set(found.values_list("contact_id", flat=True)[:2])
    return numbers.pop() if len(numbers) == 1 else None


def contact_about(*, member: Membership, contact: Contact) -> list[slots.Part]:
    """The numbers that a contact has in other systems."""
    context = selectors.externals_context(member=member, contact_id=contact.pk)
    return [slots.Part(template="transfer/_externals.html", context=context, order=80)]


def bulk_acts(*, member: Membership) -> list[slots.Part]:
    """Export whom somebody picked in the list."""
    if not policies.EXPORTERS["contacts"](member):
        return []
    context = {"url": reverse("transfer:export_new"), "about": "contacts"}
    return [slots.Part(template="transfer/_bulk_export.html", context=context, order=60)]


def list_menu(*, member: Membership, query: str) -> list[slots.Part]:
    """Bring contacts in, and take out those of the list as it is filtered."""
    parts = []
    if services.CONTACTS in {kind.slug for kind in services.kinds_for(member)}:
        context = {"url": reverse("transfer:imports"), "label": _("Import"), "sign": "upload"}
        parts.append(slots.Part(template="transfer/_menu_item.html", context=context, order=10))
    if policies.EXPORTERS["contacts"](member):
        url = f"{reverse('transfer:export_new')}?{urlencode({'all': '1', 'query': query})}"
        context = {"url": url, "label": _("Export"), "sign": "download"}
        parts.append(slots.Part(template="transfer/_menu_item.html", context=context, order=20))
    return parts


def deals_bulk(*, member: Membership) -> list[slots.Part]:
    """Export the deals somebody picked."""
    return _bulk(member, "deals")


def deals_menu(*, member: Membership, query: str) -> list[slots.Part]:
    """Bring deals in, and take out those of the list as it is filtered."""
    return _menu(member, "deals", query)


def tasks_bulk(*, member: Membership) -> list[slots.Part]:
    """Export the tasks somebody picked."""
    return _bulk(member, "tasks")


def tasks_menu(*, member: Membership, query: str) -> list[slots.Part]:
    """Bring tasks in, and take out those of the list as it is filtered."""
    return _menu(member, "tasks", query)


def products_menu(*, member: Membership, query: str) -> list[slots.Part]:
    """Bring products in, and take out those of the catalogue as it is filtered."""
    return _menu(member, "products", query)


def documents_menu(*, member: Membership, query: str) -> list[slots.Part]:
    """Take out the quotes and invoices of the list as it is filtered."""
    return _menu(member, "documents", query)


def _bulk(member: Membership, about: str) -> list[slots.Part]:
    if not policies.EXPORTERS[about](member):
        return []
    context = {"url": reverse("transfer:export_new"), "about": about}
    return [slots.Part(template="transfer/_bulk_export.html", context=context, order=60)]


def _menu(member: Membership, about: str, query: str) -> list[slots.Part]:
    parts = []
    if about in {kind.slug for kind in services.kinds_for(member)}:
        url = f"{reverse('transfer:imports')}?{urlencode({'about': about})}"
        context = {"url": url, "label": _("Import"), "sign": "upload"}
        parts.append(slots.Part(template="transfer/_menu_item.html", context=context, order=10))
    if policies.EXPORTERS[about](member):
        url = f"{reverse('transfer:export_new')}?{urlencode({'about': about, 'all': '1', 'query': query})}"
        context = {"url": url, "label": _("Export"), "sign": "download"}
        parts.append(slots.Part(template="transfer/_menu_item.html", context=context, order=20))
    return parts


def take_file(fact: FileAttached) -> None:
    """A file that came in parts is whole."""
    if fact.kind == services.KIND:
        services.take_file(import_id=fact.entity_id, file_id=fact.file_id)


def import_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Imports that files belong to, as far as `member` sees them."""
    found = policies.imports_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: files.Subject(one.name, reverse("transfer:import", args=[one.pk])) for one in found}


IMPORT_FILES = files.Kind(
    name=services.KIND,
    label=_("Import"),
    folder=_("Imports"),
    removal=_("Remove from this import"),
    visible_to=policies.imports_visible_to,
    editable_by=policies.imports_changeable_by,
    subjects=import_subjects,
)


def export_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Exports that files belong to, as far as `member` sees them."""
    found = policies.exports_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: files.Subject(one.name, reverse("transfer:exports")) for one in found}


def schedule_subjects(member: Membership, ids: Iterable[int]) -> dict[int, Subject]:
    """Automatic exports that somebody is told about, as far as `member` sees them."""
    found = policies.schedules_visible_to(member).filter(pk__in=list(ids))
    return {one.pk: Subject(one.name, reverse("transfer:schedule", args=[one.pk])) for one in found}


EXPORT_FILES = files.Kind(
    name=services.EXPORT_KIND,
    label=_("Export"),
    folder=_("Exports"),
    removal=_("Remove from this export"),
    visible_to=policies.exports_visible_to,
    editable_by=policies.exports_visible_to,
    subjects=export_subjects,
)
