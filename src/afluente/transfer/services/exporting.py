"""Records on their way out: a job makes the file, it is written down for the record, and it expires."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from afluente.accounts.services import record_audit
from afluente.contacts import selectors as contacts
from afluente.contacts.models import CompanyContact
from afluente.files import services as files
from afluente.kernel import clock, jobs, sayings
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.transfer.models import Export
from afluente.transfer.services.export_kinds import CONTACTS, export_kind
from afluente.transfer.services.writing import CsvFile, Writer, XlsxFile, card

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors.selection import Picked
    from afluente.transfer.models import Schedule

KIND = "export"  # of the record that the file belongs to (files.policies.Kind)
EXPORT, EXPIRE = "transfer.export", "transfer.expire"
KEPT = timedelta(days=7)
BATCH = 1000
Format = Export.Format


class ExportRefusedError(Exception):
    """Nothing can be made of what was asked; its text is a sentence for people."""


@transaction.atomic
def begin_export(
    *,
    selection: Picked,
    columns: Sequence[str],
    format: str,  # noqa: A002  what people call it
    member: Membership,
    schedule: Schedule | None = None,
    about: str = CONTACTS,
) -> Export:
    """Have a file made of the records picked, as far as `member` may take them out.

    Raises ExportRefusedError without records or columns, and for a format that such records do not have.
    """
    kind = export_kind(about)
    known = kind.columns()
    chosen = [key for key in columns if key in known]
    if not selection:
        raise ExportRefusedError(gettext("Choose what to export first."))
    if format not in kind.formats:
        raise ExportRefusedError(gettext("Choose CSV or XLSX."))
    if not chosen and format != Format.VCARD:
        raise ExportRefusedError(gettext("Choose at least one column."))
    # As on the clock of whoever asks; of a plan, where the workspace is, as the hour it was given.
    now = timezone.localtime(clock.now(), contacts.home().zone if schedule else None)
    made = Export.objects.create(
        name=f"{schedule.name if schedule else kind.label} {now:%Y-%m-%d %H.%M}.{Format(format).value}",
        about=kind.slug,
        format=format,
        selection=selection.plain,
        columns=chosen,
        member=member,
        schedule=schedule,
        created_at=clock.now(),
    )
    jobs.enqueue(EXPORT, {"export_id": made.pk}, key=str(made.pk), workspace_id=current_workspace_id())
    return made


def make_export(*, workspace_id: int, export_id: int) -> None:
    """Make the file, keep it, and write down who took what out. Run again it makes it anew."""
    with scope(workspace_id):
        given = Export.objects.select_related("member__user").get(pk=export_id)
        if given.state not in {Export.State.WAITING, Export.State.RUNNING} or given.member is None:
            return
        Export.objects.filter(pk=export_id).update(state=Export.State.RUNNING, position=0)
        language = given.member.user.language
    with translation.override(language), NamedTemporaryFile() as body:
        count = _write(workspace_id, given, body.name)
        with scope(workspace_id), transaction.atomic():
            _keep(given, Path(body.name), count)


def _write(workspace_id: int, given: Export, path: str) -> int:
    """Fill the file; how many records are in it."""
    count = 0
    with Path(path).open("w+b") as body:
        writer: Writer | None = None
        for ids in _batches(workspace_id, given):
            with scope(workspace_id):
                if given.format == Format.VCARD:
                    body.write("".join(_cards(ids)).encode())
                else:
                    writer = writer or _writer(given, path, body)
                    kind = export_kind(given.about)
                    rows = kind.rows(ids=ids, keys=given.columns, member=given.member)
                    for row in rows:
                        writer.row(row)
                count += len(ids) if given.format == Format.VCARD else len(rows)
                Export.objects.filter(pk=given.pk).update(position=count)
        if given.format != Format.VCARD:
            with scope(workspace_id):
                writer = writer or _writer(given, path, body)
            writer.end()
    return count


def _writer(given: Export, path: str, body: Any) -> Writer:
    home, kind = contacts.home(), export_kind(given.about)
    known = kind.columns()
    headers = [str(known[key].label) for key in given.columns if key in known]
    if given.format == Format.XLSX:
        return XlsxFile(path, headers, zone=home.zone)
    return CsvFile(body, headers, country=home.country, zone=home.zone, is_for_programs=kind.is_for_programs)


def _batches(workspace_id: int, given: Export) -> Iterator[list[int]]:
    """Numbers of the records, of those the member may take out at this moment, the highest first."""
    kind = export_kind(given.about)
    selection, last = kind.selection.from_plain(given.selection), None
    while True:
        with scope(workspace_id):
            assert given.member is not None
            page = selection.batch(member=given.member, limit=BATCH, before_id=last)
            mine = kind.exportable(given.member).filter(pk__in=page)
            allowed = set(mine.values_list("pk", flat=True))
        if not page:
            return
        if found := [number for number in page if number in allowed]:
            yield found
        last = page[-1]


def _cards(ids: Sequence[int]) -> Iterator[str]:
    companies: dict[int, list[tuple[str, str]]] = {}
    links = CompanyContact.objects.filter(contact_id__in=ids, company__deleted_at=None).order_by("pk")
    for contact_id, name, position in links.values_list("contact_id", "company__name", "position"):
        companies.setdefault(contact_id, []).append((name, position))
    for person in contacts.api_contacts(ids):
        yield card(person, companies.get(person["id"], ()))


def _keep(given: Export, path: Path, count: int) -> None:
    held = Export.objects.select_for_update(of=("self",)).get(pk=given.pk)
    if held.state != Export.State.RUNNING or given.member is None:
        return
    held.total, held.ended_at = count, clock.now()
    if count == 0:
        held.state, held.reason = Export.State.FAILED, sayings.of(export_kind(given.about).nobody)
        held.save()
        return
    with path.open("rb") as body:
        held.file = files.keep_file(
            name=given.name,
            body=body,
            size=path.stat().st_size,
            member=given.member,
            by=files.member_by(given.member),
            kind=KIND,
            entity_id=given.pk,
        )
    held.state, held.expires_at = Export.State.READY, clock.now() + KEPT
    held.save()
    told: dict[str, Any] = {given.about: count, "format": given.format, "columns": given.columns}
    if given.schedule_id:
        told["schedule"] = given.schedule.name if given.schedule else given.schedule_id
    record_audit(kind="export.made", by=given.member, subject=given.name, after=told)
    jobs.enqueue(EXPIRE, {"export_id": held.pk}, due_at=held.expires_at, workspace_id=current_workspace_id())


@transaction.atomic
def expire_export(*, export_id: int) -> None:
    """Remove the file for good; that it was made stays."""
    held = Export.objects.select_for_update(of=("self",)).select_related("file").filter(pk=export_id).first()
    if held is None or held.state != Export.State.READY:
        return
    kept = held.file
    held.state, held.file = Export.State.GONE, None
    held.save(update_fields=["state", "file"])
    if kept is not None:
        files.purge_file(file=kept)
