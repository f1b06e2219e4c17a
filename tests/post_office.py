"""A real SMTP server in a process of its own: it keeps each message it takes as a file.

`python -m tests.post_office PORT FOLDER [refuse|busy|busy-once|lost]` (aiosmtpd, RFC 5321). `refuse` says 550 to
every receiver, `busy` says 451, `busy-once` says 421 to the first; `lost` keeps the message and breaks the
connection off instead of saying so.
"""

from __future__ import annotations

import asyncio
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
        return "250 Kept"


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
