"""Addresses whose modules are imported when the first of them is asked for.

The API's shapes are a third of all that a start imports. Nobody has asked for them when the first page
is opened, and the worker never does: the web process reads them a moment after it began to answer.
"""

from __future__ import annotations

import threading

from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

SOON = 2.0  # seconds after the start: the first page does not wait behind it


class LateAddresses(URLResolver):
    """Those below `prefix`, from the list `urlpatterns` of `module`, in a namespace of their own.

    `prefix` ends in a slash; `module` is the dotted name.
    """

    def __init__(self, prefix: str, module: str, namespace: str) -> None:
        super().__init__(RoutePattern(prefix), module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Nothing: what stands in a namespace is looked up by a resolver that Django makes for it, and
        the root, which asks each of its resolvers before it writes the first address, needs none of it.
        """


def prepare_soon() -> None:
    """Import them in a thread after `SOON`, so that the first call need not wait for it."""
    thread = threading.Timer(SOON, _prepare)
    thread.daemon = True
    thread.start()


def _prepare() -> None:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, LateAddresses):
            _ = resolver.url_patterns
