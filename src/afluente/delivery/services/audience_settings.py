"""Audiences as they are set up: kept with their secret sealed, told of in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from afluente.accounts import services as accounts
from afluente.delivery.models import Audience
from afluente.delivery.services import networks
from afluente.delivery.services.audience_members import wake_audience
from afluente.delivery.services.templates import BadValuesError
from afluente.delivery.services.webhooks import url_problem
from afluente.kernel import box, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.models import Membership

MOST = 50  # audiences of a workspace
OPEN = ("name", "network", "options", "is_on")


def save_audience(
    *,
    audience: Audience | None,
    name: str,
    network: str,
    options: Mapping[str, str],
    secret: str,
    by: Membership,
) -> Audience:
    """Keep an audience, a new one without `audience`. Without `secret` the one that is there stays, unless it would
    be shown to another place or network. What is kept is tried again at once. Raises BadValuesError.
    """
    said = {key: value for key, value in options.items() if value}
    said["api"] = (said.get("api") or networks.APIS[network]).rstrip("/")
    wrong = {"api": [problem]} if (problem := url_problem(said["api"])) else {}
    stays = (
        audience is not None and audience.network == network and audience.options.get("api") == said["api"]
    )
    if not secret and not stays:
        kept = _("Paste it here: the one that is kept was for another place.")
        wrong["secret"] = [kept if audience else _("Paste it here.")]
    elif secret and (problem := networks.secret_problem(network, secret)):
        wrong["secret"] = [problem]
    if audience is None and Audience.objects.count() >= MOST:
        wrong["name"] = [_("There are {n} audiences already.").format(n=MOST)]
    if wrong:
        raise BadValuesError(wrong)
    now = clock.now()
    before = _open(audience) if audience else {}
    row = audience or Audience(created_at=now)
    row.name, row.network, row.options, row.updated_at = name, network, said, now
    if secret:
        row.secret_box = box.seal(secret)
    _start(row)
    row.save()
    _audit("audience.changed" if audience else "audience.made", row, by, before)
    wake_audience(row.pk)
    return row


def switch_audience(*, audience: Audience, is_on: bool, by: Membership) -> None:
    """Tell the network of an audience, or not any more: what is wished meanwhile waits."""
    before = _open(audience)
    _start(audience)
    if not is_on:
        audience.is_on, audience.off_reason = False, Audience.Off.BY_HAND
    audience.save()
    _audit("audience.changed", audience, by, before)
    if is_on:
        wake_audience(audience.pk)


def delete_audience(*, audience: Audience, by: Membership) -> None:
    """Forget an audience and who is in it; the network keeps its own list."""
    accounts.record_audit(kind="audience.deleted", by=by, subject=audience.name, before=_open(audience))
    audience.delete()


def _start(row: Audience) -> None:
    row.is_on, row.off_reason, row.wait_until, row.failing_since, row.attempts = True, "", None, None, 0


def _open(row: Audience) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OPEN}


def _audit(kind: str, row: Audience, by: Membership, before: Mapping[str, Any]) -> None:
    after = _open(row)
    changed = {name for name in OPEN if before.get(name) != after[name]}
    accounts.record_audit(
        kind=kind,
        by=by,
        subject=row.name,
        before={name: before[name] for name in changed & before.keys()},
        after={name: after[name] for name in changed},
    )
