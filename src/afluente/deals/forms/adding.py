"""Adding a deal with everything that is known at once (SP-174 to SP-180)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.contacts.selectors import home, typed_value, value_form
from afluente.contacts.services import ValueRefusedError, read_value
from afluente.deals.forms import Amount, QuickAdd
from afluente.deals.models import DealType, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import Held, KnownField, ValueForm
    from afluente.deals.models import Pipeline


class AddDeal(QuickAdd):
    """Besides what quick add asks: stage of any pipeline, team member, type."""

    stage: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Stage"), empty_label=None, error_messages={"invalid_choice": _("Choose a stage.")}
    )
    amount = Amount(label=_("Value"))
    assignee: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Team member"), required=False, empty_label=_("Nobody")
    )
    type: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Type"), required=False)

    def __init__(
        self,
        *args: Any,
        pipelines: Sequence[Pipeline],
        members: QuerySet[Membership],
        types: Sequence[DealType],
        known: Sequence[KnownField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, pipelines=[one.pk for one in pipelines], **kwargs)
        fields: dict[str, Any] = self.fields
        fields["name"].widget.attrs["autofocus"] = True
        fields["stage"].choices = [
            (
                one.name,
                [(stage.pk, stage.name) for stage in one.stages.all() if stage.kind == Stage.Kind.OPEN],
            )
            for one in pipelines
        ]
        fields["assignee"].queryset = members.order_by("user__name", "pk")
        fields["assignee"].label_from_instance = lambda member: member.user.name
        fields["type"].queryset = DealType.objects.filter(archived_at=None)
        fields["type"].choices = [("", _("No type")), *((one.pk, one.name) for one in types)]
        self.known = [one for one in known if one.is_active]

    @property
    def asked(self) -> list[tuple[KnownField, ValueForm, str]]:
        """The fields that can be filled at once: each with its box, and what was wrong with it."""
        return [
            (one, value_form(one, None, self._typed(one), prefix=_prefix(one)), self.faults.get(one.id, ""))
            for one in self.known
        ]

    @property
    def held(self) -> dict[int, Held | None]:
        """What a valid form says of the fields of the pipeline of its stage."""
        return self._held

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.faults: dict[int, str] = {}
        self._held: dict[int, Held | None] = {}
        stage = data.get("stage")
        own = {None, stage.pipeline_id} if stage else set()
        for one in self.known:
            if one.scope_id not in own:
                continue
            try:
                held = read_value(one, self._typed(one), home())
            except ValueRefusedError as refused:
                self.faults[one.id] = refused.advice
                continue
            if held is None and one.is_required:
                self.faults[one.id] = gettext("Fill this in first.")
            self._held[one.id] = held
        if self.faults:
            self.add_error(None, _("Look at the fields below."))
        return data

    faults: dict[int, str] = {}

    def _typed(self, one: KnownField) -> Any:
        data: Any = self.data
        return typed_value(data, one, prefix=_prefix(one)) if self.is_bound else None


def _prefix(one: KnownField) -> str:
    return f"field-{one.id}"
