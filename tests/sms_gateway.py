"""A provider of short messages in a process of its own: Twilio's REST protocol of 2010-04-01, and one of no name.

`python -m tests.sms_gateway FILE` prints its port and writes each question as a line of JSON. Twilio's account is
ACCOUNT with TOKEN; a receiver ending in 0001 does not exist, 0002 answered STOP, 0003 is one too many for now, 0004
breaks the connection off after it was read. What Twilio would tell the StatusCallback stands in the line as `callback`.
/text takes JSON, /plain a form or a query; both want the key `segredo`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT, TOKEN = "AC" + "a1" * 16, "segredo"
REFUSED = {
    "0001": (400, 21211, "The 'To' number is not a valid phone number."),
    "0002": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "0003": (429, 20429, "Too Many Requests"),
}


class Desk(BaseHTTPRequestHandler):
    """Answers as the providers do."""

    file: Path
    protocol_version = "HTTP/1.1"

    def log_message(self, *_said: Any) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        line: dict[str, Any] = {"method": self.command, "path": place.path, "body": body}
        line |= {"query": place.query, "headers": dict(self.headers)}
        if place.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            self._twilio(line, {name: one[0] for name, one in parse_qs(body).items()})
        else:
            self._other(line, place.path)

    def _keep(self, line: dict[str, Any]) -> None:
        with self.file.open("a") as log:
            log.write(json.dumps(line) + "\n")

    def _say(self, status: int, said: str, kind: str = "application/json") -> None:
        raw = said.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _twilio(self, line: dict[str, Any], form: dict[str, str]) -> None:
        wanted = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers["Authorization"] != wanted:
            self._keep(line)
            self._say(401, json.dumps({"code": 20003, "message": "Authenticate", "status": 401}))
            return
        ending = form["To"][-4:]
        if ending in REFUSED:
            self._keep(line)
            status, code, message = REFUSED[ending]
            self._say(status, json.dumps({"code": code, "message": message, "status": status}))
            return
        sid = "SM" + hashlib.md5(form["To"].encode()).hexdigest()  # noqa: S324  a name, no secret
        values = {"MessageSid": sid, "MessageStatus": "delivered", "To": form["To"], "AccountSid": ACCOUNT}
        line["callback"] = callback(form["StatusCallback"], values)
        line["lost"] = callback(
            form["StatusCallback"], values | {"MessageStatus": "undelivered", "ErrorCode": "30005"}
        )
        self._keep(line)
        if ending == "0004":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._say(201, json.dumps({"sid": sid, "status": "queued", "error_code": None}))

    def _other(self, line: dict[str, Any], path: str) -> None:
        self._keep(line)
        is_known = "segredo" in line["headers"].get("Authorization", "") + line["query"] + line["body"]
        if not is_known:
            self._say(200, "status=error&why=key", "text/plain")
        elif path == "/text":
            self._say(200, json.dumps({"status": "ok", "messages": [{"id": 4711}]}))
        elif path == "/down":
            self._say(502, "bad gateway", "text/plain")
        else:
            self._say(200, "status=ok&id=abc-1", "text/plain")


def callback(url: str, values: dict[str, str]) -> dict[str, Any]:
    """What Twilio sends to a StatusCallback, with its signature."""
    said = url + "".join(f"{name}{values[name]}" for name in sorted(values))
    digest = hmac.new(TOKEN.encode(), said.encode(), "sha1").digest()
    return {"url": url, "form": values, "signature": base64.b64encode(digest).decode()}


def main(file: Path) -> None:
    """Answer until somebody ends the process."""
    Desk.file = file
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
