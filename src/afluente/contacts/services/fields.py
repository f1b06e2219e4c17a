"""The fields of a workspace: made, named, ordered, hidden, put away and deleted (SP-096..099, SP-224)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.contacts.models import ContactWord, Field, FieldTab
from afluente.contacts.statements import values as statements
from afluente.kernel import clock, jobs, text
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

NAME = 255
MOST = 300  # fields of one kind of record
AT_ONCE = 5_000  # values that are erased in one go
ERASE_JOB = "contacts.erase_field"
CHANGEABLE = ("name", "kind", "format", "is_required", "is_on_card", "tab_id")


class FieldRefusedError(Exception):
    """A field that cannot be so; its text is a sentence, `place` the property it is about."""

    def __init__(self, sentence: str, place: str = "name") -> None:
        super().__init__(sentence)
        self.place = place


@transaction.atomic
def create_field(
    *,
    entity: str = selectors.CONTACT,
    scope_id: int | None = None,
    name: str,
    kind: str = Field.Kind.TEXT,
    format: str = "",  # noqa: A002  what people call it
    is_required: bool = False,
    is_on_card: bool = True,
    tab_id: int | None = None,
    options: Sequence[str] = (),
    by: Actor,
) -> Field:
    """Make a field, after the present ones. `scope_id` is the pipeline of a deal's field.

    Raises FieldRefusedError: no name, a name that is taken, a list without choices.
    """
    from afluente.contacts.services.options import add_options  # noqa: PLC0415  each needs the other

    field = Field(
        entity=entity,
        scope_id=scope_id,
        name=name,
        kind=kind,
        format=format,
        is_required=is_required,
        is_on_card=is_on_card,
        tab_id=tab_id,
        position=_next_position(entity, scope_id),
        created_at=clock.now(),
    )
    _check(field)
    _save(field)
    if field.has_options:
        add_options(field=field, labels=options)
    data = {"field": field.pk, "entity": entity, "name": field.name}
    timeline.record([NewEvent("field.created", by, data=data)])
    selectors.forget_fields()
    return field


@transaction.atomic
def change_field(*, field_id: int, changes: Mapping[str, Any], by: Actor) -> Field:
    """Change properties of a field (CHANGEABLE); every card shows it at once.

    Raises Field.DoesNotExist and FieldRefusedError: the kind stays once there are values, and a
    format too, unless it is taken off.
    """
    field = lock_field(field_id)
    before = {name: getattr(field, name) for name in CHANGEABLE}
    for name in CHANGEABLE:
        setattr(field, name, changes.get(name, before[name]))
    _check(field)
    told = {name: [before[name], now] for name in CHANGEABLE if (now := getattr(field, name)) != before[name]}
    _check_stored(field_id, told)
    if told:
        _save(field)
        _tell_change(field, told, by)
    return field


@transaction.atomic
def set_field_state(*, field_id: int, state: str, by: Actor) -> Field:
    """Show a field, hide it from cards and forms, or put it into the archive; its values stay."""
    field = lock_field(field_id)
    before, field.state = field.state, Field.State(state).value
    if before != field.state:
        field.save(update_fields=["state"])
        _tell_change(field, {"state": [before, field.state]}, by)
    return field


@transaction.atomic
def order_fields(
    *, entity: str = selectors.CONTACT, scope_id: int | None = None, ids: Sequence[int], by: Actor
) -> None:
    """Put the fields into this order; those that are not named stay behind them."""
    fields = list(Field.objects.of(entity, scope_id).select_for_update(of=("self",)))
    before = [field.pk for field in fields]
    place = {number: n for n, number in enumerate(ids)}
    fields.sort(key=lambda field: place.get(field.pk, len(place)))
    after = [field.pk for field in fields]
    if after == before:
        return
    for position, field in enumerate(fields):
        field.position = position
    Field.objects.bulk_update(fields, ["position"])
    data = {"entity": entity, "order": [before, after]}
    timeline.record([NewEvent("field.ordered", by, data=data)])
    selectors.forget_fields()


@transaction.atomic
def delete_field(*, field_id: int, by: Actor) -> None:
    """Delete a field and what every record has in it. There is no way back: ask first, and say where
    it is used (`selectors.uses_of`, `selectors.stored_count`). Raises Field.DoesNotExist.

    The field is gone at once for everybody; what many records had in it is erased by a job.
    """
    field = lock_field(field_id)
    data = {"field": field_id, "entity": field.entity, "name": field.name}
    field.state = Field.State.DELETED
    field.name = f"{field.pk}: {field.name}"[:NAME]  # the name is free for another one
    field.save(update_fields=["state", "name"])
    if not erase_values(field_id=field_id, limit=AT_ONCE):
        jobs.enqueue(ERASE_JOB, {"field_id": field_id}, workspace_id=current_workspace_id())
    timeline.record([NewEvent("field.deleted", by, data=data)])
    selectors.forget_fields()


@transaction.atomic
def erase_values(*, field_id: int, limit: int) -> bool:
    """Erase up to `limit` values of a deleted field, and the field with the last; whether it is gone."""
    field = Field.objects.filter(pk=field_id, state=Field.State.DELETED).first()
    if field is None:
        return True
    if statements.erase_values(field.entity, field_id, limit) == limit:
        return False
    ContactWord.objects.filter(kind=f"~{field_id}:").delete()
    field.delete()
    return True


def lock_field(field_id: int) -> Field:
    """The field, held until the transaction ends. Raises Field.DoesNotExist."""
    return Field.objects.kept().select_for_update(of=("self",)).get(pk=field_id)


def _next_position(entity: str, scope_id: int | None) -> int:
    present = list(Field.objects.of(entity, scope_id).values_list("position", flat=True))
    if len(present) >= MOST:
        raise FieldRefusedError(gettext("There are {n} fields. Delete one first.").format(n=MOST))
    return max(present, default=-1) + 1


def _check(field: Field) -> None:
    field.name = text.clean(field.name, limit=NAME)
    if not field.name:
        raise FieldRefusedError(gettext("Give the field a name."))
    if field.name.isascii() and field.name.isdigit():
        raise FieldRefusedError(gettext("A name of digits alone could be taken for a number. Add a word."))
    if field.kind not in Field.Kind.values:
        raise FieldRefusedError(gettext("Choose a type."), "kind")
    if field.kind != Field.Kind.TEXT:
        field.format = Field.Format.ANY
    if field.kind == Field.Kind.CHECKBOX and field.is_required:
        raise FieldRefusedError(
            gettext("A box that must be ticked says nothing. Leave it optional."), "is_required"
        )
    if field.tab_id is not None and not FieldTab.objects.filter(pk=field.tab_id).exists():
        raise FieldRefusedError(gettext("This heading is gone. Choose another one."), "tab")


def _check_stored(field_id: int, told: Mapping[str, list[Any]]) -> None:
    """What stored values would contradict stays as it is."""
    if "kind" not in told and not told.get("format", ["", ""])[1]:
        return
    found = Field.objects.get(pk=field_id)
    known = selectors.find_field(selectors.fields_of(found.entity, found.scope_id), field_id)
    if known is None or not selectors.has_values(known):
        return
    if "kind" in told:
        raise FieldRefusedError(
            gettext("The type stays as it is: there are values already. Make a new field instead."), "kind"
        )
    raise FieldRefusedError(
        gettext("There are values already that nobody checked. Make a new field instead."), "format"
    )


def _save(field: Field) -> None:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as error:
        raise FieldRefusedError(
            gettext("There is a field called {name} already. Pick another name.").format(name=field.name)
        ) from error


def _tell_change(field: Field, told: Mapping[str, Any], by: Actor) -> None:
    data = {"field": field.pk, "entity": field.entity, "name": field.name, **told}
    timeline.record([NewEvent("field.changed", by, data=data)])
    selectors.forget_fields()
