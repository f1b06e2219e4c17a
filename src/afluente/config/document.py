"""What the OpenAPI document says of every operation: scope, headers, refusals, examples."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from afluente.config import examples
from afluente.config.gate import KEYED, SELF_KEYED, scope_of

INTRODUCTION = """\
Everything a team keeps, for its other programs: leads, contacts, companies, deals, files and people of one \
workspace.

Send `Authorization: Bearer af_…` with a token made in the settings, under API tokens. It opens what its scopes \
name, and shows what the member who made it may see. Send `Idempotency-Key` with every call that changes \
something: a repeat gets the first answer again. Lists are paged: send the `next` of one answer as `cursor` \
of the next call."""
TAGS = {
    "Leads": "What arrives and may become a contact and a deal: kept first, worked on right after.",
    "Contacts": "People, their addresses, values, tags and companies.",
    "Companies": "Businesses and who belongs to them.",
    "Fields": "Fields of your own on contacts and companies.",
    "Tags": "Coloured words on contacts.",
    "Filters": "Filters kept under a name, private or shared.",
    "Bulk changes": "One change of many contacts, with a look before and a way back.",
    "Duplicates": "Contacts that may be one person, merging them, and parting them again.",
    "Comments and history": "What people wrote about a record, and what happened with it.",
    "Deals": "Deals, their stages and their people.",
    "Pipelines": "Rows of stages.",
    "Products": "What is sold, what it costs, and the taxes on it.",
    "Documents": "Quotes and invoices made from deals.",
    "Tasks": "Work for people.",
    "Files": "The store of files, its folders, and what they are attached to.",
    "Imports and exports": "Contacts in from files and out into files.",
    "Search": "One question to everything.",
    "Notifications": "What the maker of the token is told.",
    "People": "Members, teams and roles.",
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Why a call was refused.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "For programs; it never changes."},
                "message": {"type": "string", "description": "For people."},
                "field": {
                    "type": ["string", "null"],
                    "description": "What to mend: a name in the body, the query or a header.",
                },
            },
        }
    },
    "example": {
        "error": {"code": "invalid", "message": "Give a name, an e-mail or a phone.", "field": "contact"}
    },
}
REFUSALS = {
    "400": "The body is no JSON that can be read.",
    "401": "The token is missing, wrong, expired or revoked.",
    "403": "The token lacks the scope, or whoever made it may not do that.",
    "404": "There is no such record, or it may not be seen.",
    "405": "The address does not know this method; `Allow` names those it has.",
    "409": "Another call with this key is being answered, or something stands in the way.",
    "412": "It has changed since it was read (`If-Match`).",
    "413": "The body is larger than this address takes.",
    "415": "The body is of another kind than this address reads: send `Content-Type: application/json`.",
    "422": "Something in the body, the query or the key is wrong, unknown or said twice: `field` names it.",
    "429": "Too many calls: wait for the seconds that `Retry-After` says.",
    "503": "Something needed is away for a moment; nothing was changed.",
}
_TEXT = {"type": "string"}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own, up to 255 characters. The same key with the same call gets the first "
    "answer again, for at least a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_MATCH_HEADER = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you read. When it has changed since, nothing is done: 412.",
    "schema": {"type": "string", "pattern": '^(\\*|"[0-9a-f]{32}")$'},
}
_HEADERS = {
    "RateLimit-Policy": {"description": "How many calls in how many seconds.", "schema": _TEXT},
    "RateLimit": {"description": "How many calls are left, and when they are all back.", "schema": _TEXT},
}


def complete(found: dict[str, Any]) -> dict[str, Any]:
    """The document that ninja makes of the shapes, with what holds for every operation."""
    components = found["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["headers"] = _HEADERS
    components["responses"] = {status: _refusal(text) for status, text in REFUSALS.items()}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token, `af_…`, with its scopes."}
    }
    found["servers"] = [{"url": "/", "description": "This installation"}]
    found["security"] = [{"token": []}]
    operations = list(_operations(found))
    names = Counter(_name(one) for _path, _method, one in operations)
    for path, method, one in operations:
        _finish(path, method, one, found, is_alone=names[_name(one)] == 1)
    order = {tag: place for place, tag in enumerate(TAGS)}
    tags = {tag for _path, _method, one in operations for tag in one.get("tags", ())}
    used = sorted(tags, key=lambda tag: order.get(tag, len(order)))
    found["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in used]
    return found


def _operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, way in found["paths"].items() for method, one in way.items()]


def _name(one: dict[str, Any]) -> str:
    return re.sub(r"^afluente_\w+?_api_", "", one["operationId"])


def _finish(path: str, method: str, one: dict[str, Any], found: dict[str, Any], *, is_alone: bool) -> None:
    if is_alone:
        one["operationId"] = re.sub(
            r"^(contacts|fields|tags|companies|files|folders|bulk|parts)_", "", _name(one)
        )
    one["summary"] = one["summary"].capitalize()
    one["security"] = [{"token": [scope_of(method, path)]}]
    parameters = [dict(parameter) for parameter in one.get("parameters", ())]
    if method.upper() in KEYED and not path.startswith(SELF_KEYED[1]):
        parameters.append(_KEY_HEADER)
    if method in {"patch", "delete"} and "get" in found["paths"][path]:
        parameters.append(_MATCH_HEADER)
    one["parameters"] = parameters
    _answers(method, one)
    body = one.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body.setdefault("example", examples.example(body["schema"], found))


def _answers(method: str, one: dict[str, Any]) -> None:
    """Every status that the operation can give, refusals in their one shape."""
    given = {str(status): answer for status, answer in one["responses"].items()}
    for status, answer in given.items():
        if status < "400":
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
            answer["description"] = {"204": "Done; there is nothing to say."}.get(status, "Done.")
    usual = ["400", "401", "403", "404", "422", "429"] + (
        ["409", "412", "413", "415"] if method != "get" else []
    )
    for status in {*usual, *(status for status in given if status >= "400")}:
        given[status] = {"$ref": f"#/components/responses/{status}"}
    one["responses"] = dict(sorted(given.items()))


def _refusal(text: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return {"description": text, "headers": headers, "content": content}
