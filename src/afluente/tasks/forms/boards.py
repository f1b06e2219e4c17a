"""Forms of the settings of boards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.tasks.forms.tasks import Line, Members
from afluente.tasks.models import Step, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.tasks.models import Board

HUES = 24
MOST = 50  # steps of a board


class BoardProperties(forms.Form):
    """Name, colour and default assignee of a board."""

    name = Line(label=_("Name"), max_length=100, error_messages={"required": _("A board needs a name.")})
    color = forms.IntegerField(
        label=_("Colour"), required=False, min_value=0, max_value=HUES - 1, widget=forms.HiddenInput
    )
    default_assignee = Members(
        None,
        label=_("Default assignee"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Gets the tasks that are made here without naming anybody."),
    )

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_assignee"].queryset = members.order_by("user__name", "pk")  # type: ignore[attr-defined]

    @property
    def hues(self) -> range:
        return range(HUES)

    @property
    def chosen_hue(self) -> int:
        value = str(self["color"].value() or 0)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 3 else 0

    def clean_color(self) -> int:
        return self.cleaned_data["color"] or 0


class StepLine(forms.Form):
    """One line of the step editor; without `id` it is a new step."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = Line(label=_("Step name"), max_length=100, error_messages={"required": _("A step needs a name.")})
    kind = forms.ChoiceField(label=_("Means"), choices=Step.Kind.choices)
    color = forms.TypedChoiceField(
        label=_("Colour"),
        choices=[("", _("By its place")), *((str(step), str(step)) for step in range(1, 7))],
        coerce=int,
        empty_value=None,
        required=False,
    )


class BaseStepLines(forms.BaseFormSet):  # type: ignore[type-arg]
    """The step editor: names differ within a board, whatever their case."""

    def clean(self) -> None:
        seen: set[str] = set()
        for line in self.forms:
            name = getattr(line, "cleaned_data", {}).get("name", "").casefold()
            if name and name in seen:
                line.add_error("name", _("Another step has this name already."))
            seen.add(name)


StepLines = forms.formset_factory(
    StepLine, formset=BaseStepLines, extra=0, max_num=MOST, validate_max=True, absolute_max=MOST
)


class StepDeletion(forms.Form):
    """Where tasks go before their step, or their whole board, is deleted."""

    to: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("Move the tasks to"),
        empty_label=None,
        error_messages={"required": _("Choose where the tasks go.")},
    )

    def __init__(self, *args: Any, board: Board, step: Step | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Step.objects.filter(board__archived_at=None)
        others = others.exclude(pk=step.pk) if step else others.exclude(board=board)
        first = others.order_by("-board__is_default", "board__position", "board_id", "position", "pk")
        held = Task.objects.filter(step=step) if step else Task.objects.filter(board=board)
        field = self.fields["to"]
        field.required = held.exists()
        field.queryset = first.select_related("board")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.board.name}: {one.name}"  # type: ignore[attr-defined]
