"""A receiver of webhooks in a process of its own: the HTTP server of the package pytest-httpserver.

`python -m tests.hook_receiver FILE` prints its port and writes every request that it got as a line of JSON, with
the body in base64. What it answers is said by the address: /ok, /status/410, /busy-once, /redirect, /huge, /drip.
"""

from __future__ import annotations

import base64
import itertools
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_httpserver import HTTPServer
from werkzeug import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug import Request

HUGE = 2 * 1024**3  # bytes


def main(file: Path) -> None:
    """Answer until somebody ends the process."""
    server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
    count = itertools.count(1)

    def answer(request: Request) -> Response:
        said = base64.b64encode(request.get_data()).decode()
        line = {
            "method": request.method,
            "path": request.path,
            "headers": list(request.headers),
            "body": said,
        }
        with file.open("a") as log:
            log.write(json.dumps(line) + "\n")
        return _answer(request, next(count), server.port)

    server.expect_request(lambda_all()).respond_with_handler(answer)
    server.start()
    print(server.port, flush=True)  # noqa: T201
    sys.stdin.read()


def lambda_all() -> object:
    """Every address."""
    from pytest_httpserver import URIPattern

    class Everything(URIPattern):
        def match(self, uri: str) -> bool:
            return bool(uri)

    return Everything()


def _answer(request: Request, number: int, port: int) -> Response:
    what = request.path.strip("/").split("/")
    if what[0] == "status":
        return Response("no", status=int(what[1]))
    if what[0] == "busy-once" and number == 1:
        return Response("busy", status=503, headers={"Retry-After": "40"})
    if what[0] == "redirect":
        return Response("", status=302, headers={"Location": f"http://127.0.0.1:{port}/inside"})
    if what[0] == "huge":
        return Response(_much(), headers={"Content-Length": str(HUGE)})
    if what[0] == "drip":
        return Response(_drops())
    return Response("thanks")


def _much() -> Iterator[bytes]:
    piece = b"x" * 65_536
    for _ in range(HUGE // len(piece)):
        yield piece


def _drops() -> Iterator[bytes]:
    while True:
        yield b"."
        time.sleep(0.1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
