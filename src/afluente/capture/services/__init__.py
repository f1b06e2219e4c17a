"""Every change to hosted forms and webhooks, and every answer given in a form."""

from afluente.capture.services.bodies import forget_body, remember_body
from afluente.capture.services.hooks import change_hook, switch_hook
from afluente.capture.services.hosted import (
    change_form,
    create_form,
    delete_form,
    duplicate_form,
    switch_form,
)
from afluente.capture.services.submissions import Visit, submit

__all__ = [
    "Visit",
    "change_form",
    "change_hook",
    "create_form",
    "delete_form",
    "duplicate_form",
    "forget_body",
    "remember_body",
    "submit",
    "switch_form",
    "switch_hook",
]
