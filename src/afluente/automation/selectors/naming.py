"""What stages, people, fields and tags are called: numbers in rules, words on screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Membership
from afluente.automation.engine.records import Kind
from afluente.automation.selectors.records import DEAL, catalogue
from afluente.contacts.models import EVERY, Tag
from afluente.contacts.selectors import fields_of
from afluente.deals.models import DealType, Stage
from afluente.delivery.models import Audience, Channel, Template
from afluente.intake.models import Source
from afluente.ui.channels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

LABELS: dict[str, StrOrPromise] = {
    "name": _("Name"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "pipeline": _("Pipeline"),
    "stage": _("Stage"),
    "assignee": _("Responsible"),
    "type": _("Type"),
    "company": _("Company"),
    "source": _("Source"),
    "lost_reason": _("Reason"),
    "due": _("Due date"),
    "created": _("Created"),
    "entered": _("Entered the stage"),
    "closed": _("Closed"),
}
ROLES: dict[str, StrOrPromise] = {
    "responsible": _("Whoever is responsible"),
    "supervisor": _("Their supervisor"),
    "admins": _("The administrators"),
}


GONE = _("something that is gone")


@dataclass(frozen=True)
class Names:
    """Words for numbers. `options` are the choices of fields, by field; `pipelines` of each stage."""

    kinds: Mapping[str, Kind]
    fields: Mapping[str, StrOrPromise]
    stages: Mapping[int, str] = field(default_factory=dict)
    pipelines: Mapping[int, str] = field(default_factory=dict)
    members: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[int, str] = field(default_factory=dict)
    doors: Mapping[int, str] = field(default_factory=dict)  # forms and addresses through which leads come
    letters: Mapping[int, str] = field(default_factory=dict)  # templates of e-mails
    texts: Mapping[int, str] = field(default_factory=dict)  # templates of SMS
    audiences: Mapping[int, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[tuple[str, StrOrPromise]]] = field(default_factory=dict)

    def stage(self, number: object) -> str:
        """A stage; one that is gone is said to be."""
        return self.stages.get(number, "") if isinstance(number, int) else ""

    def value(self, name: str, said: str) -> str:
        """A value of a choice in words; any other as it is."""
        return str(dict(self.options.get(name, ())).get(said, said))

    def letter(self, params: Mapping[str, Any]) -> str:
        """Which e-mail, and which of its links; '' for any."""
        named = str(self.letters.get(params["template"], GONE)) if params.get("template") else ""
        return ", ".join(filter(None, (named, str(params.get("link") or ""))))

    def dates(self) -> list[tuple[str, StrOrPromise]]:
        """The dates that a rule may count from."""
        return [(name, self.fields[name]) for name, kind in self.kinds.items() if kind in DATES]


DATES = {Kind.MOMENT, Kind.DAY}


def names_now() -> Names:
    """Everything that rules may name: eight short queries, however many rules there are."""
    known = catalogue()
    own = fields_of(DEAL, EVERY)
    rows = list(
        Stage.objects.lasting()
        .filter(pipeline__archived_at=None)
        .order_by("pipeline__position", "pipeline_id", "position", "pk")
        .values_list("pk", "name", "pipeline_id", "pipeline__name")
    )
    members = dict(Membership.objects.active().order_by("user__name", "pk").values_list("pk", "user__name"))
    templates = list(Template.objects.values_list("pk", "name", "channel"))
    pipelines = {number: name for _pk, _name, number, name in rows}
    options: dict[str, Sequence[tuple[str, StrOrPromise]]] = {
        "pipeline": [(str(pk), name) for pk, name in pipelines.items()],
        "stage": [(str(pk), f"{pipeline}: {name}") for pk, name, _number, pipeline in rows],
        "assignee": [(str(pk), name) for pk, name in members.items()],
        "type": [
            (str(pk), name) for pk, name in DealType.objects.order_by("position").values_list("pk", "name")
        ],
        "source": [(slug, one.label) for slug, one in CHANNELS.items()],
    }
    options |= {f"field-{one.id}": [(str(each.id), each.label) for each in one.options] for one in own}
    return Names(
        kinds=known,
        fields=LABELS | {f"field-{one.id}": one.name for one in own},
        stages={pk: name for pk, name, *_rest in rows},
        pipelines={pk: name for pk, _name, _number, name in rows},
        members=members,
        tags=dict(Tag.objects.order_by("name").values_list("pk", "name")),
        doors=dict(Source.objects.present().values_list("pk", "name")),
        letters={pk: name for pk, name, channel in templates if channel == Channel.EMAIL},
        texts={pk: name for pk, name, channel in templates if channel == Channel.SMS},
        audiences=dict(Audience.objects.values_list("pk", "name")),
        options=options,
    )
