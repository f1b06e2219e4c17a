"""Every address of the product, and what stands in it. A route nobody classified fails the build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

from afluente.proof.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterator

# Words in a path that are no ids, and what to put there.
WORDS = {
    "step": ("confirmation", "undo"),
    "deed": ("issue", "accept", "pay", "cancel"),
    "act": ("start", "pause", "resume", "stop", "undo"),
    "area": ("contact", "deal"),
    "channel": ("email",),
    "field": ("name", "assignee", "amount", "revenue"),
    "key": ("editor",),
    "day": ("2026-12-25",),
    "system": ("probe",),
    "part": ("location", "address", "title", "due"),
    "kind": ("email", "phone", "messenger", "contact"),
}
# Paths whose variable part is itself the key, each with the reason why no foreign id can stand there.
KEYED = {
    "calendar/<int:space>/": "The secret is the permission; it opens one person's own calendar.",
    "invitations/<slug:text>/": "The text is a random secret; it opens the workspace that sent it.",
    "accounts/^confirm-email/": "The key is signed and names a person, not a workspace's row.",
    "accounts/^password/reset/key/": "The key is signed and names a person, not a workspace's row.",
    "unsubscribe/<str:token>": "The token is signed; it opens the letters of the member it was sent to.",
    "leave/<str:token>/": "The token is signed; it opens the wishes of the person it was sent to.",
    "r/<str:token>/": "The token is signed; it keeps that a link of one letter was followed, and leads there.",
    "arrive/<str:token>/": "The token is signed; it brings receipts of the provider of one workspace.",
    "hooks/answer/<str:token>": "The token is signed; it names one step that waits for its answer.",
    "^hooks/trigger/": "Another program calls it: its address, with a secret in it, is the permission.",
    "^f/(?P<public_id>": "A hosted form is public: its address is the permission (S-18).",
    "api/v1/<path:rest>": "Nothing stands there: every address is answered alike.",
    "q/<int:space>/<str:secret>/": "The secret is the permission; it opens one quote.",
    "demo/<str:key>": "Only in a demo, where one random key signs in.",
}
# Ids in the body or the query, by the name of the field, in HTML forms and in the API alike.
FIELDS = {
    "folder": "folder",
    "folder_id": "folder",
    "file": "file",
    "image_id": "file",
    "record": "contact",
    "entity_id": "contact",
    "show": "file",
    "assignee": "member",
    "assignee_id": "member",
    "tax": "tax",
    "tax_id": "tax",
    "tax_ids": "tax",
    "product": "product",
    "product_id": "product",
    "product_ids": "product",
    "origin": "document",
    "origin_id": "document",
    "document_ids": "document",
    "line_ids": "line",
    "board_ids": "board",
    "item_ids": "item",
    "filter_id": "filter",
    "default_assignee": "member",
    "members": "member",
    "team": "team",
    "pipeline": "pipeline",
    "pipeline_id": "pipeline",
    "stage": "stage",
    "type": "deal_type",
    "type_id": "deal_type",
    "stage_on_new": "stage",
    "stage_on_paid": "stage",
    "stage_on_failed": "stage",
    "stage_id": "stage",
    "seen_stage_id": "stage",
    **dict.fromkeys(("to_stage_id", "stage_on_new_id", "stage_on_paid_id", "stage_on_failed_id"), "stage"),
    "to": "stage",
    "contact": "contact",
    "with": "contact",
    "survivor": "contact",
    "survivor_id": "contact",
    "deal": "deal",
    "deal_id": "deal",
    "mention": "member",
    "member_id": "member",
    "mentions": "member",
    "parent_id": "comment",
    "at": "log",
    "thread": "comment",
    "after": "deal",
    "before": "deal",
    "after_id": "deal",
    "before_id": "deal",
    "ids": "event",
    "event": "event",
    "source": "source",
    "rule": "rule",
    "person": "member",
    "id": "deal",
    "open": "deal",
    "tag": "tag",
    "into": "tag",
    "into_id": "tag",
    "company": "company",
    "company_id": "company",
    "deleted": "company",
    "contact_ids": "contact",
    "except_ids": "contact",
    "tab_id": "tab",
    "scope_id": "pipeline",
    "in": "pipeline",
    "default_assignee_id": "member",
    "deal_ids": "deal",
    "task_ids": "task",
    "company_ids": "company",
    "observer_ids": "member",
    "step_id": "step",
    "record_id": "contact",
    "contact_id": "contact",
    "trigger_ids": "trigger",
    "on_behalf_of_id": "member",
    "supervisor_id": "member",
}
# Names in the API's bodies that end like an id and are none of ours.
NOT_OURS = {"external_id": "The messenger's own id of a person."}
# Outside workspaces: sign-in and the person's own second factor. Probed by the library's own tests.
PERSONAL = re.compile(r"accounts/")


@dataclass(frozen=True)
class Route:
    """One address. `params` names its variable parts; `kinds` what each is an id of."""

    name: str
    pattern: str
    params: tuple[str, ...]
    kinds: dict[str, str]
    callback: Any

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def paths(self, ids: dict[str, Any]) -> list[str]:
        """The address with these ids by kind, once for each word that can stand in it."""
        found = [f"/{self.pattern}"]
        for param in self.params:
            slot = re.compile(rf"<(?:\w+:)?{param}>")
            values = WORDS[param] if param in WORDS else (ids[self.kinds[param]],)
            found = [slot.sub(str(value), path) for path in found for value in values]
        return found


def routes() -> list[Route]:
    """All addresses with ids that can be probed, and all without variable parts.

    Raises UnclassifiedError naming those that PLACES, WORDS and KEYED do not know.
    """
    found, strangers = [], []
    for name, pattern, params, callback in _walk(get_resolver()):
        if any(pattern.startswith(start) for start in KEYED):
            continue
        kinds = next((kinds for start, kinds in PLACES if pattern.startswith(start)), {})
        if any(param not in kinds and param not in WORDS for param in params):
            strangers.append(pattern)
            continue
        found.append(Route(name, pattern, params, kinds, callback))
    if strangers:
        raise UnclassifiedError(f"Say in proof.routes what stands in: {', '.join(strangers)}")
    return found


class UnclassifiedError(Exception):
    """A route or field that the probe does not know; it must be classified before it is published."""


def unknown_api_fields(schema: dict[str, Any]) -> set[str]:
    """Names in the OpenAPI document's bodies that look like ids and that FIELDS does not know."""
    names = {
        name
        for title, shape in schema["components"]["schemas"].items()
        if not title.endswith(("Out", "Created", "Accepted"))
        for name in shape.get("properties", {})
        if name.endswith(("_id", "_ids"))
    }
    return names - FIELDS.keys() - NOT_OURS.keys()


def _walk(
    resolver: Any, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    for one in resolver.url_patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}:{one.namespace}".strip(":") if one.namespace else space
            yield from _walk(one, pattern, inner)
        elif isinstance(one, URLPattern):
            params = tuple(one.pattern.converters) or tuple(one.pattern.regex.groupindex)
            yield f"{space}:{one.name}".strip(":"), pattern, params, one.callback
