"""Telling other programs: a call of an endpoint or of an address of the rule's own (S-TX, S-SEC)."""

# ruff: noqa: ARG002  what the engine asks of every action

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.selectors.params import CHOICE, FLAG, TEXT, WHOLE, Param
from afluente.automation.services.actions.registry import Known, register_action
from afluente.automation.services.actions.wording import words_of
from afluente.automation.services.answering import WAITS, answer_url
from afluente.automation.services.facts import register_fact
from afluente.automation.services.settling import postpone
from afluente.delivery import selectors as delivery
from afluente.delivery import services as outbox
from afluente.delivery.models import Endpoint
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.records import Catalogue
    from afluente.automation.services.actions.effects import Wanted
    from afluente.delivery.selectors import Reader

METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
BARE = {"GET", "DELETE"}
BODY = 20_000  # characters
HOURS, MOST_HOURS = 24, 720  # that an answer is waited for
KIND = "rule.webhook"


@dataclass(frozen=True)
class Desk:
    """What calls of a batch must know: the words of the deals, which endpoints are on, and in whose name."""

    readers: Mapping[int, Reader]
    endpoints: Mapping[int, bool]
    workspace_id: int


def desk_of(deal_ids: Collection[int]) -> Desk:
    """Read it, with as many queries for one deal as for all."""
    endpoints = dict(Endpoint.objects.values_list("pk", "is_on"))
    return Desk(delivery.readers_of(deal_ids), endpoints, current_workspace_id())


@dataclass(frozen=True)
class Hook:
    """Call another program: `{"endpoint": 3}`, signed with its secret, or `{"url": "https://…"}` with `headers`,
    one on each line. `method`; `body`: JSON with variables, else what is known of the deal; `goes_anyway`: also when
    the deal leaves meanwhile; `waits`: what follows waits for the other program's answer, at most `hours`.
    """

    slug: str = "webhook"
    is_outside: bool = True

    def problems(self, params: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        """One place that may be called, and words that become JSON."""
        found = _place_problems(params)
        if params.get("method", "POST") not in METHODS:
            found.append(f"method: one of {', '.join(METHODS)}.")
        body = str(params.get("body", ""))
        found += _waiting_problems(params) if params.get("waits") else []
        if len(body) > BODY:
            found.append(f"body: {gettext('At most {most} signs.').format(most=BODY)}")
        elif body.strip():
            found += [f"body: {one}" for one in outbox.body_problems(body, more=("answer.url",))]
        return found

    def act(self, params: Mapping[str, Any], scene: Scene, *, step: str) -> Done | Skip | Fail:
        """Write the call with the words of the deal."""
        desk: Desk = scene.facts["hook"]
        reader = desk.readers[scene.record.id]
        endpoint = params.get("endpoint")
        if endpoint and not desk.endpoints.get(endpoint):
            return (
                Fail("target_gone", "endpoint") if endpoint not in desk.endpoints else Skip("off", "endpoint")
            )
        method = str(params.get("method", "POST"))
        try:
            url = answer_url(step, workspace_id=desk.workspace_id) if params.get("waits") else ""
            body = "" if method in BARE else _body(params, reader, scene, url)
        except outbox.BadTemplateError as bad:
            return Fail("template", str(bad))
        values = {
            "endpoint": endpoint,
            "method": method,
            "url": "" if endpoint else params["url"],
            "headers": {} if endpoint else _headers(params)[0],
            "body": body,
            "contact": reader.contact_id,
            "goes_along": not params.get("goes_anyway"),
            "hours": int(params.get("hours") or HOURS) if params.get("waits") else 0,
        }
        return Done(effects=[Effect("hook", values)], key=step)


def _waiting_problems(params: Mapping[str, Any]) -> list[str]:
    hours = params.get("hours") or HOURS
    is_whole = isinstance(hours, int) and not isinstance(hours, bool) and 1 <= hours <= MOST_HOURS
    said = gettext("A whole number from 1 to {most}.").format(most=MOST_HOURS)
    found = [] if is_whole else [f"hours: {said}"]
    if params.get("method", "POST") in BARE:
        found.append(f"waits: {gettext('A call without a body cannot say where to answer: choose POST.')}")
    return found


def _place_problems(params: Mapping[str, Any]) -> list[str]:
    endpoint, url = params.get("endpoint"), params.get("url")
    if bool(endpoint) == bool(url):
        return [gettext("Choose a webhook, or write an address of its own.")]
    if endpoint:
        known = isinstance(endpoint, int) and Endpoint.objects.filter(pk=endpoint).exists()
        return [] if known else [f"endpoint: {gettext('Choose one that is there.')}"]
    headers, odd = _headers(params)
    problem = outbox.headers_problem(headers)
    said = [f"url: {outbox.url_problem(str(url))}"] if outbox.url_problem(str(url)) else []
    said += [f"headers: {gettext('A name, a colon and a value on each line.')} {odd[:100]}"] if odd else []
    return [*said, *([f"headers: {problem}"] if problem else [])]


def _headers(params: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """Lines as names and values, and the first line that is none."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, str(params.get("headers", "")).splitlines())):
        name, colon, value = line.partition(":")
        if not colon:
            return found, line
        found[name.strip()] = value.strip()
    return found, ""


def _body(params: Mapping[str, Any], reader: Reader, scene: Scene, answer: str) -> str:
    """The words of the rule with the deal's put in as JSON wants them; without words, everything that is known.
    `answer` is where the other program answers, if that is waited for.
    """
    words = {**words_of(reader, scene), **({"answer": {"url": answer}} if answer else {})}
    if str(params.get("body", "")).strip():
        return outbox.fill_body(str(params["body"]), words)
    data = {"deal_id": scene.record.id, "contact_id": reader.contact_id, **words}
    at = scene.now.isoformat().replace("+00:00", "Z")
    said = {"type": KIND, "timestamp": at, "data": data}
    return json.dumps(said, ensure_ascii=False)


def _queue(group: Sequence[Wanted]) -> None:
    """Into the list of calls, which says how each ended: until then what follows it waits."""
    outbox.queue_calls(
        [
            outbox.NewCall(
                key=f"{WAITS if one.values['hours'] else ''}{one.made.step}",
                kind=KIND,
                endpoint_id=one.values["endpoint"],
                method=one.values["method"],
                url=one.values["url"],
                headers=one.values["headers"],
                body=one.values["body"],
                contact_id=one.values["contact"],
                deal_id=one.deal_id,
                rule_id=one.token.definition_id,
                rule_name=one.name[:150],
                goes_along=one.values["goes_along"],
            )
            for one in group
        ]
    )
    now = clock.now()
    postpone([(one.made.step, now + _goes_on(one.values["hours"])) for one in group])


def _goes_on(hours: int) -> dt.timedelta:
    """How long the end of a call is waited for: until it was tried often enough, or the answer is due."""
    return dt.timedelta(hours=hours) if hours else outbox.CALLS_GO_ON


def _offered() -> list[tuple[str, str]]:
    return [(str(one.pk), str(one)) for one in delivery.endpoints()]


PARAMS = (
    Param(
        name="endpoint",
        label=_("Webhook"),
        kind=CHOICE,
        choices=_offered,
        empty=_("An address of its own"),
        is_number=True,
        hint=_("Signed with its secret. Webhooks are set up in the settings."),
    ),
    Param(name="url", label=_("Address"), hint=_("Only without a webhook, and not signed.")),
    Param(
        name="method",
        label=_("Method"),
        kind=CHOICE,
        choices=tuple((one, one) for one in METHODS),
    ),
    Param(
        name="headers",
        label=_("Headers"),
        kind=TEXT,
        is_private=True,
        hint=_("One on each line. Whoever sees rules sees them: keep secrets in a webhook."),
    ),
    Param(
        name="body",
        label=_("What it says"),
        kind=TEXT,
        has_words=True,
        hint=_("JSON with variables, such as {{ deal.name }}. Empty: everything that is known of the deal."),
    ),
    Param(
        name="waits",
        label=_("What follows waits for the answer of the other program"),
        kind=FLAG,
        hint=_("It answers with a POST to the address that the call names: answer.url."),
    ),
    Param(name="hours", label=_("For how many hours at most"), kind=WHOLE, hint=_("24 when it is empty.")),
    Param(name="goes_anyway", label=_("Also when the deal leaves the stage meanwhile"), kind=FLAG),
)


def register() -> None:
    """Let rules call other programs."""
    register_fact("hook", desk_of)
    register_action(
        Known(
            action=Hook(),
            label=_("Call a webhook"),
            needs=frozenset({"hook"}),
            appliers=(("hook", _queue),),
            mixed=frozenset({"hook"}),
            params=PARAMS,
        )
    )
