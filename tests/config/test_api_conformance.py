"""schemathesis asks every operation of the API what its document allows, and what it forbids.

No answer may be a failure of the server, and each must be one that the document describes.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from afluente.proof import worlds

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
QUICK = settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
KNOWN = {
    "contact_id": "contact",
    "deal_id": "deal",
    "company_id": "company",
    "tag_id": "tag",
    "product_id": "product",
    "tax_id": "tax",
    "line_id": "line",
    "document_id": "document",
    "field_id": "field",
    "file_id": "file",
    "folder_id": "folder",
    "lead_id": "lead",
    "comment_id": "comment",
    "import_id": "import",
    "export_id": "export",
}


@pytest.fixture
def world(db):
    """A workspace with one of everything, and a token that opens all of it.

    What answers is the product's own WSGI application, on the connection of the test: it must not be
    closed between two requests, as the test client does not close it either.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield worlds.build("conformance", "muster")
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_operation_answers_as_the_document_says(world, settings):
    settings.API_RATE = 0
    app = get_wsgi_application()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=app)
    wrong: dict[str, str] = {}
    asked = 0

    for found in schema.get_all_operations():
        operation = found.ok()
        name = f"{operation.method.upper()} {operation.path}"
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                asked += _ask(operation.as_strategy(generation_mode=mode), world)
            except (Exception, FailureGroup) as failure:  # noqa: BLE001  every operation is asked
                wrong[f"{name} {mode.name}"] = _said(failure)

    assert wrong == {}
    assert asked > 500


def _ask(strategy: Any, world: Any) -> int:
    count = 0

    @seed(7)
    @QUICK
    @given(case=strategy, is_there=st.booleans())
    def ask(case: Any, is_there: bool) -> None:
        nonlocal count
        count += 1
        if is_there:  # a record that exists shows more than one that nobody has
            known = {name: world.ids[kind] for name, kind in KNOWN.items() if name in case.path_parameters}
            case.path_parameters.update(known)
        answer = case.call(headers={"Authorization": f"Bearer {world.token}"})
        case.validate_response(answer, checks=CHECKS)

    ask()
    return count


def _said(failure: BaseException) -> str:
    inner = getattr(failure, "exceptions", [failure])
    return " | ".join(str(one)[:600] for one in inner)
