"""Two workspaces with one of everything in each; every text of the victim's carries a canary."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.test import Client

from afluente.accounts import services as accounts
from afluente.accounts.models import STANDARD, Action, Area, Membership, Reach, Rights, Role, Scope, User
from afluente.accounts.requests import SESSION_KEY
from afluente.capture import services as capture
from afluente.contacts import services as contacts
from afluente.contacts.models import ContactEmail, FieldOption
from afluente.contacts.selectors import Selection
from afluente.contacts.services import saving
from afluente.contacts.services.bulk import bulk_change
from afluente.contacts.services.bulk_kinds import Change
from afluente.deals import services as deals
from afluente.deals.models import DealType, Pipeline
from afluente.deals.selectors.picking import DealSelection
from afluente.files import services as files
from afluente.intake import services as intake
from afluente.intake.models import RawEvent, Source
from afluente.kernel import box
from afluente.kernel.workspace import scope
from afluente.proof import doubles, posting, selling
from afluente.proof.ruling import of_automation
from afluente.proof.tasks import of_tasks
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification
from afluente.transfer import services as transfer

TABLES = """
SELECT c.relname FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity ORDER BY 1
"""
# Far from every other number on a page, so that it can be told from them.
APART = "SELECT max(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)"
DIGEST = "SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY id), '')) FROM \"{table}\" t"
SCOPES = [scope.value for scope in Scope]


@dataclass(frozen=True)
class World:
    """A workspace: its ids by kind, its people, its token, and the word all its texts carry."""

    canary: str
    ids: dict[str, Any]
    owner: Membership
    admin: Membership
    manager: Membership
    member: Membership
    custom: Membership  # in a role of the workspace's own that opens next to nothing
    token: str

    def digest(self) -> dict[str, Any]:
        """What every table of the workspace holds."""
        with scope(self.owner.workspace_id), connection.cursor() as cursor:
            cursor.execute(TABLES)
            found = {}
            for (table,) in cursor.fetchall():
                cursor.execute(DIGEST.format(table=table))  # names from the catalogue
                found[table] = cursor.fetchone()
            return found


def build(name: str, canary: str) -> World:
    """A workspace with one of everything. Call it outside every scope."""
    owner = accounts.set_up(
        name=f"Olga {canary}",
        email=f"{name}@probe.example",
        password="correnteza-do-rio-7",  # noqa: S106  of a scratch workspace
        workspace_name=f"{name} {canary}",
        country="BR",
        language="en",
        is_first_run=False,
    )
    with scope(owner.workspace_id):
        people = {role: _hire(name, role, canary) for role in (Role.ADMIN, Role.MANAGER, Role.MEMBER)}
        member = people[Role.MEMBER]
        custom = _hire_into_own_role(name, canary, owner)
        ids, token = _fill(owner, canary)
        session = UserSession.objects.create(user=owner.user, ip="127.0.0.1", session_key=canary)
        by = Actor("member", owner.pk, canary)
        ids |= doubles.fill(owner, canary, by) | selling.fill(canary, by, ids["deal"])
        ids |= posting.fill(canary, owner, deal_id=ids["deal"], contact_id=ids["contact"])
        ids |= {"workspace": owner.workspace_id, "member": member.pk, "session": session.pk}
    ids |= _arrive(owner.workspace_id, ids.pop("hook_address"), canary)
    return World(canary, ids, owner, people[Role.ADMIN], people[Role.MANAGER], member, custom, token)


def _hire(name: str, role: str, canary: str) -> Membership:
    """Somebody of each role; a plain member sees only their own."""
    email = f"{name}-{role}@probe.example"
    person = User.objects.create_user(email=email, name=f"Milo {canary}", password=None)
    reach = Reach.OWN if role == Role.MEMBER else Reach.ALL
    return Membership.objects.create(user=person, role=role, contacts_reach=reach, deals_reach=reach)


def _hire_into_own_role(name: str, canary: str, owner: Membership) -> Membership:
    """Somebody who may open linked contacts and do nothing else."""
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.LINKED})
    role = accounts.create_role(name=f"{canary} least", rights=rights, by=owner)
    person = User.objects.create_user(email=f"{name}-least@probe.example", name=canary, password=None)
    return Membership.objects.create(user=person, role=Role.CUSTOM, custom_role=role)


def set_apart(distance: int = 50_000) -> None:
    """Let the next rows of every table have high numbers that look like nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        for number, table in enumerate([*tables, "accounts_workspace", "usersessions_usersession"]):
            cursor.execute(APART, [table, distance + 137 * number])


def _fill(owner: Membership, canary: str) -> tuple[dict[str, Any], str]:
    by = Actor("member", owner.pk, canary)
    pipeline = Pipeline.objects.order_by("position")[0]
    Pipeline.objects.filter(pk=pipeline.pk).update(name=canary)
    stage = pipeline.stages.order_by("position")[0]
    team = accounts.create_team(name=canary)
    role = accounts.create_role(name=canary, rights=STANDARD[Role.EDITOR], by=owner)
    invitation, _ = accounts.invite(
        email=f"guest-{owner.pk}@probe.example", role=Role.MEMBER, team=team, by=owner
    )
    token, text = accounts.create_token(name=canary, scopes=SCOPES, by=owner)
    (contact_id,) = contacts.create_contacts(
        contacts=[
            contacts.NewContact(
                first_name=canary,
                emails=[contacts.EmailValue(f"{canary}@probe.example", f"{canary}@probe.example")],
                phones=[contacts.PhoneValue("11 98412-3307", "+5511984123307")],
                messengers=[contacts.MessengerValue("telegram", canary, canary)],
                assignee_id=owner.pk,
            )
        ],
        by=by,
    )
    (deal_id,) = deals.open_deals(
        deals=[
            deals.NewDeal(
                name=canary,
                pipeline_id=pipeline.pk,
                stage_id=stage.pk,
                currency="BRL",
                assignee_id=owner.pk,
                contact_ids=[contact_id],
            )
        ],
        by=by,
    )
    tag = contacts.create_tag(name=canary, by=by)
    contacts.attach_tags(contact_ids=[contact_id], tag_ids=[tag.pk], by=by)
    field = contacts.create_field(name=canary, kind="select", options=[canary], by=by)
    option = FieldOption.objects.get(field=field)
    (change,) = contacts.set_values(contact_ids=[contact_id], values={field.pk: (option.pk,)}, by=by)
    tab = contacts.save_tab(tab_id=None, name=canary, by=by)
    company = contacts.create_company(name=canary, domain=f"{canary}.example", address=canary, by=by)
    company_change = contacts.edit_company(company_id=company.pk, changes={"phone": canary}, by=by)
    contacts.link_contacts(company_id=company.pk, contact_ids=[contact_id], position=canary, by=by)
    who: dict[str, Any] = {"member": owner, "by": by}
    bulk = bulk_change(selection=Selection(ids=(contact_id,)), change=Change("location", value=canary), **who)
    given = deals.change_deals(selection=DealSelection(ids=(deal_id,)), change=Change("assignee"), **who)
    kept_filter = saving.save_filter(owner=owner, name=canary, query=f"q={canary}", is_shared=True)
    comment = timeline.add_comment(text=canary, by=owner, contact_id=contact_id)
    deal_comment = timeline.add_comment(text=canary, by=owner, deal_id=deal_id)
    company_comment = timeline.add_comment(text=canary, by=owner, company_id=company.pk)
    about: dict[str, Any] = {"record_kind": "contact", "record_id": contact_id, "comment_id": comment.pk}
    timeline.notify([timeline.Notice(member_id=owner.pk, kind="mention", actor=by, **about)])
    rule = intake.save_rule(rule=None, name=canary)
    hook = intake.create_source(kind=Source.Kind.WEBHOOK, name=canary, rule=rule)
    folder = files.create_folder(name=canary, parent=None, member=owner)
    kept = files.keep_file(
        name=f"{canary}.txt",
        body=io.BytesIO(canary.encode()),
        size=len(canary),
        member=owner,
        by=files.member_by(owner),
        kind="contact",
        entity_id=contact_id,
    )
    upload = files.begin_upload(name=f"{canary}.bin", size=5, member=owner)
    table = f"Name,E-mail\n{canary},{canary}@import.example\n".encode()
    brought = transfer.begin_import(
        name=f"{canary}.csv", body=io.BytesIO(table), size=len(table), member=owner
    )
    taken = transfer.begin_export(
        selection=Selection(query=f"q={canary}"), columns=["name"], format="csv", member=owner
    )
    planned = transfer.save_schedule(
        schedule=None, name=canary, filter_id=kept_filter.pk, columns=["name"], member=owner
    )
    form = capture.create_form(name=canary, language="en")
    ids = {
        "import": brought.pk,
        "export": taken.pk,
        "schedule": planned.pk,
        "pipeline": pipeline.pk,
        "stage": stage.pk,
        "team": team.pk,
        "role": role.pk,
        "invitation": invitation.pk,
        "token": token.pk,
        "contact": contact_id,
        "email": ContactEmail.objects.get(contact_id=contact_id).pk,
        "tag": tag.pk,
        "field": field.pk,
        "option": option.pk,
        "tab": tab.pk,
        "change": change,
        "company": company.pk,
        "company_change": company_change,
        "filter": kept_filter.pk,
        "bulk": bulk.pk,
        "deal_bulk": given.pk,
        "deal": deal_id,
        "deal_type": DealType.objects.order_by("pk")[0].pk,
        **of_tasks(canary=canary, owner=owner, by=by, contact_id=contact_id, deal_id=deal_id, tag_id=tag.pk),
        **of_automation(canary=canary, stage=stage, owner=owner),
        "comment": comment.pk,
        "deal_comment": deal_comment.pk,
        "company_comment": company_comment.pk,
        "log": comment.event_id,
        "notification": Notification.objects.get().pk,
        "rule": rule.pk,
        "hook": hook.pk,
        "source": hook.pk,
        "form": form.pk,
        "folder": folder.pk,
        "file": kept.pk,
        "upload": upload.token,
        "hook_address": (hook.public_id, box.unseal(hook.secret_box)),
    }
    return ids, text


def _arrive(workspace_id: int, address: tuple[str, str], canary: str) -> dict[str, Any]:
    body = json.dumps({"name": canary, "email": f"{canary}-lead@probe.example"}).encode()
    public_id, secret = address
    (receipt,) = intake.accept_many(
        [intake.Arrival(workspace_id=workspace_id, body=body, public_id=public_id, secret=secret)]
    )
    with scope(workspace_id):
        intake.apply_waiting()
        assert receipt.public_id is not None
        event = RawEvent.objects.get(public_id=receipt.public_id)
        return {"event": event.pk, "lead": receipt.public_id}


def browser(member: Membership, *, checks_csrf: bool = False) -> Client:
    """A browser in which `member` has signed in."""
    client = Client(
        enforce_csrf_checks=checks_csrf,
        raise_request_exception=False,  # a 500 is a finding like any other
        headers={"host": settings.ENVIRONMENT.netloc},
    )
    client.force_login(member.user)
    session = client.session
    session[SESSION_KEY] = member.workspace_id
    session.save()
    if client.get("/settings/profile/").status_code != 200:  # a probe that stands outside finds nothing
        raise RuntimeError(f"{member.user.email} is not signed in.")
    return client
