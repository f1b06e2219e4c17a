"""A real SMTP server in a process of its own: it keeps each message it takes as a file.

`python -m tests.post_office PORT FOLDER [refuse|busy|busy-once|lost|bounce-PORT-STATUS]` (aiosmtpd, RFC 5321). `refuse` says 550 to
every receiver, `busy` says 451, `busy-once` says 421 to the first; `lost` keeps the message and breaks the
connection off instead of saying so. `bounce-2525-5.1.1` takes every letter and sends a notification (RFC 3464) back to
its sender, by SMTP to port 2525.
"""

from __future__ import annotations

import asyncio
import smtplib
import sys
import uuid
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    """Takes every message, or none."""

    def __init__(self, folder: Path, mood: str) -> None:
        self.folder, self.mood = folder, mood

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.mood == "refuse":
            return "550 5.1.1 Nobody of that name lives here"
        if self.mood == "busy":
            return "451 4.7.1 Come back later"
        if self.mood == "busy-once":
            self.mood = ""
            return "421 4.3.2 Too many letters just now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        login = session.auth_data.login.decode() if session.auth_data else "-"
        name = self.folder / f"{uuid.uuid4().hex}.eml"
        head = f"X-To: {','.join(envelope.rcpt_tos)}\r\nX-From: {envelope.mail_from}\r\nX-Login: {login}\r\n"
        name.with_suffix(".part").write_bytes(head.encode() + envelope.content)
        name.with_suffix(".part").rename(name)
        if self.mood == "lost":
            server.transport.abort()
        if self.mood.startswith("bounce-"):
            _mood, port, status = self.mood.split("-")
            to, back = envelope.rcpt_tos[0], envelope.mail_from
            raw = notification(envelope.content, to=to, back=back, status=status)
            await asyncio.to_thread(_post, int(port), back, raw)
        return "250 Kept"


def notification(content: bytes, *, to: str, back: str, status: str) -> str:
    """A letter that says what became of another one, written as RFC 3464 has it in its appendix."""
    head = content.split(b"\r\n\r\n")[0].decode()
    action = "delayed" if status.startswith("4") else "failed"
    lines = f"""From: Mail Delivery Subsystem <MAILER-DAEMON@cliente.example>
To: <{back}>
Subject: Returned mail: see transcript for details
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="RAA14128.773615765/cliente.example"

--RAA14128.773615765/cliente.example

The original message was received, and {to} could not be reached.

--RAA14128.773615765/cliente.example
content-type: message/delivery-status

Reporting-MTA: dns; cliente.example
Arrival-Date: Mon, 23 Nov 2026 01:00:00 -0300

Original-Recipient: rfc822;{to}
Final-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} Not here

--RAA14128.773615765/cliente.example
content-type: text/rfc822-headers

"""
    return lines.replace("\n", "\r\n") + head + "\r\n\r\n--RAA14128.773615765/cliente.example--\r\n"


def _post(port: int, to: str, raw: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("<>", [to], raw)


def _let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"segredo", auth_data=data)


async def main(port: int, folder: Path, mood: str) -> None:
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder, mood)

    def session() -> SMTP:
        return SMTP(keeper, authenticator=_let_in, auth_require_tls=False)

    server = await loop.create_server(session, "127.0.0.1", port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
