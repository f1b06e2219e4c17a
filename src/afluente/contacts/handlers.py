"""What contacts bring to pages that ask by slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies, selectors
from afluente.files import policies as files
from afluente.kernel import slots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Company


def company_fields(*, member: Membership, company: Company) -> list[slots.Part]:
    """The fields of a company on its page."""
    context = {
        "groups": selectors.card_groups(selectors.COMPANY, company.pk),
        "company_id": company.pk,
        "may_edit": policies.companies_editable_by(member).filter(pk=company.pk).exists(),
    }
    return [slots.Part(template="contacts/_company_values.html", context=context)]


def file_subjects(member: Membership, ids: Iterable[int]) -> dict[int, files.Subject]:
    """Contacts that files are attached to, as far as `member` sees them."""
    found = policies.visible_to(member).filter(pk__in=list(ids))
    return {
        one.pk: files.Subject(one.name or f"#{one.pk}", reverse("contacts:contact", args=[one.pk]))
        for one in found
    }


FILES = files.Kind(
    name="contact",
    label=_("Contact"),
    folder=_("Contacts"),
    removal=_("Remove from this contact"),
    visible_to=policies.visible_to,
    editable_by=policies.editable_by,
    subjects=file_subjects,
)
