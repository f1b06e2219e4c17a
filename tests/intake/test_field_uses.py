"""A door whose mapping names a field says so before the field is deleted (crm.md 5.26)."""

import pytest

from afluente.contacts import selectors, services
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db


def test_a_webhook_that_fills_a_field_is_a_use_of_it(workspace):
    by = Actor("system")
    field = services.create_field(name="Orçamento", kind="number", by=by)
    make.source(kind="webhook", name="Site", mapping=[{"path": "budget", "to": "custom.orcamento"}])
    make.source(kind="webhook", name="Loja", mapping=[{"path": "name", "to": "contact.name"}])

    known = selectors.find_field(selectors.fields_of("contact"), field.pk)

    assert [str(use.what) for use in selectors.uses_of(known)] == ["Webhook Site"]
