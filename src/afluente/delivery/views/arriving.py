"""What providers say of messages after they took them: receipts of SMS.

The address is signed and names one message, so whoever has it was given it by us: there is nothing a forged request
could borrow, and the page is exempt from the CSRF check on purpose. Twilio signs what it says besides, and is believed
only with that signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from afluente.delivery import services
from afluente.delivery.views.leaving import public
from afluente.kernel import jsonin
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from django.http import HttpRequest

SIGNED = "X-Twilio-Signature"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def arriving(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what is said of a message: 204, 403 for what is not signed as it must be, 404 for no address of ours."""
    told = services.read_callback(token)
    if told is None:
        return HttpResponse(status=404)
    if request.method == "HEAD":
        return HttpResponse(status=204)
    with scope(told.workspace_id):
        said = _said(request)
        if services.expects_twilio():
            values = [(name, value) for name, many in request.POST.lists() for value in many]
            signature = request.headers.get(SIGNED, "")
            if not services.is_from_twilio(settings.BASE_URL + request.get_full_path(), values, signature):
                return HttpResponse(status=403)
            services.hear_twilio(
                told.message_id,
                status=said.get("MessageStatus", ""),
                code=said.get("ErrorCode", ""),
                sid=said.get("MessageSid", ""),
            )
        else:
            services.hear_http(told.message_id, said)
    return HttpResponse(status=204)


def _said(request: HttpRequest) -> dict[str, str]:
    """Names and values of a form, of JSON, or of the address itself."""
    found = {name: str(value) for name, value in request.GET.items()}
    if request.content_type == "application/json":
        try:
            read = jsonin.loads(request.body)
        except ValueError:
            return found
        more = read if isinstance(read, dict) else {}
        return found | {str(name): str(one) for name, one in more.items() if isinstance(one, (str, int))}
    return found | {name: str(value) for name, value in request.POST.items()}
