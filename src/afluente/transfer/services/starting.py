"""An import until it starts: the file kept, how it is read, what its columns mean."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from afluente.accounts.models import Workspace
from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.files import services as files
from afluente.kernel import clock, jobs, text
from afluente.kernel.sayings import gettext, joined
from afluente.kernel.workspace import current_workspace_id
from afluente.transfer.models import Import, Remembered
from afluente.transfer.selectors import layouts, preview, reading, targets
from afluente.transfer.selectors.tables import VCARD, Shape, UnreadableError
from afluente.transfer.services import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor
    from afluente.transfer.services.kinds import ImportKind

KIND = "import"  # of the record that the file belongs to (files.policies.Kind)
LOOK, CHECK = "transfer.look", "transfer.check"
AT_ONCE = 2_000_000  # bytes that are looked at while somebody waits


class ImportRefusedError(Exception):
    """An import cannot go on like this; its text is a sentence for people, `field` what was said wrong."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


class ImportMovedError(Exception):
    """The import is in another state by now: the page shows an old one."""


@transaction.atomic
def begin_import(
    *, name: str, body: IO[bytes], size: int, member: Membership, about: str = kinds.CONTACTS
) -> Import:
    """Keep the file and look at it: at once when it is small, else by a job.

    Raises files.FileRefusedError. A file that cannot be read makes an import that says why.
    """
    called = files.clean_name(name)
    if size == 0:
        raise files.FileRefusedError(
            gettext("{file} is empty. Save it again with its rows in it.").format(file=called), "empty"
        )
    given = Import.objects.create(
        name=called, member=member, created_at=clock.now(), state=Import.State.DRAFT, about=about
    )
    given.file = files.keep_file(
        name=called,
        body=body,
        size=size,
        member=member,
        by=files.member_by(member),
        kind=KIND,
        entity_id=given.pk,
    )
    if size > AT_ONCE:
        given.state = Import.State.READING
        look_later(given)
    given.save(update_fields=["file", "state"])
    if size <= AT_ONCE:
        look_at(given)
    return given


def look_later(given: Import) -> None:
    """Have the beginning of its file read by a job."""
    jobs.enqueue(LOOK, {"import_id": given.pk}, key=str(given.pk), workspace_id=current_workspace_id())


def look_at(given: Import, shape: Shape | None = None) -> None:
    """Find out how the file is read and what its columns most likely mean; the import says so, or why not."""
    country = Workspace.objects.values_list("country", flat=True).get(pk=current_workspace_id())
    if given.file is None:
        raise ImportRefusedError(gettext("The file is no longer kept. Send it again."))
    try:
        with reading.local_copy(given.file) as path:
            found = reading.look(path, country=country, shape=shape)
    except UnreadableError as refused:
        given.state, given.reason = Import.State.FAILED, joined(": ", [given.name, str(refused)])
        given.save(update_fields=["state", "reason"])
        return
    is_same = given.headers == found.headers
    given.shape, given.headers, given.sample = found.shape.as_json(), found.headers, found.sample
    given.state, given.reason, given.fixes = Import.State.DRAFT, "", {}
    if not is_same:
        _guess_columns(given)
    given.save()


def _guess_columns(given: Import) -> None:
    """As the last time with such a file, else as the system's export it is, else by names and contents."""
    kind = kinds.kind_of(given)
    layout = kind.recognise(given.headers)
    given.layout = layout.slug if layout else ""
    if _recall(given):
        return
    given.mapping = _guessed(given, kind)
    if layout is not None:
        whole = layouts.mapped(layout, given.headers)
        given.mapping = [
            code or ("" if own and not own.startswith(targets.FIELD) else own)
            for code, own in zip(whole, given.mapping, strict=True)
        ]
        given.mapping = [
            "" if code and not kind.is_many(code) and code in given.mapping[:place] else code
            for place, code in enumerate(given.mapping)
        ]
    if given.match not in kind.matches:
        given.match = kind.usual_match(given.mapping)


def _guessed(given: Import, kind: ImportKind) -> list[str]:
    """What the columns mean by their names. Those of cards are called in the language of whoever brings them,
    as their own fields are: a birthday comes into «Aniversário».
    """
    found = kind.guess(given.headers, given.sample)
    if given.shape.get("kind") != VCARD or given.member is None:
        return found
    with translation.override(given.member.user.language):
        said = kind.guess(preview.labels(given), given.sample)
    return [code or ("" if other in found else other) for code, other in zip(found, said, strict=True)]


def _recall(given: Import) -> bool:
    """What the columns meant the last time. A file of errors has two columns more at its end."""
    for more in (0, 2):
        headers = given.headers[: len(given.headers) - more]
        found = Remembered.objects.filter(signature=_signature(given, headers)).first()
        if found is not None:
            known = {one.code for one in kinds.kind_of(given).targets(may_make_fields=False)}
            given.mapping = [code if code in known else "" for code in found.mapping] + [""] * more
            given.match, given.policy = found.match, found.policy
            return True
    return False


@transaction.atomic
def read_again(*, import_id: int, changes: Mapping[str, Any]) -> Import:
    """Read the file in another way: `changes` of Shape. Raises ImportMovedError."""
    given = _held(import_id, (*Import.UNSTARTED, Import.State.FAILED))
    shape = Shape.read({**given.shape, **changes})
    look_at(given, shape)
    return given


@transaction.atomic
def set_columns(
    *,
    import_id: int,
    mapping: Sequence[str],
    match: str,
    policy: str,
    tags: Sequence[str],
    assignee_id: int | None,
    may_make_fields: bool,
    by: Actor,
    options: Mapping[str, Any] | None = None,
) -> Import:
    """Say what the columns mean, make the fields that are to be new, and have every row checked.

    `options` are what the kind asks besides. Raises ImportMovedError, ImportRefusedError, contacts' FieldRefusedError and TagRefusedError.
    """
    given = _held(import_id, Import.UNSTARTED)
    codes = _checked(given, mapping, match, may_make_fields=may_make_fields)
    said = dict(given.options if options is None else options)
    if lacking := kinds.kind_of(given).unproven(codes, said):
        raise ImportRefusedError(lacking, "consent_basis")
    given.mapping = [
        _made_field(given, place, code, by) if code.startswith(targets.NEW) else code
        for place, code in enumerate(codes)
    ]
    given.tags = [tag.pk for tag in contact_services.ensure_tags(names=tags, by=by)] if tags else []
    given.match, given.policy, given.assignee_id = match, policy, assignee_id
    given.options = said
    given.fixes = {}
    _remember(given)
    _check_again(given)
    return given


def _checked(given: Import, mapping: Sequence[str], match: str, *, may_make_fields: bool) -> list[str]:
    kind = kinds.kind_of(given)
    known = {one.code: one.label for one in kind.targets(may_make_fields=may_make_fields)}
    codes = [code if code in known else "" for code in mapping][: len(given.headers)]
    codes += [""] * (len(given.headers) - len(codes))
    if said := kind.lacking(codes):
        raise ImportRefusedError(said, "columns")
    for code in codes:
        if code and not kind.is_many(code) and codes.count(code) > 1:
            said = gettext("Only one column can be {what}.").format(what=known[code])
            raise ImportRefusedError(said, "columns")
    needed = kind.needs.get(match)
    if match not in kind.matches or (needed and needed not in codes):
        raise ImportRefusedError(
            gettext("What is known is to be found by a column that is left out. Choose it, or another rule."),
            "match",
        )
    return codes


def _made_field(given: Import, place: int, code: str, by: Actor) -> str:
    """A field for a column, with the choices that the first rows hold; one of this name is taken as it is."""
    kind, name = code.removeprefix(targets.NEW), preview.labels(given)[place]
    of = kinds.kind_of(given)
    known = contacts.find_field(of.fields(), name)
    if known is not None and not known.is_archived:
        return f"{targets.FIELD}{known.id}"
    options = []
    if kind in {"select", "multiselect"}:
        cells = [row[place] for row in given.sample if place < len(row)]
        parts = [part for cell in cells for part in (cell.split(";") if kind == "multiselect" else [cell])]
        options = list(
            {text.norm(part): text.clean(part, limit=255) for part in parts if part.strip()}.values()
        )
    made = of.make_field(name=name, kind=kind, options=options, by=by)
    return f"{targets.FIELD}{made}"


def _signature(given: Import, headers: Sequence[str]) -> str:
    """Columns called the same mean something else in a file about something else."""
    return targets.signature(headers if given.about == kinds.CONTACTS else [given.about, "", *headers])


def _remember(given: Import) -> None:
    Remembered.objects.update_or_create(
        signature=_signature(given, given.headers),
        defaults={
            "mapping": given.mapping,
            "match": given.match,
            "policy": given.policy,
            "used_at": clock.now(),
        },
    )


@transaction.atomic
def fix_values(*, import_id: int, fixes: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Import:
    """Say what stands for values that nobody can use, by column and value; every row is checked again."""
    given = _held(import_id, Import.UNSTARTED)
    merged = {column: dict(values) for column, values in given.fixes.items()}
    for column, values in fixes.items():
        merged.setdefault(column, {}).update(values)
    given.fixes = {
        column: {raw: fix for raw, fix in values.items() if fix.get("act") in {"to", "clear", "skip"}}
        for column, values in merged.items()
    }
    _check_again(given)
    return given


def _check_again(given: Import) -> None:
    given.state, given.report, given.position = Import.State.CHECKING, {}, 0
    given.moved_at = clock.now()
    given.save()
    jobs.enqueue(CHECK, {"import_id": given.pk}, key=str(given.pk), workspace_id=current_workspace_id())


def _held(import_id: int, states: Sequence[str]) -> Import:
    given = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
    if given.state not in states:
        raise ImportMovedError
    return given


def held_import(import_id: int, *states: str) -> Import:
    """The import, held until the transaction ends. Raises ImportMovedError unless it is in one of `states`."""
    return _held(import_id, states)
