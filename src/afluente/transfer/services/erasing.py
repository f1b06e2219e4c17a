"""Access requests and erasure (P-1, P-2): through everything that slices said they keep."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import hmac
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from afluente.accounts.services import record_audit
from afluente.contacts.models import Contact
from afluente.contacts.services.personal import subject_of
from afluente.kernel import clock, jobs, personal
from afluente.kernel.workspace import current_workspace_id
from afluente.transfer.models import Erasure, Export, Import
from afluente.transfer.selectors.cells import guarded
from afluente.transfer.services import tombstones
from afluente.transfer.statements import numbers as statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.transfer.services.tombstones import Tombstone

ERASE = "transfer.erase"
AGAIN = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Part:
    """What one kind of thing holds: how many rows, and what an erasure does with them."""

    label: StrOrPromise
    count: int
    fate: StrOrPromise


def collect(contact_id: int) -> dict[str, Any]:
    """All that is kept about a person, by kind, as plain values."""
    subject = subject_of(contact_id)
    return {one.slug: list(one.collect(subject)) for one in personal.holdings()}


def preview(contact_id: int) -> list[Part]:
    """What an erasure would go through."""
    subject = subject_of(contact_id)
    return [Part(one.label, len(one.collect(subject)), one.fate) for one in personal.holdings()]


def answer_access(*, contact_id: int, member: Membership) -> bytes:
    """A ZIP with all that is kept about a person: data.json, and a CSV for each kind. Written down."""
    found = collect(contact_id)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {"contact": contact_id, **found}
        archive.writestr(_entry("data.json"), json.dumps(told, ensure_ascii=False, indent=2, default=str))
        for slug, rows in found.items():
            if rows:
                archive.writestr(_entry(f"{slug}.csv"), _table(rows))
    record_audit(kind="access.answered", by=member, subject=f"#{contact_id}")
    return body.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time of day: the same data is the same file."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _table(rows: Sequence[dict[str, Any]]) -> bytes:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(headers)
    out.writerows([guarded(_cell(row.get(name))) for name in headers] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


@transaction.atomic
def ask_erasure(*, contact_id: int, member: Membership, reason: str) -> Erasure:
    """Have a person erased by a job. The tombstone is written first: it holds hashes, no words."""
    made, _ = Erasure.objects.get_or_create(
        contact_id=contact_id,
        defaults={
            "keys": sorted({hashed(word) for word in subject_of(contact_id).words}),
            "reason": reason[:300],
            "member": member,
            "asked_at": clock.now(),
        },
    )
    jobs.enqueue(ERASE, {"erasure_id": made.pk}, key=str(made.pk), workspace_id=current_workspace_id())
    return made


@transaction.atomic
def erase(*, erasure_id: int) -> None:
    """Erase the person, everywhere, in one transaction; again is fine: that is how a restored backup is treated."""
    held = Erasure.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=erasure_id)
    subject = subject_of(held.contact_id)
    counts = {one.slug: one.erase(subject) for one in personal.holdings()}
    counts["struck"] = personal.strike(subject)
    is_first = not held.counts
    held.done_at = clock.now()
    if is_first:
        tombstones.write_down(held)
        held.counts = counts
        record_audit(kind="person.erased", by=held.member, subject=f"#{held.contact_id}", after=counts)
    held.save(update_fields=["done_at", "counts"])
    if _are_files_on_their_way():  # they go once they are whole
        due = clock.now() + AGAIN
        jobs.enqueue(ERASE, {"erasure_id": held.pk}, due_at=due, workspace_id=current_workspace_id())


def _are_files_on_their_way() -> bool:
    busy = (Export.State.WAITING, Export.State.RUNNING)
    return (
        Import.objects.filter(state__in=Import.BUSY).exists()
        or Export.objects.filter(state__in=busy).exists()
    )


def erase_again(told: Sequence[Tombstone] = ()) -> int:
    """After a backup was restored: erase whoever has a tombstone and is back. How many were.

    `told` are those of this workspace that are kept beside the database (services.tombstones): a
    backup does not know the ones that are younger than itself.
    """
    known = set(Erasure.objects.values_list("contact_id", flat=True))
    younger = [one for one in told if one.contact_id not in known]
    for one in younger:
        Erasure.objects.create(
            contact_id=one.contact_id, keys=list(one.keys), asked_at=one.asked_at, done_at=clock.now()
        )
    if younger:  # a number that was somebody's, and that the backup does not know, is given to nobody else
        statements.skip_numbers(max(one.contact_id for one in younger))
    asked = dict(Erasure.objects.values_list("contact_id", "pk"))
    there = Contact.objects.filter(pk__in=list(asked))
    named = there.exclude(first_name="", last_name="", deleted_at__isnull=False)
    back = named | there.filter(pk__in=[one.contact_id for one in younger])
    found = [asked[number] for number in back.values_list("pk", flat=True)]
    for number in found:
        erase(erasure_id=number)
    return len(found)


def hashed(word: str) -> str:
    """A word as nobody can read it who has not the key of this installation."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"afluente erasures", hashlib.sha256).digest()
    return hmac.new(key, f"{current_workspace_id()}:{word.casefold()}".encode(), hashlib.sha256).hexdigest()


def was_erased(word: str) -> bool:
    """Whether somebody with this address was erased: for lists of who must not be written to."""
    return Erasure.objects.filter(keys__contains=[hashed(word)]).exists()
