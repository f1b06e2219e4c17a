"""The door behind the links of letters: what happened is kept, and the reader led on at once.

Nobody signs in. The address is signed and leads only where a link of that letter led, so it is no open redirect; it
changes nothing but that it was followed, which is what it says of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from afluente.delivery import services
from afluente.delivery.models import Channel, Sender
from afluente.delivery.views.leaving import gone, public
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from django.http import HttpRequest

# The smallest picture there is: one pixel that shows what is behind it (GIF89a).
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@public
@require_safe
def following(request: HttpRequest, token: str) -> HttpResponse:
    """Lead on to where the link of the letter led, or give out its picture."""
    trail = services.read_trail(token)
    if trail is None:
        return gone(request)
    is_program = services.is_program(method=request.method or "", headers=request.headers)
    with scope(trail.workspace_id):
        sender = Sender.objects.filter(channel=Channel.EMAIL).first()
        url = services.follow(trail, is_program=is_program, sender=sender)
    if trail.is_opening:
        more = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return HttpResponse(PIXEL, content_type="image/gif", headers=QUIET | more)
    return HttpResponseRedirect(url, headers=QUIET) if url else gone(request)
