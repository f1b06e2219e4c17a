"""Endpoints: kept with their secret sealed, told of in the audit, tried with a test event."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from afluente.accounts import services as accounts
from afluente.delivery.models import Call, Endpoint
from afluente.delivery.selectors.webhooks import TEST, offered
from afluente.delivery.services.templates import BadValuesError
from afluente.delivery.services.webhooks_queueing import wake
from afluente.delivery.services.webhooks_settling import give_up_waiting
from afluente.delivery.services.webhooks_signing import new_secret
from afluente.kernel import box, clock, ids, outbound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership

MOST = 50  # endpoints of a workspace
OVERLAP = dt.timedelta(hours=24)  # in which the former secret signs as well
URL, DESCRIPTION, HEADERS = 2_000, 200, 20
OPEN = ("url", "description", "events", "is_on")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
# Said by ourselves, or by whoever carries the call.
OURS = {"host", "content-length", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp"}
OURS |= {"webhook-signature", "user-agent", "expect", "upgrade", "te", "trailer", "content-type"}


def url_problem(url: str) -> str:
    """What is wrong with an address, as far as it can be said without asking anybody; '' when nothing is."""
    if len(url) > URL:
        return _("At most {n} characters.").format(n=URL)
    try:
        _scheme, host, port, _path = outbound.check_url(url)
    except outbound.ForbiddenPlaceError:
        return _("Write an address such as https://example.com/hook.")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host != "localhost" and not host.endswith(".localhost"):
            return ""
    try:
        outbound.resolve(host, port)  # a number, or ourselves: nobody is asked for it
    except (outbound.ForbiddenPlaceError, outbound.UnreachableError):
        return _("This address leads into a network that is not public.")
    return ""


def headers_problem(headers: Mapping[str, str]) -> str:
    """What is wrong with headers that somebody wrote; '' when nothing is."""
    if len(headers) > HEADERS:
        return _("At most {n} headers.").format(n=HEADERS)
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not value.isascii() or not value.isprintable() or len(value) > 1_000:
            return _("{name} is no header that can be sent.").format(name=name[:100])
        if name.lower() in OURS:
            return _("{name} is written by Afluente.").format(name=name[:100])
    return ""


def _problems(url: str, events: Sequence[str], headers: Mapping[str, str] | None) -> dict[str, list[str]]:
    unknown = sorted(set(events) - set(offered()))
    said = {
        "url": url_problem(url),
        "events": _("There is no event {name}.").format(name=unknown[0][:60]) if unknown else "",
        "headers": headers_problem(headers or {}),
    }
    return {name: [words] for name, words in said.items() if words}


def save_endpoint(
    *,
    endpoint: Endpoint | None,
    url: str,
    events: Sequence[str],
    description: str,
    headers: Mapping[str, str] | None,
    by: Membership,
) -> tuple[Endpoint, str]:
    """Keep an endpoint, a new one without `endpoint`; with the secret of a new one, which is told this once.

    Without `headers` those that are there stay, unless the calls go to another host: what opens one place is not
    carried to another. Raises BadValuesError.
    """
    url, description = url.strip(), " ".join(description.split())[:DESCRIPTION]
    wrong = _problems(url, events, headers)
    if endpoint is None and Endpoint.objects.count() >= MOST:
        wrong = {"url": [_("There are {n} webhooks already.").format(n=MOST)]}
    if wrong:
        raise BadValuesError(wrong)
    secret = "" if endpoint else new_secret()
    now = clock.now()
    row = endpoint or Endpoint(created_at=now, secret_box=box.seal(secret))
    before = {name: getattr(row, name) for name in OPEN} if endpoint else {}
    if headers is None and endpoint and outbound.check_url(url)[:3] != outbound.check_url(row.url)[:3]:
        headers = {}
    if headers is not None:
        row.headers_box = box.seal(json.dumps(dict(headers))) if headers else ""
    row.url, row.description, row.events, row.updated_at = url, description, sorted(set(events)), now
    row.save()
    _audit("endpoint.changed" if endpoint else "endpoint.made", row, by, before)
    return row, secret


def switch_endpoint(*, endpoint: Endpoint, is_on: bool, by: Membership) -> None:
    """Tell an endpoint of events, or not any more; what waits then fails and can be replayed."""
    before = {name: getattr(endpoint, name) for name in OPEN}
    endpoint.is_on, endpoint.off_reason = is_on, "" if is_on else Endpoint.Off.BY_HAND
    endpoint.wait_until = endpoint.failing_since = None
    endpoint.save(update_fields=["is_on", "off_reason", "wait_until", "failing_since"])
    if not is_on:
        give_up_waiting(endpoint)
    _audit("endpoint.changed", endpoint, by, before)


def rotate_secret(*, endpoint: Endpoint, by: Membership, at_once: bool = False) -> str:
    """Give an endpoint a new secret, told this once. The former one signs as well for a day, unless `at_once`."""
    secret = new_secret()
    endpoint.old_secret_box = "" if at_once else endpoint.secret_box
    endpoint.old_secret_until = None if at_once else clock.now() + OVERLAP
    endpoint.secret_box = box.seal(secret)
    endpoint.save(update_fields=["secret_box", "old_secret_box", "old_secret_until"])
    accounts.record_audit(kind="endpoint.rotated", by=by, subject=str(endpoint))
    return secret


def delete_endpoint(*, endpoint: Endpoint, by: Membership) -> None:
    """Forget an endpoint and what it was told."""
    give_up_waiting(endpoint)
    accounts.record_audit(kind="endpoint.deleted", by=by, subject=str(endpoint), before={"url": endpoint.url})
    endpoint.delete()


def send_test_event(*, endpoint: Endpoint) -> Call:
    """Queue a test event for one endpoint."""
    name, now = ids.random_text(20), clock.now()
    body = {"type": TEST, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": {"test": name}}
    call = Call.objects.create(
        endpoint=endpoint,
        key=f"test:{name}",
        webhook_id=f"test_{name}",
        kind=TEST,
        body=json.dumps(body),
        due_at=now,
        created_at=now,
    )
    wake(endpoint.pk)
    return call


def _audit(kind: str, row: Endpoint, by: Membership, before: Mapping[str, Any]) -> None:
    after = {name: getattr(row, name) for name in OPEN}
    changed = {name for name in OPEN if before.get(name) != after[name]}
    accounts.record_audit(
        kind=kind,
        by=by,
        subject=str(row),
        before={name: before[name] for name in changed & before.keys()},
        after={name: after[name] for name in changed},
    )
