"""What is sent to devices, held to the example that RFC 8291 works through in its appendix A."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from afluente.kernel import push
from tests.push_service import opened, unwrap

MESSAGE = b"When I grow up, I want to be a watermelon"
BROWSER = push.Address(
    endpoint="https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth="BTBZMqHH6r4Tts7J_aSIgg",
)
BROWSER_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
ONCE, SALT = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unwrap(text), "big"), ec.SECP256R1())


def test_a_message_is_sealed_as_in_the_standard():
    assert push.seal(MESSAGE, BROWSER, salt=unwrap(SALT), once=key_of(ONCE)) == unwrap(BODY)


def test_a_message_is_opened_as_in_the_standard():
    assert opened(unwrap(BODY), key=key_of(BROWSER_KEY), secret=unwrap(BROWSER.auth)) == MESSAGE


def test_each_message_has_a_key_of_its_own_and_only_the_browser_reads_it():
    first, second = push.encrypt(MESSAGE, BROWSER), push.encrypt(MESSAGE, BROWSER)

    assert first != second
    assert opened(second, key=key_of(BROWSER_KEY), secret=unwrap(BROWSER.auth)) == MESSAGE
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the library says of a wrong tag
        opened(second, key=key_of(BROWSER_KEY), secret=b"another secret!!")
