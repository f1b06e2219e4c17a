"""Where the accounts library asks us: how a try is counted, where links lead, what is kept sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import qrcode  # type: ignore[import-untyped]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from afluente.accounts import selectors, services
from afluente.accounts.models import User
from afluente.accounts.requests import SESSION_KEY
from afluente.accounts.services import letters
from afluente.accounts.services.signing_in import DEVICE_DAYS
from afluente.kernel import box

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmation
    from django.http import HttpRequest, HttpResponse

DEVICE_COOKIE = "__Host-afluente-device" if settings.SESSION_COOKIE_SECURE else "afluente-device"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Sign-in by invitation only, with tries counted as services.signing_in says."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail or password is wrong."),
        "too_many_login_attempts": _("Too many tries. Wait a quarter of an hour, or ask for a new password."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("This is not your present password."),
        "email_taken": _("Another person has this e-mail."),
        "rate_limited": _("Too many tries. Wait a moment."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the library's signature
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: `authenticate` counts."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            attempt = services.begin_try(
                email=credentials.get("email", ""),
                address=self.get_client_ip(request),
                device=request.COOKIES.get(DEVICE_COOKIE, ""),
            )
        except services.TooManyTriesError as refused:
            raise self.validation_error("too_many_login_attempts") from refused
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            services.forgive(attempt)
        return user

    def post_login(self, request: HttpRequest, user: User, **rest: Any) -> HttpResponse:
        workspace_id = selectors.first_workspace_id(user=user)
        if workspace_id is not None:
            request.session[SESSION_KEY] = workspace_id
        services.note_login(user=user)
        response: HttpResponse = super().post_login(request, user, **rest)
        response.set_cookie(
            DEVICE_COOKIE,
            services.new_device(email=user.email),
            max_age=DEVICE_DAYS * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        # Behind a proxy the server has put the visitor's address here (kernel.forwarded).
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104  no address, not a listener

    def get_email_confirmation_url(
        self,
        request: HttpRequest,  # noqa: ARG002  the library's signature
        emailconfirmation: EmailConfirmation,
    ) -> str:
        return letters.absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  as above
        return reverse("accounts:security")


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # untyped library
    """E-mail and password, with the same work whoever is asked for (S-13)."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # noqa: ARG002
        email, password = credentials.get("email"), credentials.get("password")
        if not (email and password):
            return None
        person = selectors.person(email=email)
        if person is None:
            User().set_password(password)  # as long as comparing takes
            return None
        is_right = person.check_password(password)
        return person if is_right and self.user_can_authenticate(person) else None


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped library
    """The keys of second factors are kept sealed (S-16)."""

    def encrypt(self, text: str) -> str:
        return box.seal(text)

    def build_totp_svg(self, url: str) -> str:
        # With a white ground of its own: the library's picture is black on whatever is behind it.
        picture = qrcode.make(url, image_factory=SvgPathFillImage)
        return str(picture.to_string(encoding="unicode"))

    def decrypt(self, encrypted_text: str) -> str:
        return box.unseal(encrypted_text)


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """What the library's own middleware answers to its exceptions.

    Views run inside WorkspaceMiddleware.process_view, whose exceptions Django does not offer to
    `process_exception`. None for every other error.
    """
    if isinstance(error, ImmediateHttpResponse):
        return cast("HttpResponse", error.response)
    if isinstance(error, ReauthenticationRequired):
        methods = AccountAdapter(request).get_reauthentication_methods(request.user)
        address = methods[0]["url"] if methods else reverse("account_login")
        return cast("HttpResponse", suspend_request(request, address))
    return None
