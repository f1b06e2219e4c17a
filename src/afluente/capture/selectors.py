"""Forms and webhooks as their pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse

from afluente.capture.models import Form, LastBody
from afluente.capture.services.fields import Field, fields_of
from afluente.intake import policies as intake_policies
from afluente.intake.models import RawEvent, Source
from afluente.kernel import clock, ids
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership

DAYS = 30


@dataclass(frozen=True)
class Traffic:
    """How much came through a door in the last DAYS days, and when something last did."""

    count: int = 0
    last_at: dt.datetime | None = None


@dataclass(frozen=True)
class PublicForm:
    """A form as the world sees it. `brand` is the business that asks."""

    workspace_id: int
    public_id: str
    brand: str
    title: str
    intro: str
    button: str
    language: str
    thanks: str
    redirect_url: str
    fields: list[Field]
    is_on: bool

    @property
    def path(self) -> str:
        return f"/f/{self.public_id}"


def traffic_of(source_ids: Iterable[int]) -> dict[int, Traffic]:
    """The traffic of each door, in one query."""
    since = clock.now() - dt.timedelta(days=DAYS)
    rows = (
        RawEvent.objects.filter(source_id__in=list(source_ids), received_at__gte=since)
        .values_list("source_id")
        .annotate(count=Count("pk"), last=Max("received_at"))
    )
    return {source_id: Traffic(count, last) for source_id, count, last in rows}


@dataclass(frozen=True)
class SourceRow:
    """A door in the list of all doors; `url` is where it is changed."""

    source: Source
    traffic: Traffic
    failed: int
    url: str


def source_rows(*, member: Membership) -> list[SourceRow]:
    """Every present door, in a constant number of queries."""
    found = list(intake_policies.sources_of(member).order_by("kind", "name", "pk"))
    ids_ = [source.pk for source in found]
    traffic = traffic_of(ids_)
    failed = dict(
        RawEvent.objects.filter(state=RawEvent.State.DEAD, source_id__in=ids_)
        .exclude(error="spam")
        .values_list("source_id")
        .annotate(n=Count("pk"))
    )
    forms = dict(Form.objects.filter(source_id__in=ids_).values_list("source_id", "pk"))
    return [
        SourceRow(source, traffic.get(source.pk, Traffic()), failed.get(source.pk, 0), _url_of(source, forms))
        for source in found
    ]


def _url_of(source: Source, forms: dict[int, int]) -> str:
    if source.kind == Source.Kind.FORM:
        return reverse("capture:form", args=[forms[source.pk]]) if source.pk in forms else ""
    return reverse(
        "capture:hook" if source.kind == Source.Kind.WEBHOOK else "capture:source", args=[source.pk]
    )


def public_form(public_id: str) -> PublicForm | None:
    """The form behind a public name, also a switched-off one. Runs outside every scope."""
    workspace_id = ids.workspace_of(public_id)
    if workspace_id is None:
        return None
    with scope(workspace_id):
        form = (
            Form.objects.select_related("source", "workspace")
            .filter(source__public_id=public_id, source__deleted_at=None)
            .first()
        )
        return None if form is None else as_public(form)


def as_public(form: Form) -> PublicForm:
    """The form as the world sees it."""
    return PublicForm(
        workspace_id=form.workspace_id,
        public_id=form.source.public_id,
        brand=form.workspace.name,
        title=form.title,
        intro=form.intro,
        button=form.button,
        language=form.language,
        thanks=form.thanks,
        redirect_url=form.redirect_url,
        fields=fields_of(form.fields),
        is_on=form.source.is_on,
    )


def form_address(form: Form) -> str:
    """The whole address of a form's page."""
    return f"{settings.BASE_URL}/f/{form.source.public_id}"


@dataclass(frozen=True)
class Heard:
    """A body that a webhook received, and when."""

    body: bytes
    content_type: str
    received_at: dt.datetime
    is_refused: bool


def last_heard(source: Source) -> Heard | None:
    """What a webhook heard last: kept, or refused because its signature did not fit."""
    kept = RawEvent.objects.filter(source=source).order_by("-pk").first()
    refused = LastBody.objects.filter(source=source).first()
    if refused is not None and (kept is None or refused.received_at > kept.received_at):
        return Heard(bytes(refused.body), refused.content_type, refused.received_at, is_refused=True)
    if kept is None:
        return None
    return Heard(bytes(kept.body), kept.content_type, kept.received_at, is_refused=False)
