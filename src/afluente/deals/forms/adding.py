"""Adding a deal with everything that is known at once (SP-174 to SP-180)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from afluente.deals.forms import Amount, QuickAdd
from afluente.deals.models import DealType, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
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
