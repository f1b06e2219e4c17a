"""What contacts, deals and tasks can be filtered by because of imports: those that one import brought or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors.asking import Answer, Asker, BrokenError
from afluente.contacts.selectors.criteria import CHOICE, Criterion
from afluente.transfer import policies
from afluente.transfer.models import ImportRow

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

OFFERED = 100  # the newest ones
CAME = (ImportRow.Outcome.CREATED, ImportRow.Outcome.UPDATED)


def _ask(asker: Asker) -> Answer:
    ids = asker.ids
    if policies.imports_visible_to(asker.member).filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This import is no longer here."))
    rows = ImportRow.objects.filter(contact_id=OuterRef("pk"), batch_id__in=ids, outcome__in=CAME)
    found = Answer(Q(Exists(rows)))
    return ~found if asker.op == "is_not" else found


def _imports_of_deals(member: Membership) -> list[tuple[str, Any]]:
    return _imports(member, about="deals")


def _imports(member: Membership, **asked: str) -> list[tuple[str, Any]]:
    found = policies.imports_visible_to(member).filter(**asked).order_by("-pk")
    rows = found.values_list("pk", "name", "created_at")[:OFFERED]
    return [(str(pk), f"{name} · {moment:%Y-%m-%d}") for pk, name, moment in rows]


IMPORT = Criterion(
    slug="import", label=_("Import"), ops=CHOICE, ask=_ask, control="choices", choices=_imports, order=60
)


def _ask_of_deals(asker: Asker) -> Answer:
    ids = asker.ids
    if policies.imports_visible_to(asker.member).filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This import is no longer here."))
    found = Answer(Q(source="import", source_ref__in=ids))
    return ~found if asker.op == "is_not" else found


IMPORT_OF_DEALS = Criterion(
    slug="import",
    label=_("Import"),
    ops=CHOICE,
    ask=_ask_of_deals,
    control="choices",
    choices=_imports_of_deals,
    order=60,
)


def _imports_of_tasks(member: Membership) -> list[tuple[str, Any]]:
    return _imports(member, about="tasks")


def _ask_of_tasks(asker: Asker) -> Answer:
    ids = asker.ids
    if policies.imports_visible_to(asker.member).filter(pk__in=ids).count() < len(set(ids)):
        raise BrokenError(gettext("This import is no longer here."))
    rows = ImportRow.objects.filter(batch_id__in=ids, outcome=ImportRow.Outcome.CREATED, record_id__gt=0)
    found = Answer(Q(pk__in=rows.values("record_id")))
    return ~found if asker.op == "is_not" else found


IMPORT_OF_TASKS = Criterion(
    slug="import",
    label=_("Import"),
    ops=CHOICE,
    ask=_ask_of_tasks,
    control="choices",
    choices=_imports_of_tasks,
    order=60,
)
