"""What strangers may send as JSON, and that reading it costs what its length says (S-11)."""

from __future__ import annotations

import contextlib
import time

import pytest
from django.utils import translation

from afluente.kernel import jsonin

MIB = 1_048_576


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"[" * 65 + b"]" * 65, "deeper than 64"),
        (b"[" * 200_000, "deeper than 64"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "deeper than 64"),
        (b"NaN", "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b"1" * 5000, "a number that is too long"),
        (b'{"a":1,"b":2,"a":3}', "\u201ca\u201d stands twice"),
        (rb'{"\ud800":1,"\ud800":2}', "\u201c\ufffd\u201d stands twice"),
        (b'"\xff"', "not UTF-8 text (byte 1)"),
        (b'{"a":', "not JSON"),
    ],
)
def test_refuses_with_a_reason(raw: bytes, fault: str) -> None:
    with pytest.raises(jsonin.BadJsonError) as refused:
        jsonin.loads(raw)
    assert fault in str(refused.value)


def test_brackets_in_strings_do_not_count() -> None:
    many = "[{" * 500
    assert jsonin.loads(f'["{many}", "\\"{many}", {{"{many}": []}}]'.encode())[0] == many


def test_half_a_character_is_replaced_and_a_whole_one_is_kept() -> None:
    found = jsonin.loads(rb'{"cut \ud83d": ["\ud800", "\uD83D\uDE00", "\udc00x"]}')
    assert found == {"cut \ufffd": ["\ufffd", "\U0001f600", "\ufffdx"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b',"k59999":1}',
        b'"' + b'\\"' * (MIB // 2 - 1),
        b'["' + b'\\"' * 300_000 + b'"' + b",[]" * 100_000 + b"]",
        b'"' * MIB,
        b"[" + b"[],{}," * 100_000 + b"1]",
    ],
    ids=["a name again at the very end", "a string without end", "quotes", "only quotes", "brackets"],
)
def test_a_mebibyte_costs_what_its_length_costs(raw: bytes) -> None:
    # Work that grows with the square took two minutes; the processor's time, as others use it too.
    began = time.process_time()
    with contextlib.suppress(jsonin.BadJsonError):
        jsonin.loads(raw)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{bad", "linha 1, coluna 2"),
        (b'"\xff"', "não é texto UTF-8 (byte 1)"),
        (b'{"a": 1, "a": 2}', "O nome “a” aparece duas vezes"),
        (b"[NaN]", "NaN não é um número JSON."),
    ],
)
def test_a_fault_is_worded_for_its_reader(body, words):
    with pytest.raises(jsonin.BadJsonError) as caught, translation.override("pt-br"):
        jsonin.loads(body)

    with translation.override("pt-br"):
        assert words in jsonin.worded(str(caught.value))
