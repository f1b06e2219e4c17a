"""Audiences of ad networks as files: a kind of export of contacts for each network (issue 5, ADR 0209)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies as contact_policies
from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors import Column
from afluente.contacts.selectors.selection import Selection
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.delivery.models import Purpose
from afluente.transfer.models import Export
from afluente.transfer.services.export_kinds import ExportKind, contact_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet


@dataclass(frozen=True)
class Form:
    """How the file of a network calls its two columns."""

    network: outbox.Network
    label: StrOrPromise
    email: str
    phone: str

    def columns(self) -> dict[str, Column]:
        """Its columns by key; a cell is read of the hashes of one person."""
        heads = {"email": self.email, "phone": self.phone}
        return {
            key: Column(key=key, label=head, read=_cell(key), plain=_cell(key)) for key, head in heads.items()
        }

    def rows(self, *, ids: Sequence[int], keys: Sequence[str], member: Membership) -> list[list[Any]]:  # noqa: ARG002  as the other kinds
        """A row for each of these contacts who has one of the wanted addresses."""
        known = self.columns()
        wanted = [known[key] for key in keys if key in known]
        found = outbox.audience_hashes(self.network, sorted(ids, reverse=True))
        rows = [[column.plain(one, None) for column in wanted] for one in found.values()]
        return [row for row in rows if any(row)]


def _cell(key: str) -> Callable[[outbox.Hashes, Any], str]:
    return lambda person, _contact: str(getattr(person, key))


def _exportable(member: Membership) -> ContactQuerySet:
    return delivery.agreeing(contact_policies.exportable_by(member), Purpose.ADS)


FORMS = (
    Form(outbox.META, _("Audience for Meta"), "email", "phone"),
    Form(outbox.GOOGLE, _("Audience for Google"), "Email", "Phone"),
)
KINDS = [
    ExportKind(
        slug=f"audience-{form.network.slug}",
        label=form.label,
        nobody=_("Nobody of them agreed to ad audiences and has an address that is not passed over."),
        everybody=_("Everybody who agreed to ad audiences"),
        entity=SavedFilter.Entity.CONTACT,
        selection=Selection,
        usual=("email", "phone"),
        may=contact_policies.may_export,
        exportable=_exportable,
        columns=form.columns,
        rows=form.rows,
        formats=(Export.Format.CSV,),
        list_url="contacts:list",
        planned=lambda query: query or "",
        problems=contact_problems,
        note=_(
            "Only who agreed to ad audiences (tab Consent of a contact) is in the file, by hashes (SHA-256) of an e-mail and a phone as this network wants them. Nothing else of them is."
        ),
        is_for_programs=True,
    )
    for form in FORMS
]
