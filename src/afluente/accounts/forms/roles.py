"""A role as a form: its name, and a choice for each cell of the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Action, Area, Reach, Rights
from afluente.accounts.models.rights import TO_COME, cells

if TYPE_CHECKING:
    from django.forms import BoundField


class RoleMatrix(forms.Form):
    """What a role is called and how far it reaches, area by area.

    `rights` fills the cells; areas whose slices are yet to come keep what `rights` says of them.
    """

    name = forms.CharField(
        label=_("Name of the role"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, rights: Rights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = rights
        for area, action, choices in cells():
            if area not in TO_COME:
                self.fields[_name(area, action)] = forms.ChoiceField(
                    label=f"{area.label}: {action.label}",
                    choices=[(reach.value, _word(reach, choices)) for reach in choices],
                    initial=rights.reach(area, action).value,
                )

    def rights(self) -> Rights:
        """What was chosen. Ask a valid form."""
        return Rights(
            {
                (area, action): self.kept.reach(area, action)
                if area in TO_COME
                else Reach(self.cleaned_data[_name(area, action)])
                for area, action, _choices in cells()
            }
        )

    @property
    def rows(self) -> list[tuple[Area, list[tuple[Action, BoundField | None]]]]:
        """The matrix: for each area every action, with its field where the area knows it."""
        return [
            (
                area,
                [
                    (action, self[_name(area, action)] if _name(area, action) in self.fields else None)
                    for action in Action
                ],
            )
            for area in Area
            if area not in TO_COME
        ]


def _name(area: Area, action: Action) -> str:
    return f"{area.value}-{action.value}"


def _word(reach: Reach, choices: tuple[Reach, ...]) -> Any:
    """Where there is nothing between none and all, it is a matter of yes or no."""
    if len(choices) > 2:
        return reach.label
    return _("Yes") if reach == Reach.ALL else _("No")
