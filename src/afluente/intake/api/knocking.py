"""From an HTTP request to an arrival, for the fast doors and for Django alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from afluente.accounts import selectors as accounts
from afluente.intake.api.shapes import LeadIn
from afluente.intake.services import Arrival, Note, Receipt
from afluente.kernel import ids, jsonin

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
S = TypeVar("S", bound=BaseModel)
KEPT_HEADERS = ("user-agent", "referer", "content-type")  # never authorization or cookies (S-16)

UNAUTHORIZED = Receipt(
    401, code="token_invalid", message="Send a token: Authorization: Bearer af_….", field="Authorization"
)
NOT_FOUND = Receipt(404, code="not_found", message="There is no such address, or its secret is wrong.")
# What the checking library says of its own classes, said of the body.
PLAINLY = {
    "model_type": "Send a JSON object here.",
    "dict_type": "Send a JSON object here.",
    "model_attributes_type": "Send a JSON object here.",
    "missing": "This field is needed.",
    "extra_forbidden": "There is no field of this name.",
}
UNSUPPORTED = Receipt(
    415,
    code="content_type",
    message="Send JSON, or a form as application/x-www-form-urlencoded.",
    field="Content-Type",
)


def lead_arrival(body: bytes, headers: Mapping[str, str], *, address: str = "") -> Arrival | Receipt:
    """A call of POST /api/v1/leads as an arrival, or what is wrong with it."""
    token = bearer(headers)
    workspace_id = accounts.token_workspace_id(token) if token else None
    if workspace_id is None or token is None:
        return UNAUTHORIZED
    lead = read_shape(body, LeadIn)
    if isinstance(lead, Receipt):
        return lead
    return Arrival(
        workspace_id=workspace_id,
        body=body,
        content_type=JSON,
        key=headers.get("idempotency-key") or None,
        context=_context(headers, address),
        token=token,
        rule_id=lead.rule,
    )


def hook_arrival(
    public_id: str, secret: str, body: bytes, headers: Mapping[str, str], *, address: str = ""
) -> Arrival | Receipt:
    """A call of a webhook's address as an arrival. A body that cannot be read is kept as failed."""
    workspace_id = ids.workspace_of(public_id)
    if workspace_id is None or not secret:
        return NOT_FOUND
    content_type = headers.get("content-type", JSON).partition(";")[0].strip().lower() or JSON
    error = None
    if content_type == FORM:
        pass
    elif content_type == "multipart/form-data":
        return UNSUPPORTED
    else:
        content_type = JSON
        try:
            jsonin.loads(body)
        except jsonin.BadJsonError as problem:
            error = Note("unreadable", str(problem))
    return Arrival(
        workspace_id=workspace_id,
        body=body,
        content_type=content_type,
        key=headers.get("idempotency-key") or headers.get("webhook-id") or None,
        context=_context(headers, address),
        public_id=public_id,
        secret=secret,
        headers=headers,
        error=error,
    )


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token of an Authorization header."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def read_shape(body: bytes, shape: type[S]) -> S | Receipt:
    """A body checked against its shape, or a refusal that names the field."""
    try:
        return shape.model_validate(jsonin.loads(body))
    except jsonin.RepeatedNameError as error:
        return Receipt(422, code="invalid", message=f"{error} Send it once.", field=error.name)
    except jsonin.BadJsonError as error:
        return Receipt(400, code="json_invalid", message=str(error), field="body")
    except ValidationError as error:
        return refusal(error.errors(include_url=False, include_input=False)[0])


def refusal(problem: Mapping[str, Any]) -> Receipt:
    """The first mistake of a body, in one sentence."""
    field = ".".join(str(part) for part in problem["loc"]) or "body"
    message = PLAINLY.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    return Receipt(422, code="invalid", message=message, field=field)


def answer_of(receipt: Receipt) -> dict[str, Any]:
    """The body of an answer; the same for a repeat, to the byte (R-6)."""
    if receipt.is_kept and not receipt.code:
        return {"id": str(receipt.public_id), "state": "accepted"}
    error = {"code": receipt.code, "message": receipt.message, "field": receipt.field}
    return {"error": error, **({"id": str(receipt.public_id)} if receipt.is_kept else {})}


def _context(headers: Mapping[str, str], address: str) -> dict[str, Any]:
    kept = {name: headers[name][:500] for name in KEPT_HEADERS if headers.get(name)}
    return {"headers": kept, "address": address}
