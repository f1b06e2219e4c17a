"""Bodies that cannot be read say why."""

from __future__ import annotations

import pytest

from afluente.intake.services import UnreadableBodyError, parse_body, read_lead

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"name=\xff", "not UTF-8 text"),
        (b"&".join(b"k%d=1" % n for n in range(1001)), "more than 1000 fields"),
    ],
)
def test_a_form_body_that_cannot_be_read(body, fault):
    with pytest.raises(UnreadableBodyError, match=fault):
        parse_body(body, FORM)


def test_half_an_emoji_does_not_cost_the_lead():
    body = (
        rb'{"name":"Ana \ud83d","email":"ana@example.com","note":"\ud800\u0000","k\udc00":{"a":["\udfff"]}}'
    )
    lead = read_lead(body, "application/json", kind="webhook", mapping=[])

    assert (lead.first_name, lead.last_name) == ("Ana", "\ufffd")
    everything = repr(lead)
    assert "\x00" not in everything
    everything.encode()  # what a database can hold
