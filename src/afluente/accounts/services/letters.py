"""E-mails about accounts. They are queued in the caller's transaction and sent by the worker.

Their links start with settings.BASE_URL, never with the host of a request: whoever sends a request
can put any host into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from afluente.accounts import selectors
from afluente.accounts.models import Role
from afluente.kernel.mail import OWNERS_HEADER, WORKSPACE_HEADER

if TYPE_CHECKING:
    from afluente.accounts.models import Invitation, Membership


def invitation_url(text: str) -> str:
    """Where an invited person goes. Whoever knows the address can accept: show it to the inviter only."""
    return absolute(reverse("accounts:invitation", args=[text]))


def absolute(path: str) -> str:
    """`path` as an address for people outside."""
    return f"{settings.BASE_URL}{path}"


def send_invitation(*, invitation: Invitation, text: str, by: Membership) -> None:
    """Write to the invited person, in the language of the workspace."""
    headers = {WORKSPACE_HEADER: str(by.workspace_id)}
    if invitation.role == Role.OWNER:
        headers[OWNERS_HEADER] = "yes"
    context = {
        "workspace": by.workspace,
        "inviter": by.user,
        "url": invitation_url(text),
        "expires_at": invitation.expires_at,
    }
    send(
        "accounts/letters/invitation",
        to=invitation.email,
        language=by.workspace.language,
        context=context,
        headers=headers,
    )


def send_new_password_letter(*, email: str) -> None:
    """Write to the active person of this address, if there is one, how to choose a new password.

    The link works once, for an hour, and dies when the password or the address changes.
    """
    person = selectors.person(email=email)
    if person is None or not person.is_active:
        return
    place = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    context = {"person": person, "url": absolute(reverse("account_reset_password_from_key", kwargs=place))}
    send("accounts/letters/new_password", to=person.email, language=person.language, context=context)


def send(
    template: str,
    *,
    to: str,
    language: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
    has_html: bool = False,
) -> None:
    """Render `template`_subject.txt and _message.txt, and with `has_html` also _message.html, in `language`
    and queue the letter.
    """
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
        page = render_to_string(f"{template}_message.html", context) if has_html else ""
    letter = EmailMultiAlternatives(subject=subject, body=body, to=[to], headers=headers)
    if page:
        letter.attach_alternative(page, "text/html")
    letter.send()
