"""Every address of the product, and what stands in it. A route nobody classified fails the build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

# What an id in a path is an id of, by the beginning of the path; the first that fits counts.
PLACES: tuple[tuple[str, dict[str, str]], ...] = (
    ("today/tasks/<int:pk>/", {"pk": "task"}),
    ("tasks/boards/<int:pk>/", {"pk": "board"}),
    ("tasks/steps/<int:pk>/", {"pk": "step"}),
    ("tasks/filters/<int:pk>/", {"pk": "task_filter"}),
    ("tasks/bulk/<int:pk>/", {"pk": "task_bulk"}),
    ("settings/boards/<int:pk>/", {"pk": "board"}),
    ("settings/steps/<int:pk>/", {"pk": "step"}),
    ("tasks/of/<str:area>/<int:entity>/", {"entity": "contact"}),
    ("tasks/<int:pk>/", {"pk": "task", "entity": "contact", "item": "item", "attribute": "task_field"}),
    ("api/v1/tasks/<task_id>/comments", {"task_id": "task", "comment_id": "task_comment"}),
    ("api/v1/tasks/boards/<board_id>", {"board_id": "board", "step_id": "step"}),
    ("api/v1/tasks/<task_id>", {"task_id": "task", "record_id": "contact", "item_id": "item"}),
    ("products/<int:pk>/", {"pk": "product"}),
    ("settings/taxes/<int:pk>/", {"pk": "tax"}),
    ("api/v1/stages/<stage_id>", {"stage_id": "stage"}),
    ("api/v1/products/<product_id>", {"product_id": "product"}),
    ("files/folders/<int:pk>/", {"pk": "folder"}),
    ("files/uploads/<slug:token>/", {"token": "upload"}),
    ("files/of/<str:area>/<int:entity>/", {"entity": "contact", "pk": "file"}),
    ("files/<int:pk>/", {"pk": "file"}),
    ("api/v1/files/folders/<folder_id>", {"folder_id": "folder"}),
    ("api/v1/files/uploads/<upload_token>", {"upload_token": "upload"}),
    ("api/v1/files/<file_id>", {"file_id": "file"}),
    ("imports/<int:pk>/", {"pk": "import"}),
    ("exports/schedules/<int:pk>/", {"pk": "schedule"}),
    ("exports/<int:pk>/", {"pk": "export"}),
    ("api/v1/imports/uploads/<upload_token>", {"upload_token": "upload"}),
    ("api/v1/exports/schedules/<schedule_id>", {"schedule_id": "schedule"}),
    ("api/v1/imports/<import_id>", {"import_id": "import"}),
    ("api/v1/exports/<export_id>", {"export_id": "export"}),
    ("workspaces/<int:pk>/", {"pk": "workspace"}),
    ("settings/people/invitations/<int:pk>/", {"pk": "invitation"}),
    ("settings/people/<int:pk>/", {"pk": "member"}),
    ("settings/teams/<int:pk>/", {"pk": "team"}),
    ("settings/roles/<int:pk>/", {"pk": "role"}),
    ("settings/tokens/<int:pk>/", {"pk": "token"}),
    ("settings/security/sessions/<int:pk>/", {"pk": "session"}),
    ("deals/filters/<int:pk>/", {"pk": "filter"}),
    ("deals/bulk/<int:pk>/", {"pk": "deal_bulk"}),
    ("deals/pipelines/<int:pk>/", {"pk": "pipeline"}),
    ("settings/deal-types/<int:pk>/", {"pk": "deal_type"}),
    ("settings/pipelines/<int:pk>/", {"pk": "pipeline"}),
    ("deals/stages/<int:pk>/", {"pk": "stage"}),
    ("settings/stages/<int:pk>/", {"pk": "stage"}),
    ("deals/<int:pk>/conversion/", {"pk": "lead_deal"}),
    ("deals/<int:pk>/documents/", {"pk": "deal"}),
    ("documents/<int:pk>/", {"pk": "document"}),
    ("api/v1/documents/<document_id>", {"document_id": "document"}),
    ("deals/<int:pk>/lines/", {"pk": "deal", "line": "line"}),
    ("deals/<int:pk>/", {"pk": "deal", "attribute": "deal_field"}),
    ("settings/lost-reasons/<int:pk>/", {"pk": "lost_reason"}),
    (
        "contacts/<int:pk>/",
        {
            "pk": "contact",
            "attribute": "field",
            "change": "change",
            "address": "email",
            "tag": "tag",
            "company": "company",
        },
    ),
    ("contacts/filters/<int:pk>/", {"pk": "filter"}),
    ("contacts/duplicates/runs/<int:pk>/", {"pk": "merge_run"}),
    ("contacts/duplicates/<int:pk>/", {"pk": "pair"}),
    ("contacts/merges/<int:pk>/", {"pk": "merge"}),
    ("contacts/bulk/<int:pk>/", {"pk": "bulk"}),
    ("settings/contacts/tags/<int:pk>/", {"pk": "tag"}),
    ("companies/<int:pk>/", {"pk": "company", "attribute": "field", "contact": "contact"}),
    ("settings/contacts/fields/<int:pk>/", {"pk": "field"}),
    ("settings/contacts/headings/<int:pk>/", {"pk": "tab"}),
    ("comments/<int:pk>/", {"pk": "comment"}),
    ("settings/notifications/devices/<int:pk>/", {"pk": "device"}),
    ("api/v1/notifications/devices/<device_id>", {"device_id": "device"}),
    ("notifications/<int:pk>/", {"pk": "notification"}),
    ("incoming/<int:pk>/", {"pk": "event"}),
    ("settings/rules/<int:pk>/", {"pk": "rule"}),
    ("forms/<int:pk>/", {"pk": "form"}),
    ("hooks/<int:pk>/", {"pk": "hook"}),
    ("settings/sources/<int:pk>/", {"pk": "source"}),
    ("api/v1/leads/<lead_id>", {"lead_id": "lead"}),
    ("api/v1/contacts/duplicates/<duplicate_id>", {"duplicate_id": "pair"}),
    ("api/v1/contacts/merges/<merge_id>", {"merge_id": "merge"}),
    ("api/v1/contacts/merge-runs/<run_id>", {"run_id": "merge_run"}),
    ("api/v1/contacts/bulk-changes/<bulk_id>", {"bulk_id": "bulk"}),
    ("api/v1/contacts/filters/<filter_id>", {"filter_id": "filter"}),
    ("api/v1/deals/filters/<filter_id>", {"filter_id": "filter"}),
    ("api/v1/deals/bulk-changes/<bulk_id>", {"bulk_id": "deal_bulk"}),
    ("api/v1/pipelines/<pipeline_id>", {"pipeline_id": "pipeline"}),
    ("api/v1/stages/<stage_id>", {"stage_id": "stage"}),
    ("api/v1/deal-types/<type_id>", {"type_id": "deal_type"}),
    ("api/v1/lost-reasons/<reason_id>", {"reason_id": "lost_reason"}),
    ("api/v1/contacts/<contact_id>/changes/", {"contact_id": "contact", "event_id": "change"}),
    ("api/v1/fields/headings/<heading_id>", {"heading_id": "tab"}),
    ("api/v1/contacts/<contact_id>/comments", {"contact_id": "contact", "comment_id": "comment"}),
    ("api/v1/deals/<deal_id>/comments", {"deal_id": "deal", "comment_id": "deal_comment"}),
    (
        "api/v1/contacts/<contact_id>",
        {"contact_id": "contact", "company_id": "company", "address_id": "email"},
    ),
    ("api/v1/tags/<tag_id>", {"tag_id": "tag"}),
    (
        "api/v1/companies/<company_id>/comments",
        {"company_id": "company", "comment_id": "company_comment"},
    ),
    ("api/v1/companies/<company_id>", {"company_id": "company", "contact_id": "contact"}),
    ("api/v1/fields/<field_id>", {"field_id": "field", "option_id": "option"}),
    ("api/v1/deals/<deal_id>/lines", {"deal_id": "deal", "line_id": "line"}),
    ("api/v1/deals/<deal_id>", {"deal_id": "deal", "contact_id": "contact"}),
)
# Words in a path that are no ids, and what to put there.
WORDS = {
    "step": ("confirmation", "undo"),
    "deed": ("issue", "accept", "pay", "cancel"),
    "act": ("start", "pause", "resume", "stop", "undo"),
    "area": ("contact", "deal"),
    "field": ("name", "assignee", "amount", "revenue"),
    "key": ("editor",),
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
    "record": "contact",
    "entity_id": "contact",
    "show": "file",
    "assignee": "member",
    "assignee_id": "member",
    "tax": "tax",
    "tax_id": "tax",
    "product": "product",
    "product_id": "product",
    "origin": "document",
    "origin_id": "document",
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
    "company_ids": "company",
    "observer_ids": "member",
    "step_id": "step",
    "record_id": "contact",
    "contact_id": "contact",
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
