"""What kinds of records files can hold. Each says what there is to choose and what a row holds; the job, the
record of who took what, and the end of the file are the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.models import Contact, SavedFilter
from afluente.contacts.selectors.columns import all_columns, batch_of
from afluente.contacts.selectors.listing import Filter
from afluente.contacts.selectors.listing import problems as filter_problems
from afluente.contacts.selectors.selection import Selection
from afluente.deals import policies as deal_policies
from afluente.deals import selectors as deals
from afluente.deals.selectors.filtering import BoardFilter
from afluente.deals.selectors.picking import DealSelection
from afluente.sales import policies as sale_policies
from afluente.sales.selectors import exporting as sales
from afluente.tasks import policies as task_policies
from afluente.tasks import selectors as tasks
from afluente.tasks.selectors.picking import TaskSelection
from afluente.transfer.models import Export
from afluente.transfer.selectors.usual import (
    USUAL,
    USUAL_DEALS,
    USUAL_DOCUMENTS,
    USUAL_PRODUCTS,
    USUAL_TASKS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Column
    from afluente.contacts.selectors.selection import Picked

CONTACTS = "contacts"


@dataclass(frozen=True, kw_only=True)
class ExportKind:
    """One kind. `columns` are those of its list by key, `exportable` what a member may take out as a queryset,
    `rows` what columns of some records hold. `nobody` is said when a file would be empty, `everybody` of one without
    a filter. Of kept filters (`entity`), `planned` makes the query of a selection (of None: without one) and
    `problems` says why it cannot be asked any more. `note`: what must be known before. `is_for_programs`: its CSV
    is parted by commas and has no mark, whatever spreadsheets of the region want.
    """

    slug: str
    label: StrOrPromise
    nobody: StrOrPromise
    everybody: StrOrPromise
    entity: str
    selection: type[Picked]
    usual: Sequence[str]
    may: Callable[[Membership], bool]
    exportable: Callable[[Membership], Any]
    columns: Callable[[], dict[str, Column]]
    rows: Callable[..., Sequence[Sequence[Any]]]
    formats: Sequence[str]
    list_url: str
    planned: Callable[[str | None], str]
    problems: Callable[[Membership, str], list[str]]
    note: StrOrPromise = ""
    is_for_programs: bool = False


def _contact_rows(*, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:
    known = all_columns()
    columns = [known[key] for key in keys if key in known]
    found = list(Contact.objects.filter(pk__in=ids).select_related("assignee__user").order_by("-pk"))
    batch = batch_of(found, columns=columns, member=member)
    return [[column.plain(batch, one) for column in columns] for one in batch.contacts]


def contact_problems(member: Membership, query: str) -> list[str]:
    """Why a kept filter of contacts cannot be asked any more."""
    return filter_problems(member=member, wanted=Filter.read(QueryDict(query)))


def _deal_problems(member: Membership, query: str) -> list[str]:
    return BoardFilter.read(QueryDict(query)).problems(member)


def _task_problems(member: Membership, query: str) -> list[str]:
    return tasks.TaskFilter.read(QueryDict(query)).problems(member)


def _no_problems(_member: Membership, _query: str) -> list[str]:
    """Lists whose filters cannot break: what they do not know is no filter."""
    return []


def _planned_deals(query: str | None) -> str:
    """Without a filter all deals, closed ones too; a filter finds what its list shows."""
    if query is None:
        return "state=all"
    said = QueryDict(query, mutable=True)
    if (status := said.get("status", "")) in {"won", "lost"}:
        said["state"] = status
    return said.urlencode()


def _planned_tasks(query: str | None) -> str:
    """Done ones too, with a filter or without: a kept filter of tasks does not say which of the two it means."""
    said = QueryDict(query or "", mutable=True)
    said.setdefault("state", "all")
    return said.urlencode()


_KINDS: dict[str, ExportKind] = {}


def register_export(kind: ExportKind) -> None:
    """Let records of this kind be taken out."""
    _KINDS[kind.slug] = kind


def export_kind(slug: str) -> ExportKind:
    """The kind of that name; contacts for any other."""
    return _KINDS.get(slug) or _KINDS[CONTACTS]


def exports_for(member: Membership) -> list[ExportKind]:
    """What `member` may take out."""
    return [kind for kind in _KINDS.values() if kind.may(member)]


register_export(
    ExportKind(
        slug=CONTACTS,
        label=_("Contacts"),
        nobody=_("There is nobody to export."),
        everybody=_("Everybody"),
        entity=SavedFilter.Entity.CONTACT,
        selection=Selection,
        usual=USUAL,
        may=contact_policies.may_export,
        exportable=contact_policies.exportable_by,
        columns=all_columns,
        rows=_contact_rows,
        formats=Export.Format.values,
        list_url="contacts:list",
        planned=lambda query: query or "",
        problems=contact_problems,
    )
)
register_export(
    ExportKind(
        slug="deals",
        label=_("Deals"),
        nobody=_("There is no deal to export."),
        everybody=_("All deals, won and lost ones too"),
        entity=SavedFilter.Entity.DEAL,
        selection=DealSelection,
        usual=USUAL_DEALS,
        may=deal_policies.may_export,
        exportable=deal_policies.exportable_by,
        columns=deals.deal_columns,
        rows=deals.export_rows,
        formats=(Export.Format.CSV, Export.Format.XLSX),
        list_url="deals:board",
        planned=_planned_deals,
        problems=_deal_problems,
    )
)
register_export(
    ExportKind(
        slug="tasks",
        label=_("Tasks"),
        nobody=_("There is no task to export."),
        everybody=_("All tasks, done ones too"),
        entity=SavedFilter.Entity.TASK,
        selection=TaskSelection,
        usual=USUAL_TASKS,
        may=task_policies.may_export,
        exportable=task_policies.exportable_by,
        columns=tasks.task_columns,
        rows=tasks.export_rows,
        formats=(Export.Format.CSV, Export.Format.XLSX),
        list_url="tasks:table",
        planned=_planned_tasks,
        problems=_task_problems,
    )
)
register_export(
    ExportKind(
        slug="products",
        label=_("Products"),
        nobody=_("There is no product to export."),
        everybody=_("All products, archived ones too"),
        entity="product",
        selection=sales.ProductSelection,
        usual=USUAL_PRODUCTS,
        may=sale_policies.may_export,
        exportable=sale_policies.products_exportable_by,
        columns=sales.product_columns,
        rows=sales.product_rows,
        formats=(Export.Format.CSV, Export.Format.XLSX),
        list_url="sales:products",
        planned=lambda query: "state=all" if query is None else query,
        problems=_no_problems,
    )
)
register_export(
    ExportKind(
        slug="documents",
        label=_("Quotes and invoices"),
        nobody=_("There is no quote or invoice to export."),
        everybody=_("All quotes and invoices"),
        entity="document",
        selection=sales.DocumentSelection,
        usual=USUAL_DOCUMENTS,
        may=sale_policies.may_export_documents,
        exportable=sale_policies.documents_exportable_by,
        columns=sales.document_columns,
        rows=sales.document_rows,
        formats=(Export.Format.CSV, Export.Format.XLSX),
        list_url="sales:documents",
        planned=lambda query: query or "",
        problems=_no_problems,
    )
)
