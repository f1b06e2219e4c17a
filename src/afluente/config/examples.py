"""An example of a body, made from its shape: what people see first in the reference."""

from __future__ import annotations

from typing import Any

DEEPEST = 5
# What usually stands under a name; the shape decides about the others.
USUAL: dict[str, Any] = {
    "first_name": "Camila",
    "last_name": "Albuquerque",
    "email": "camila@example.com",
    "emails": ["camila@example.com"],
    "phone": "+55 11 98412-3307",
    "phones": ["+55 11 98412-3307"],
    "messengers": [{"kind": "telegram", "value": "camila"}],
    "location": "São Paulo",
    "address": "Rua das Flores 12",
    "assignee_id": 3,
    "tags": ["VIP"],
    "attributes": {"CPF": "529.982.247-25"},
    "currency": "BRL",
    "amount": "18400.00",
    "revenue": "1250000.00",
    "domain": "bemviver.example",
    "contact_ids": [7, 8],
    "contact_id": 7,
    "custom": {"units": 4},
    "utm": {"source": "google", "medium": "cpc"},
    "source": "Landing page",
    "color": 7,
    "body": "Called back, wants an offer by Friday.",
    "text": "Called back, wants an offer by Friday.",
    "position": "Finance",
}


def example(schema: dict[str, Any], document: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that fits `schema`, as a person would write it."""
    shape = resolved(schema, document)
    chosen = next((one for one in shape.get("anyOf", ()) if one.get("type") != "null"), None)
    if "example" in shape:
        return shape["example"]
    if name in USUAL:
        return USUAL[name]
    if chosen is not None:
        return example(chosen, document, name, depth)
    if shape.get("type") in {"object", "array"}:
        return _nested(shape, document, name, depth)
    return _plain(shape, name)


def _nested(shape: dict[str, Any], document: dict[str, Any], name: str, depth: int) -> Any:
    if shape["type"] == "array":
        return [example(shape.get("items", {}), document, name, depth + 1)]
    parts = shape.get("properties", {}) if depth < DEEPEST else {}
    return {part: example(inner, document, part, depth + 1) for part, inner in parts.items()}


def _plain(shape: dict[str, Any], name: str) -> Any:
    if "enum" in shape or "const" in shape:
        return shape.get("const", shape.get("enum", [None])[0])
    if shape.get("default") is not None:
        return shape["default"]
    kind = shape.get("type")
    if shape.get("format") == "date-time":
        return "2026-11-22T14:32:00Z"
    plain = {"integer": max(7, shape.get("minimum", 7)), "number": 12.5, "boolean": True}
    return plain.get(str(kind), name.replace("_", " ").capitalize() or "Text")


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The shape behind a reference, which may stand alone or in `allOf`."""
    found = schema
    while True:
        if "$ref" in found:
            found = document["components"]["schemas"][found["$ref"].rpartition("/")[2]]
        elif len(found.get("allOf", ())) == 1:
            found = found["allOf"][0]
        else:
            return found
