"""The choices of lists, and the headings under which fields stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.contacts.models import Field, FieldOption, FieldTab
from afluente.contacts.services.fields import FieldRefusedError, lock_field
from afluente.kernel import text
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

LABEL, TAB = 255, 64
MOST = 500  # choices of one list


@dataclass(frozen=True, kw_only=True)
class OptionDraft:
    """A line of the editor of choices; no `id` means a new one."""

    label: str
    id: int | None = None
    color: int | None = None
    is_archived: bool = False


def add_options(*, field: Field, labels: Sequence[str]) -> None:
    """The choices of a new list. Raises FieldRefusedError when there are none."""
    drafts = [OptionDraft(label=label) for label in labels]
    _write(field, _checked(drafts), {})


@transaction.atomic
def save_options(*, field_id: int, drafts: Sequence[OptionDraft], by: Actor) -> list[str]:
    """Make the choices of a list what `drafts` say, in that order.

    A choice that is not among them is deleted, unless some record has it: then it is put into the
    archive, stays on those records and is not offered any more. Returns the words of those. Raises
    FieldRefusedError.
    """
    field = lock_field(field_id)
    if not field.has_options:
        raise FieldRefusedError(gettext("Only lists have choices."), "options")
    present = {option.pk: option for option in FieldOption.objects.filter(field=field)}
    before = [option.label for option in present.values()]
    kept = [draft for draft in _checked(drafts) if draft.id is None or draft.id in present]
    gone = [pk for pk in present if pk not in {draft.id for draft in kept}]
    used = _used(field, gone)
    FieldOption.objects.filter(pk__in=set(gone) - set(used)).delete()
    left = [
        OptionDraft(id=pk, label=present[pk].label, color=present[pk].color, is_archived=True) for pk in used
    ]
    _write(field, [*kept, *left], present)
    data = {"field": field.pk, "entity": field.entity, "name": field.name}
    data["options"] = [before, [draft.label for draft in kept]]
    timeline.record([NewEvent("field.options_changed", by, data=data)])
    selectors.forget_fields()
    return [draft.label for draft in left]


def _checked(drafts: Sequence[OptionDraft]) -> list[OptionDraft]:
    found: dict[str, OptionDraft] = {}
    for draft in drafts:
        label = text.clean(draft.label, limit=LABEL)
        if not label:
            continue
        if label.lower() in found:
            raise FieldRefusedError(
                gettext("The choice {label} is there twice. Name each one once.").format(label=label),
                "options",
            )
        found[label.lower()] = OptionDraft(
            id=draft.id, label=label, color=draft.color, is_archived=draft.is_archived
        )
    if not any(not draft.is_archived for draft in found.values()):
        raise FieldRefusedError(gettext("Give the list at least one choice."), "options")
    if len(found) > MOST:
        raise FieldRefusedError(gettext("A list holds {n} choices.").format(n=MOST), "options")
    return list(found.values())


def _used(field: Field, option_ids: Sequence[int]) -> list[int]:
    known = selectors.find_field(selectors.fields_of(field.entity, field.scope_id), field.pk)
    counts = selectors.option_counts(known) if known and option_ids else {}
    return [pk for pk in option_ids if counts.get(pk)]


def _write(field: Field, drafts: Sequence[OptionDraft], present: dict[int, FieldOption]) -> None:
    # Words may be swapped between choices, so that they would collide on the way: set aside first.
    for draft in drafts:
        if draft.id is not None and present[draft.id].label != draft.label:
            FieldOption.objects.filter(pk=draft.id).update(label=f"\x1f{draft.id}")
    for position, draft in enumerate(drafts):
        values = {
            "label": draft.label,
            "color": draft.color,
            "position": position,
            "is_archived": draft.is_archived,
        }
        try:
            with transaction.atomic():
                if draft.id is None:
                    FieldOption.objects.create(field=field, **values)
                else:
                    FieldOption.objects.filter(pk=draft.id).update(**values)
        except IntegrityError as error:
            sentence = gettext("The choice {label} is there already, maybe put away.")
            raise FieldRefusedError(sentence.format(label=draft.label), "options") from error


@transaction.atomic
def save_tab(*, tab_id: int | None, name: str, by: Actor) -> FieldTab:
    """Make a heading, or give one another name. Raises FieldTab.DoesNotExist and FieldRefusedError."""
    wanted = text.clean(name, limit=TAB)
    if not wanted:
        raise FieldRefusedError(gettext("Give the heading a name."), "tab")
    tab = (
        FieldTab(position=FieldTab.objects.count())
        if tab_id is None
        else FieldTab.objects.select_for_update().get(pk=tab_id)
    )
    before, tab.name = tab.name, wanted
    try:
        with transaction.atomic():
            tab.save()
    except IntegrityError as error:
        sentence = gettext("There is a heading called {name} already. Pick another name.")
        raise FieldRefusedError(sentence.format(name=wanted), "tab") from error
    _tell_tabs(tab, before, wanted, by)
    return tab


@transaction.atomic
def order_tabs(*, ids: Sequence[int], by: Actor) -> None:
    """Put the headings into this order; those that are not named stay behind them."""
    tabs = list(FieldTab.objects.select_for_update().order_by("position", "pk"))
    before = [tab.pk for tab in tabs]
    place = {number: n for n, number in enumerate(ids)}
    tabs.sort(key=lambda tab: place.get(tab.pk, len(place)))
    after = [tab.pk for tab in tabs]
    if after == before:
        return
    for position, tab in enumerate(tabs):
        tab.position = position
    FieldTab.objects.bulk_update(tabs, ["position"])
    timeline.record([NewEvent("field.tabs_changed", by, data={"order": [before, after]})])
    selectors.forget_fields()


@transaction.atomic
def delete_tab(*, tab_id: int, by: Actor) -> None:
    """Delete a heading; its fields stand under General. Raises FieldTab.DoesNotExist."""
    tab = FieldTab.objects.select_for_update().get(pk=tab_id)
    Field.objects.filter(tab=tab).update(tab=None)
    _tell_tabs(tab, tab.name, "", by)
    tab.delete()


def _tell_tabs(tab: FieldTab, before: str, after: str, by: Actor) -> None:
    data = {"tab": tab.pk, "name": [before, after]}
    timeline.record([NewEvent("field.tabs_changed", by, data=data)])
    selectors.forget_fields()
