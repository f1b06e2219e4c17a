"""What a real Chromium does with a message of ours while its push service is out of reach.

Proved here: the worker is registered from the settings, wakes for a message that the browser hands it,
shows it, shows it once when it comes twice, and a click opens its page. The message is handed over by
the debugger (ServiceWorker.deliverPushMessage), already decrypted.

Not proved here: that a push service lets this browser subscribe and carries the message, because that
of Chromium is on the internet and cannot be another one; and that the system's own notification area
can be clicked: the click is the event that such a click raises. What is sent, encrypted and signed, is
proved in tests/timeline/test_pushing.py by a push service of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOWN = """navigator.serviceWorker.ready.then(ready => ready.getNotifications())
  .then(all => all.map(one => [one.title, one.body, one.tag]))"""
CLICK = """async () => {
  const [shown] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: shown }));
}"""


def told_on_this_device(page: Page, url: str) -> None:
    """Ask for messages in the settings, get one twice, and click it."""
    page.context.grant_permissions(["notifications"], origin=url)
    page.goto(f"{url}/settings/notifications/")
    known = _registrations(page)
    page.get_by_role("button", name="Get messages on this device").click()
    # A private window never gets an address from its push service: the page says so and stays usable.
    page.get_by_role("alert").get_by_text("did not answer").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    message = {"title": "Estúdio Maré", "body": "Bruno mentioned you", "url": "/contacts/", "tag": "af-7"}
    for _ in range(2):
        known["session"].send(
            "ServiceWorker.deliverPushMessage",
            {"origin": url, "registrationId": known["ids"][-1], "data": json.dumps(message)},
        )
    page.wait_for_function(f"() => {SHOWN}.then(all => all.length)")
    assert page.evaluate(SHOWN) == [["Estúdio Maré", "Bruno mentioned you", "af-7"]]

    (worker,) = page.context.service_workers
    worker.evaluate(CLICK)
    page.wait_for_url(f"{url}/contacts/")
    assert page.evaluate(SHOWN) == []


def _registrations(page: Page) -> dict[str, Any]:
    """The debugger's session, and the numbers of the workers that it hears of."""
    session, ids = page.context.new_cdp_session(page), []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: ids.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    return {"session": session, "ids": ids}
