"""Builders of records for tests: each makes what it needs and returns one saved row.

Everything but `workspace` and `user` must run inside `scope(workspace.pk)`; the fixture `workspace`
(tests/conftest.py) has entered it. They write rows and nothing else: no event, no wake-up. A test of
a service calls the service.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress

from afluente.accounts import statements as account_statements
from afluente.accounts.models import Membership, Reach, Role, Team, User, Workspace
from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone
from afluente.deals.models import Deal, DealContact, DealCounter, Pipeline, Stage
from afluente.intake.models import DealRule, Source
from afluente.kernel import clock, email, ids, phone
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.tasks import services as task_services
from afluente.tasks.models import Step, Task, TaskCompany, TaskContact, TaskDeal, TaskObserver

PASSWORD = "correnteza-do-rio-7"
STAGES = (
    ("New", Stage.Kind.OPEN),
    ("In progress", Stage.Kind.OPEN),
    ("Pending approval", Stage.Kind.OPEN),
    ("Won", Stage.Kind.WON),
    ("Lost", Stage.Kind.LOST),
)
_numbers = itertools.count(1)


def workspace(
    *,
    name: str = "Estúdio Maré",
    country: str = "BR",
    currency: str = "BRL",
    language: str = "en",
    timezone: str = "America/Sao_Paulo",
) -> Workspace:
    """A business without people or pipelines. Enters and leaves its scope by itself."""
    workspace_id = account_statements.next_workspace_id()
    with scope(workspace_id):
        return Workspace.objects.create(
            pk=workspace_id,
            name=name,
            country=country,
            currency=currency,
            language=language,
            timezone=timezone,
        )


def user(
    *, name: str = "Ana Souza", email: str | None = None, password: str | None = None, **fields: Any
) -> User:
    """A person. Without `password` nobody can sign in as them (and no time goes into hashing)."""
    address = email or f"person{next(_numbers)}@example.com"
    made = User.objects.create_user(email=address, name=name, password=password, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def team(*, name: str | None = None) -> Team:
    """A team of the present workspace."""
    return Team.objects.create(name=name or f"Team {next(_numbers)}")


def member(
    *,
    user: User | None = None,
    name: str = "Ana Souza",
    role: Role | str = Role.MEMBER,
    reach: Reach | str = Reach.ALL,
    team: Team | None = None,
    is_active: bool = True,
) -> Membership:
    """A person in the present workspace; `reach` is for contacts and deals alike."""
    person = user or _user(name=name)
    made = Membership.objects.create(
        user=person, role=role, team=team, contacts_reach=reach, deals_reach=reach, is_active=is_active
    )
    return Membership.objects.select_related("user", "workspace", "team").get(pk=made.pk)


_user = user  # `member` has a parameter of that name


def pipeline(*, name: str = "Sales", position: int | None = None, currency: str = "BRL") -> Pipeline:
    """A pipeline with the five stages every workspace starts with."""
    place = Pipeline.objects.count() if position is None else position
    made = Pipeline.objects.create(name=name, currency=currency, position=place)
    for order, (label, kind) in enumerate(STAGES):
        Stage.objects.create(pipeline=made, name=label, kind=kind, position=order)
    return made


def stage(*, pipeline: Pipeline, name: str | None = None, position: int | None = None) -> Stage:
    """An open stage, by default after the last open one."""
    opened = pipeline.stages.filter(kind=Stage.Kind.OPEN)
    place = position
    if place is None:
        place = opened.count()
        for closed in pipeline.stages.exclude(kind=Stage.Kind.OPEN):
            closed.position += 1
            closed.save(update_fields=["position"])
    return Stage.objects.create(pipeline=pipeline, name=name or f"Stage {next(_numbers)}", position=place)


def stage_of(pipeline: Pipeline, name: str = "New") -> Stage:
    """The stage of `pipeline` called `name`."""
    return pipeline.stages.get(name=name)


def contact(
    *,
    name: str = "Camila Albuquerque",
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
    messengers: tuple[tuple[str, str], ...] = (),
    assignee: Membership | None = None,
    source: str = "manual",
    **fields: Any,
) -> Contact:
    """A contact; the first address of each kind is the primary one. `messengers` are (kind, value)."""
    first, _, last = name.partition(" ")
    moment = fields.pop("created_at", None) or clock.now()
    fields.setdefault("updated_at", moment)
    made = Contact.objects.create(
        first_name=first, last_name=last, assignee=assignee, source=source, created_at=moment, **fields
    )
    for order, text in enumerate(emails):
        ContactEmail.objects.create(
            contact=made, email=text, key=email.match_key(text) or "", is_primary=order == 0
        )
    for order, text in enumerate(phones):
        ContactPhone.objects.create(
            contact=made, raw=text, e164=phone.parse(text, "BR") or "", is_primary=order == 0
        )
    for order, (kind, text) in enumerate(messengers):
        ContactMessenger.objects.create(contact=made, kind=kind, value=text, is_primary=order == 0)
    return made


def deal(
    *,
    name: str = "Kitchen in oak",
    stage: Stage | None = None,
    contacts: tuple[Contact, ...] = (),
    amount: Decimal | int = 0,
    assignee: Membership | None = None,
    source: str = "manual",
    **fields: Any,
) -> Deal:
    """A deal on top of its column; in the first stage of the first pipeline unless told otherwise."""
    target = stage or _first_stage()
    number = _next_deal_number()
    moment = fields.pop("created_at", None) or clock.now()
    if target.kind != Stage.Kind.OPEN:
        fields.setdefault("closed_at", moment)
    fields.setdefault("updated_at", moment)
    fields.setdefault("currency", target.pipeline.currency)
    made = Deal.objects.create(
        number=number,
        name=name,
        amount=amount,
        pipeline=target.pipeline,
        stage=target,
        stage_entered_at=moment,
        position=Decimal(number),
        assignee=assignee,
        source=source,
        created_at=moment,
        **fields,
    )
    for order, person in enumerate(contacts):
        DealContact.objects.create(deal=made, contact=person, is_primary=order == 0)
    return made


def task(
    *,
    title: str = "Send the proposal",
    step: str = "new",
    assignee: Membership | None = None,
    contacts: tuple[Contact, ...] = (),
    deals: tuple[Deal, ...] = (),
    companies: tuple[Any, ...] = (),
    observers: tuple[Membership, ...] = (),
    **fields: Any,
) -> Task:
    """A task on the step of that kind of the default board."""
    place = Step.objects.filter(board=task_services.default_board(), kind=step).order_by("position")[0]
    moment = fields.pop("created_at", None) or clock.now()
    fields.setdefault("done_at", moment if step == "done" else None)
    made = Task.objects.create(
        title=title,
        board_id=place.board_id,
        step=place,
        assignee=assignee,
        created_at=moment,
        updated_at=moment,
        **fields,
    )
    for one in contacts:
        TaskContact.objects.create(task=made, contact=one)
    for one in deals:
        TaskDeal.objects.create(task=made, deal=one)
    for one in companies:
        TaskCompany.objects.create(task=made, company=one)
    for one in observers:
        TaskObserver.objects.create(task=made, member=one)
    return made


def _first_stage() -> Stage:
    first = Pipeline.objects.present().order_by("position", "pk").first() or pipeline()
    return first.stages.select_related("pipeline").order_by("position").first()


def _next_deal_number() -> int:
    counter, _ = DealCounter.objects.get_or_create(workspace_id=current_workspace_id())
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number


def rule(*, name: str | None = None, stage: Stage | None = None, **fields: Any) -> DealRule:
    """A deal rule; without `stage` it falls to the first stage of the first pipeline."""
    if stage is not None:
        fields |= {"stage": stage, "pipeline": stage.pipeline, "had_target": True}
    return DealRule.objects.create(name=name or f"Rule {next(_numbers)}", **fields)


def source(
    *,
    kind: Source.Kind | str = Source.Kind.API,
    name: str | None = None,
    rule: DealRule | None = None,
    **fields: Any,
) -> Source:
    """A door that is open."""
    fields.setdefault("public_id", ids.new_public_id(current_workspace_id()))
    return Source.objects.create(kind=kind, name=name or f"Source {next(_numbers)}", rule=rule, **fields)
